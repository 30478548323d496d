"""The routes of Today in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import Address, Entry, page

ALERT = ("Alert about a learner", "read, acknowledge")
TEACHERS = frozenset({"TCH"})


def of(end: str) -> Address:
    return lambda p, kind: f"/today/{p.ids['alert'][kind]}/{end}/"


TODAY_ENTRIES: tuple[Entry, ...] = (
    page("today", ALERT, TEACHERS, lambda p, k: "/today/"),
    page("act_on_alert", ALERT, TEACHERS, of("snoozed"), what="alert", method="POST", good=302),
    # There is nothing to undo: nobody has done anything yet.
    page("undo_alert", ALERT, TEACHERS, of("undo"), what="alert", method="POST", good=409),
)
