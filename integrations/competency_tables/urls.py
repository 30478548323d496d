from django.urls import path

from integrations.competency_tables import views

urlpatterns = [
    path("import/", views.upload, name="curriculum_import"),
    path("import/<uuid:upload_id>/", views.preview, name="curriculum_preview"),
    path("frameworks/<uuid:framework_id>/export.<str:kind>", views.export, name="curriculum_export"),
]
