from django.urls import path

from reporting.recognition import certificate_views, views

LEARNER = "learners/<uuid:learner_id>/recognition/"

urlpatterns = [
    path(LEARNER, views.of_learner, name="recognition"),
    path(f"{LEARNER}certificates/", certificate_views.issue, name="issue_certificate"),
    path("me/shout-outs/new/", views.to_classmate, name="say_to_classmate"),
    path("classes/<uuid:section_id>/shout-outs/", views.of_class, name="shout_outs"),
    path("shout-outs/<uuid:shout_out_id>/", views.moderate, name="moderate_shout_out"),
    path("settings/celebrations/", views.celebrations, name="celebrations"),
    path("certificates/<uuid:certificate_id>/", certificate_views.download, name="certificate"),
    path("certificates/<uuid:certificate_id>/withdraw/", certificate_views.withdraw, name="withdraw_certificate"),
    path("verify/<str:code>/", certificate_views.verify, name="verify_certificate"),
]
