from django.urls import path

from reporting.results import views

urlpatterns = [
    path("support-plans/results/", views.results, name="results"),
    path("support-plans/results.csv", views.as_csv, name="results_csv"),
]
