from django.urls import path

from reporting.scoring import views

SHEET = "classes/<uuid:section_id>/score/<uuid:sheet_id>/"

urlpatterns = [
    path("classes/<uuid:section_id>/score/", views.start, name="score_class"),
    path(SHEET, views.sheet, name="score_sheet"),
    path(f"{SHEET}<uuid:learner_id>/", views.row, name="score_row"),
    path(f"{SHEET}release/", views.release, name="release_scores"),
    path(f"{SHEET}undo/", views.undo, name="undo_scores"),
    path("classes/<uuid:section_id>/seating/", views.seating, name="seating"),
]
