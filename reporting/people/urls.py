from django.urls import path

from reporting.people import invite_views, learner_views, views

PERSON, LEARNER = "people/members/<uuid:member_id>/", "people/learners/<uuid:learner_id>/"

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/members/new/", views.new, name="new_person"),
    path(PERSON, views.person, name="person"),
    path(f"{PERSON}roles/", views.give_role, name="give_role"),
    path(f"{PERSON}roles/end/", views.end_role, name="end_role"),
    path(f"{PERSON}access/", views.access, name="person_access"),
    path(f"{PERSON}classes/", views.assign, name="assign_section"),
    path(f"{PERSON}classes/<uuid:section_id>/end/", views.end_assignment, name="end_assignment"),
    path("people/learners/new/", learner_views.new, name="new_learner"),
    path(LEARNER, learner_views.record, name="learner_record"),
    path(f"{LEARNER}edit/", learner_views.edit, name="edit_learner"),
    path(f"{LEARNER}leave/", learner_views.leave, name="learner_leaves"),
    path(f"{LEARNER}classes/", learner_views.enrol, name="enrol"),
    path(f"{LEARNER}classes/<uuid:section_id>/end/", learner_views.end_enrolment, name="end_enrolment"),
    path(f"{LEARNER}guardians/<uuid:member_id>/end/", learner_views.end_guardian, name="end_guardian"),
    path(f"{LEARNER}invite/", invite_views.guardian, name="invite_guardian"),
    path(f"{PERSON}invite/", invite_views.staff, name="invite_staff"),
    path("people/invitations/", invite_views.invitations, name="invitations"),
    path("people/invitations/<uuid:invitation_id>/withdraw/", invite_views.withdraw, name="withdraw_invitation"),
    path("people/classes/<uuid:section_id>/invitations/", invite_views.sheet, name="invitation_sheet"),
    path("invite/<str:code>/", invite_views.invitation, name="invitation"),
]
