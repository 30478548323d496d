from django.urls import path

from reporting.gaps import views

urlpatterns = [
    path("groups/", views.gaps, name="gaps"),
    path("groups/make/", views.make, name="make_group"),
    path("groups/<uuid:group_id>/renew/", views.renew, name="renew_group"),
    path("groups/<uuid:group_id>/board/", views.board, name="group_board"),
]
