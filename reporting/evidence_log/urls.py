from django.urls import path

from reporting.evidence_log import views

CLASS = "classes/<uuid:section_id>/"
PIECE = "learners/<uuid:learner_id>/milestones/<uuid:milestone_id>/evidence/<uuid:evidence_id>/"

urlpatterns = [
    path(f"{CLASS}evidence/", views.evidence_log, name="evidence_log"),
    path(f"{CLASS}evidence.csv", views.evidence_log_csv, name="evidence_log_csv"),
    path(f"{PIECE}correct/", views.correct, name="correct_evidence"),
]
