from django.urls import path

from reporting.info_sessions import home_views, views

SESSION, AT_HOME = "information-sessions/<uuid:session_id>/", "family/sessions/<uuid:session_id>"

urlpatterns = [
    path("information-sessions/", views.sessions, name="info_sessions"),
    path("information-sessions/new/", views.new, name="new_info_session"),
    path(SESSION, views.session, name="info_session"),
    path(f"{SESSION}edit/", views.edit, name="edit_info_session"),
    path(f"{SESSION}attendance/", views.attendance, name="info_attendance"),
    path(f"{SESSION}call-off/", views.call_off, name="call_off_info_session"),
    path(f"{AT_HOME}/", home_views.answer, name="family_session"),
    path(f"{AT_HOME}.ics", home_views.calendar, name="family_session_calendar"),
]
