"""The routes of mentors and of information sessions in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import Address, Entry, page

LEVEL, GRANT = ("Current level", "read"), ("Mentor link", "grant, end")
MENTORS, ADMINISTRATORS = frozenset({"MEN"}), frozenset({"SCH", "DST"})


def link(end: str) -> Address:
    return lambda p, kind: f"/people/learners/{p.ids['learner'][kind]}/mentors/{end}"


def end(p: object, kind: str) -> str:
    ids = p.ids  # type: ignore[attr-defined]
    return f"/people/learners/{ids['learner'][kind]}/mentors/{ids['member']['never']}/end/"


READ, ANNOUNCE, ANSWER = (("Information session", what) for what in ("read", "announce, keep attendance", "answer"))
FAMILIES = frozenset({"GRD"})


def session(end: str = "") -> Address:
    return lambda p, kind: f"/information-sessions/{p.ids['info_session'][kind]}/{end}"


def at_home(end: str) -> Address:
    return lambda p, kind: f"/family/sessions/{p.ids['info_session'][kind]}{end}"


SESSION_ENTRIES: tuple[Entry, ...] = (
    page("info_sessions", READ, ADMINISTRATORS, lambda p, k: "/information-sessions/"),
    page("new_info_session", ANNOUNCE, ADMINISTRATORS, lambda p, k: "/information-sessions/new/"),
    page("new_info_session", ANNOUNCE, ADMINISTRATORS, lambda p, k: "/information-sessions/new/", method="POST",
         good=422),
    page("info_session", ANNOUNCE, ADMINISTRATORS, session(), what="info_session"),
    page("edit_info_session", ANNOUNCE, ADMINISTRATORS, session("edit/"), what="info_session"),
    page("edit_info_session", ANNOUNCE, ADMINISTRATORS, session("edit/"), what="info_session", method="POST", good=422),
    page("info_attendance", ANNOUNCE, ADMINISTRATORS, session("attendance/"), what="info_session", method="POST",
         good=409),
    page("call_off_info_session", ANNOUNCE, ADMINISTRATORS, session("call-off/"), what="info_session", method="POST",
         good=302),
    page("family_session", ANSWER, FAMILIES, at_home("/"), what="info_session"),
    page("family_session", ANSWER, FAMILIES, at_home("/"), what="info_session", method="POST", good=302,
         data=lambda p, k: {"comes": "no"}),
    page("family_session_calendar", READ, FAMILIES, at_home(".ics"), what="info_session"),
)  # fmt: skip
MENTORS_ENTRIES: tuple[Entry, ...] = (
    page("mentees", LEVEL, MENTORS, lambda p, k: "/mentor/"),
    page("mentee", LEVEL, MENTORS, lambda p, k: f"/mentor/{p.ids['learner'][k]}/", what="learner"),
    page("add_mentor", GRANT, ADMINISTRATORS, link("new/"), what="learner"),
    page("add_mentor", GRANT, ADMINISTRATORS, link("new/"), what="learner", method="POST", good=422),
    page("end_mentor", GRANT, ADMINISTRATORS, end, what="learner", good=302),
    page("end_mentor", GRANT, ADMINISTRATORS, end, what="learner", method="POST", good=404),
)
