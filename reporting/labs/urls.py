from django.urls import path

from reporting.labs import views

urlpatterns = [
    path("classes/<uuid:section_id>/sessions/", views.labs, name="labs"),
    path("classes/<uuid:section_id>/sessions/groups/", views.make_groups, name="make_lab_groups"),
    path("classes/<uuid:section_id>/sessions/new/", views.plan, name="plan_lab"),
    path("sessions/<uuid:block_id>/", views.lab, name="lab"),
    path("sessions/<uuid:block_id>/remove/", views.remove, name="remove_lab"),
]
