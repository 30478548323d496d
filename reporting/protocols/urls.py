from django.urls import path

from reporting.protocols import views

PROTOCOL = "support-plans/protocols/<uuid:protocol_id>/"

urlpatterns = [
    path("support-plans/protocols/", views.protocols, name="protocols"),
    path("support-plans/protocols/new/", views.new, name="new_protocol"),
    path(f"{PROTOCOL}edit/", views.edit, name="edit_protocol"),
    path(f"{PROTOCOL}switch/", views.switch, name="switch_protocol"),
]
