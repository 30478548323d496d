from django.urls import path

from reporting.tutoring import views

PAIR, MINE = "tutoring/<uuid:pair_id>/", "me/tutoring/<uuid:pair_id>/"

urlpatterns = [
    path("tutoring/", views.tutoring, name="tutoring"),
    path(PAIR, views.pair, name="peer_pair"),
    path(f"{PAIR}sessions/", views.log, name="log_peer_session"),
    path(f"{PAIR}end/", views.end, name="end_pair"),
    path("learners/<uuid:learner_id>/milestones/<uuid:milestone_id>/peer/", views.propose, name="propose_pair"),
    path(MINE, views.my_tutoring, name="my_tutoring"),
    path(f"{MINE}answer/", views.answer, name="answer_pair"),
    path(f"{MINE}sessions/", views.my_log, name="my_peer_session"),
    path(f"{MINE}leave/", views.leave, name="leave_pair"),
]
