from django.urls import include, path, re_path

from api import problems
from api.docs import docs, schema
from tenancy.gate import public

urlpatterns = [
    path("docs/", docs, name="api_docs"),
    path("v1/schema/", schema, name="api_schema"),
    path("v1/", include("api.v1.urls")),
    re_path("", public("says in JSON that there is nothing here")(problems.not_found)),
]
