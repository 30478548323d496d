from django.urls import path

from reporting.cards import views

LEARNER, CHILD = "learners/<uuid:learner_id>/", "family/<uuid:learner_id>/"
BATCHES = "classes/<uuid:section_id>/report-cards/"

urlpatterns = [
    path(f"{LEARNER}report-card/", views.of_learner, name="learner_card"),
    path(f"{LEARNER}report-card.pdf", views.of_learner_pdf, name="learner_card_pdf"),
    path(f"{CHILD}report-card/", views.of_child, name="child_card"),
    path(f"{CHILD}report-card.pdf", views.of_child_pdf, name="child_card_pdf"),
    path("me/report-card/", views.mine, name="my_card"),
    path("me/report-card.pdf", views.mine_pdf, name="my_card_pdf"),
    path(BATCHES, views.of_class, name="class_cards"),
    path(f"{BATCHES}<uuid:batch_id>/cancel/", views.cancel, name="cancel_class_cards"),
    path(f"{BATCHES}<uuid:batch_id>/download/", views.download, name="download_class_cards"),
]
