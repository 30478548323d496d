from django.urls import path

from reporting.privacy import views

LEARNER = "people/learners/<uuid:learner_id>/sensitive/"

urlpatterns = [
    path("settings/privacy/", views.privacy, name="privacy"),
    path("settings/privacy/keep/", views.keep, name="keep_sensitive_fields"),
    path(LEARNER, views.sensitive_fields, name="sensitive_fields"),
    path(f"{LEARNER}edit/", views.edit_sensitive_fields, name="edit_sensitive_fields"),
]
