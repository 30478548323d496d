from django.urls import path

from reporting.learning import views

urlpatterns = [
    path("me/milestones/", views.milestones, name="my_milestones"),
    path("me/goals/", views.goals, name="my_goals"),
    path("me/goals/notes/<uuid:note_id>/", views.change, name="change_goal_note"),
]
