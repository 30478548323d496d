from django.urls import path

from reporting.asking import views

MINE = "me/milestones/<uuid:milestone_id>/"

urlpatterns = [
    path("me/ask/", views.choose, name="my_asking"),
    path(MINE, views.mine, name="my_milestone"),
    path(f"{MINE}ask/", views.ask, name="ask_teacher"),
    path("me/requests/<uuid:request_id>/take-back/", views.take_back, name="take_back_request"),
    path("learners/<uuid:learner_id>/milestones/<uuid:milestone_id>/asked/", views.answer, name="answer_request"),
]
