from django.urls import path

from reporting.jobs import views

urlpatterns = [
    path("settings/jobs/", views.jobs, name="jobs"),
    path("settings/jobs/levels/again/", views.parked_again, name="run_parked_again"),
    path("settings/jobs/<slug:job>/again/", views.again, name="run_job_again"),
]
