from django.urls import path

from reporting.planning import assign_views, making_views, plan_views, views

PLAN = "classes/<uuid:section_id>/plan/"

urlpatterns = [
    path("me/milestones/new/", views.propose, name="propose_milestone"),
    path("classes/<uuid:section_id>/proposals/", views.proposals, name="proposals"),
    path("classes/<uuid:section_id>/proposals/<uuid:milestone_id>/", views.answer_proposal, name="answer_proposal"),
    path("classes/<uuid:section_id>/milestones/new/", making_views.new_milestone, name="new_milestone"),
    path("classes/<uuid:section_id>/milestones/<uuid:milestone_id>/edit/", making_views.edit, name="edit_milestone"),
    path(
        "curriculum/milestones/<uuid:milestone_id>/edit/",
        making_views.edit_curriculum_milestone,
        name="edit_curriculum_milestone",
    ),
    path("curriculum/milestones/new/", making_views.new_curriculum_milestone, name="new_curriculum_milestone"),
    path("learners/<uuid:learner_id>/checklist/<uuid:milestone_id>/", making_views.checklist, name="checklist"),
    path(PLAN, plan_views.plan, name="class_plan"),
    path(f"{PLAN}dates/", plan_views.dates, name="plan_dates"),
    path(f"{PLAN}add/", plan_views.add_to_plan, name="add_to_plan"),
    path(f"{PLAN}<uuid:milestone_id>/", plan_views.plan_milestone, name="plan_milestone"),
    path(f"{PLAN}<uuid:milestone_id>/out/", assign_views.take_out_of_plan, name="take_out_of_plan"),
    path("milestones/<uuid:milestone_id>/assign/", assign_views.assign, name="assign_milestone"),
    path(f"{PLAN}<uuid:milestone_id>/back/", plan_views.take_given_back, name="take_given_back"),
    path("classes/<uuid:section_id>/groups/", plan_views.groups, name="groups"),
]
