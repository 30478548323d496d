"""The routes of sensitive fields in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import Address, Entry, page

SETTINGS, CHANGE = ("District settings", "read"), ("District settings", "update")
READ, EDIT = ("Learner sensitive fields", "read"), ("Learner sensitive fields", "update")
ADMINISTRATORS, DISTRICT = frozenset({"SCH", "DST"}), frozenset({"DST"})


def learner(end: str = "") -> Address:
    return lambda p, kind: f"/people/learners/{p.ids['learner'][kind]}/sensitive/{end}"


PRIVACY_ENTRIES: tuple[Entry, ...] = (
    page("privacy", SETTINGS, DISTRICT, lambda p, k: "/settings/privacy/"),
    page("keep_sensitive_fields", CHANGE, DISTRICT, lambda p, k: "/settings/privacy/keep/", method="POST", good=302),
    page("sensitive_fields", READ, ADMINISTRATORS, learner(), what="learner"),
    page("edit_sensitive_fields", EDIT, ADMINISTRATORS, learner("edit/"), what="learner"),
    page("edit_sensitive_fields", EDIT, ADMINISTRATORS, learner("edit/"), what="learner", method="POST", good=302),
)
