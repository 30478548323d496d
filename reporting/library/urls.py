from django.urls import path

from reporting.library import giving_views, mine_views, views

RESOURCE = "library/<uuid:resource_id>/"

urlpatterns = [
    path("library/", views.library, name="library"),
    path("library/new/", views.new_resource, name="new_resource"),
    path(RESOURCE, views.resource, name="resource"),
    path(f"{RESOURCE}edit/", views.edit_resource, name="edit_resource"),
    path(f"{RESOURCE}copy/", views.copy, name="copy_resource"),
    path(f"{RESOURCE}state/", views.state, name="resource_state"),
    path("learners/<uuid:learner_id>/milestones/<uuid:milestone_id>/give/", giving_views.give, name="give_resource"),
    path("groups/<uuid:group_id>/give/", giving_views.give_group, name="give_to_group"),
    path("me/given/<uuid:use_id>/", mine_views.choose, name="choose_given"),
]
