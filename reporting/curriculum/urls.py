from django.urls import path

from reporting.curriculum import edit_views, home_views, map_views, pathway_views, views

FRAMEWORK = "curriculum/frameworks/<uuid:framework_id>/"
COMPETENCY = "curriculum/competencies/<uuid:competency_id>/"
PATHWAY = "learners/<uuid:learner_id>/pathway/"

urlpatterns = [
    path("curriculum/", views.frameworks, name="curriculum"),
    path("curriculum/new/", edit_views.new_framework, name="curriculum_new"),
    path(FRAMEWORK, views.framework, name="curriculum_framework"),
    path(f"{FRAMEWORK}map/", map_views.competency_map, name="curriculum_map"),
    path(f"{FRAMEWORK}state/", edit_views.framework_state, name="curriculum_framework_state"),
    path(f"{FRAMEWORK}new/", edit_views.new_competency, name="curriculum_new_competency"),
    path(COMPETENCY, views.competency, name="curriculum_competency"),
    path(f"{COMPETENCY}edit/", edit_views.edit_competency, name="curriculum_edit"),
    path(f"{COMPETENCY}home/", home_views.home, name="competency_home"),
    path(f"{COMPETENCY}state/", edit_views.competency_state, name="curriculum_competency_state"),
    path(PATHWAY, pathway_views.pathway, name="pathway"),
    path(f"{PATHWAY}next/", pathway_views.move_step, name="pathway_next"),
    path(f"{PATHWAY}level/", pathway_views.working_level, name="pathway_level"),
    path("me/pathway/", pathway_views.my_pathway, name="my_pathway"),
]
