from django.urls import path

from reporting.reviews import views

ITEM = "reviews/<uuid:session_id>/items/<uuid:item_id>/"

urlpatterns = [
    path("reviews/", views.review_list, name="reviews"),
    path("reviews/prepare/", views.prepare, name="prepare_review"),
    path("reviews/cadence/", views.cadence, name="review_cadence"),
    path("reviews/follow-ups/<uuid:follow_up_id>/", views.follow_up, name="follow_up"),
    path("reviews/<uuid:session_id>/", views.review, name="review"),
    path("reviews/<uuid:session_id>/state/", views.state, name="review_state"),
    path(ITEM, views.decision, name="review_decision"),
    path(f"{ITEM}follow-ups/", views.add_follow_up, name="add_follow_up"),
]
