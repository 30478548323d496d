from django.urls import path

from reporting.narratives import views

LEARNER = "learners/<uuid:learner_id>/narratives/"
ONE = "narratives/<uuid:narrative_id>/"

urlpatterns = [
    path(LEARNER, views.narratives, name="narratives"),
    path(f"{LEARNER}new/", views.new, name="new_narrative"),
    path(ONE, views.one, name="narrative"),
    path(f"{ONE}correct/", views.correct, name="correct_narrative"),
    path(f"{ONE}discard/", views.discard, name="discard_narrative"),
    path("settings/phrases/", views.phrases, name="phrases"),
    path("settings/phrases/<uuid:phrase_id>/remove/", views.remove_phrase, name="remove_phrase"),
]
