from django.urls import path

from reporting.plans import views

PLAN = "support-plans/<uuid:plan_id>/"
OF_LEARNER = "learners/<uuid:learner_id>/milestones/<uuid:milestone_id>/"

urlpatterns = [
    path("support-plans/", views.plans, name="support_plans"),
    path(PLAN, views.plan, name="support_plan"),
    path(f"{PLAN}start/", views.start, name="start_plan"),
    path(f"{PLAN}review/", views.review, name="review_plan"),
    path(f"{PLAN}close/", views.close, name="close_plan"),
    path(f"{PLAN}sessions/", views.log, name="log_session"),
    path(f"{PLAN}sessions/<uuid:session_id>/withdraw/", views.withdraw, name="withdraw_session"),
    path(f"{OF_LEARNER}support/new/", views.new, name="new_plan"),
]
