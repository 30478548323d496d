from django.urls import path

from reporting import policy_trial_views, policy_views

POLICY = "<uuid:policy_id>/"

urlpatterns = [
    path("", policy_views.policies, name="policies"),
    path("new/", policy_views.new_policy, name="new_policy"),
    path(POLICY, policy_views.policy, name="policy"),
    path(f"{POLICY}draft/", policy_views.policy_draft, name="policy_draft"),
    path(f"{POLICY}draft/open/", policy_views.open_draft, name="policy_draft_open"),
    path(f"{POLICY}draft/discard/", policy_views.discard_draft, name="policy_draft_discard"),
    path(f"{POLICY}draft/compare/", policy_views.compare, name="policy_compare"),
    path(f"{POLICY}draft/propose/", policy_views.propose, name="policy_propose"),
    path(f"{POLICY}draft/approve/", policy_views.approve, name="policy_approve"),
    path(f"{POLICY}draft/withdraw/", policy_views.withdraw_proposal, name="policy_withdraw"),
    path(f"{POLICY}trial/", policy_trial_views.trial, name="policy_trial"),
    path(f"{POLICY}trial/cancel/", policy_trial_views.cancel, name="policy_trial_cancel"),
    path(f"{POLICY}trial/who/", policy_trial_views.who, name="policy_trial_who"),
    path(f"{POLICY}trial/learners/", policy_trial_views.learners, name="policy_trial_learners"),
    path(f"{POLICY}trial/learners/<uuid:learner_id>/", policy_trial_views.learner, name="policy_trial_learner"),
]
