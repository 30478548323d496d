from django.urls import path

from reporting.figures import views

urlpatterns = [
    path("settings/calendar/", views.calendar, name="calendar"),
    path("settings/calendar/clear/", views.clear_calendar, name="clear_calendar"),
    path("curriculum/figures/", views.indicators, name="indicators"),
    path("classes/<uuid:section_id>/figures/", views.class_figures, name="class_figures"),
]
