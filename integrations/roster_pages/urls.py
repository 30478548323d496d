from django.urls import path

from integrations.roster_pages import views

urlpatterns = [
    path("", views.imports, name="roster_imports"),
    path("new/", views.new, name="new_roster_import"),
    path("<uuid:import_id>/", views.show, name="roster_import"),
    path("<uuid:import_id>/save/", views.save, name="save_roster_import"),
    path("<uuid:import_id>/discard/", views.throw_away, name="discard_roster_import"),
    path("<uuid:import_id>/undo/", views.take_back, name="undo_roster_import"),
    path("<uuid:import_id>/problems/<slug:file>.csv", views.problems_csv, name="roster_problems"),
]
