from django.urls import path

from reporting.bars import views

urlpatterns = [
    path("milestones/<uuid:milestone_id>/", views.milestone, name="milestone"),
    path("milestones/<uuid:milestone_id>/bar/", views.bar, name="move_bar"),
    path("milestones/<uuid:milestone_id>/split/", views.split, name="split_milestone"),
    path("curriculum/health/", views.health, name="milestone_health"),
]
