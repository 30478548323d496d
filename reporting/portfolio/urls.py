from django.urls import path

from reporting.portfolio import views

urlpatterns = [
    path("me/portfolio/", views.mine, name="my_portfolio"),
    path("me/portfolio/new/", views.add_mine, name="add_my_work"),
    path("learners/<uuid:learner_id>/portfolio/", views.of_learner, name="portfolio"),
    path("learners/<uuid:learner_id>/portfolio/new/", views.add_for_learner, name="add_work"),
    path("family/<uuid:learner_id>/portfolio/", views.of_child, name="child_portfolio"),
    path("artefacts/<uuid:artefact_id>/file/", views.download, name="artefact_file"),
    path("artefacts/<uuid:artefact_id>/share/", views.share, name="share_artefact"),
    path("artefacts/<uuid:artefact_id>/remove/", views.remove, name="remove_artefact"),
]
