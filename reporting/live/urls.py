from django.urls import path

from reporting.live import views

urlpatterns = [
    path("live/classes/<uuid:section_id>/", views.live_class, name="live_class"),
    path("live/today/", views.live_today, name="live_today"),
]
