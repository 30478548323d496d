from django.urls import path

from reporting.today import views

urlpatterns = [
    path("today/", views.today, name="today"),
    path("today/<uuid:alert_id>/undo/", views.undo, name="undo_alert"),
    path("today/<uuid:alert_id>/<slug:kind>/", views.act, name="act_on_alert"),
]
