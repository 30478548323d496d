from django.urls import path

from api.developers import views

urlpatterns = [
    path("", views.overview, name="developers"),
    path("keys/", views.keys, name="api_keys"),
    path("keys/new/", views.new_key, name="new_api_key"),
    path("keys/<uuid:client_id>/rotate/", views.rotate, name="rotate_api_key"),
    path("keys/<uuid:client_id>/revoke/", views.revoke, name="revoke_api_key"),
    path("log/", views.log, name="api_log"),
]
