from django.urls import path

from reporting.jobs import views

urlpatterns = [
    path("settings/jobs/", views.jobs, name="jobs"),
    path("settings/jobs/<slug:job>/again/", views.again, name="run_job_again"),
]
