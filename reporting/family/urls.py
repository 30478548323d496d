from django.urls import path

from reporting.family import settings_views, views

CHILD = "family/<uuid:learner_id>/"

urlpatterns = [
    path("family/", views.family, name="family"),
    path(CHILD, views.child, name="child"),
    path(f"{CHILD}milestones/", views.milestones, name="child_milestones"),
    path(f"{CHILD}timeline/", views.timeline, name="child_timeline"),
    path(f"{CHILD}reports/", views.reports, name="child_reports"),
    path(f"{CHILD}cheer/", views.cheer, name="cheer"),
    path("family/settings/", settings_views.settings, name="family_settings"),
    path("milestones/<uuid:milestone_id>/home/", views.home_words, name="home_words"),
]
