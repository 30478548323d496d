from django.urls import path

from reporting.messaging import settings_views, views

LEARNER = "learners/<uuid:learner_id>/messages/"
TEMPLATE = "settings/templates/<uuid:template_id>/"

urlpatterns = [
    path("messages/", views.all_messages, name="messages"),
    path("family/messages/", views.messages_of_family, name="family_messages"),
    path("me/messages/", views.my_messages, name="my_messages"),
    path("messages/<uuid:message_id>/", views.one, name="message"),
    path("messages/<uuid:message_id>/again/", views.again, name="send_message_again"),
    path(LEARNER, views.log, name="learner_messages"),
    path(f"{LEARNER}new/", views.write, name="write_message"),
    path("settings/templates/", settings_views.templates, name="message_templates"),
    path("settings/templates/new/", settings_views.new_template, name="new_message_template"),
    path(TEMPLATE, settings_views.edit_template, name="message_template"),
    path(f"{TEMPLATE}switch/", settings_views.switch, name="switch_message_template"),
    path("settings/mail/", settings_views.mail, name="mail_choice"),
]
