from django.urls import path

from reporting.mentoring import views

LEARNER = "people/learners/<uuid:learner_id>/mentors/"

urlpatterns = [
    path("mentor/", views.mentees, name="mentees"),
    path("mentor/<uuid:learner_id>/", views.mentee, name="mentee"),
    path(f"{LEARNER}new/", views.add, name="add_mentor"),
    path(f"{LEARNER}<uuid:member_id>/end/", views.end, name="end_mentor"),
]
