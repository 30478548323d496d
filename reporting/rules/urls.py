from django.urls import path

from reporting.rules import views

RULE = "settings/rules/<uuid:rule_id>/"

urlpatterns = [
    path("settings/rules/", views.rules, name="rules"),
    path("settings/rules/new/", views.new, name="new_rule"),
    path(RULE, views.rule, name="rule"),
    path(f"{RULE}edit/", views.edit, name="edit_rule"),
    path(f"{RULE}switch/", views.switch, name="switch_rule"),
]
