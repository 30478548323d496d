from django.urls import path

from reporting.programme import views

urlpatterns = [
    path("people/development/", views.development, name="development"),
    path("people/development/new/", views.record, name="record_development"),
    path("people/development/<uuid:record_id>/remove/", views.remove, name="remove_development"),
    path("people/development.csv", views.development_csv, name="development_csv"),
    path("people/needs/", views.needs, name="needs"),
    path("people/needs/new/", views.ask, name="record_need"),
    path("people/needs/<uuid:need_id>/state/", views.move, name="move_need"),
    path("people/needs.csv", views.needs_csv, name="needs_csv"),
]
