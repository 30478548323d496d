from django.urls import path

from reporting.planning import views

urlpatterns = [
    path("me/milestones/new/", views.propose, name="propose_milestone"),
    path("classes/<uuid:section_id>/proposals/", views.proposals, name="proposals"),
    path("classes/<uuid:section_id>/proposals/<uuid:milestone_id>/", views.answer_proposal, name="answer_proposal"),
]
