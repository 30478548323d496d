"""The routes of Today in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import Address, Entry, page

ALERT = ("Alert about a learner", "read, acknowledge")
CASE_READ, CASE_OPEN = (("Intervention case", action) for action in ("read", "open, assign, update, close"))
GRID = ("Class grid", "read")
TEACHERS = frozenset({"TCH"})


def of(end: str) -> Address:
    return lambda p, kind: f"/today/{p.ids['alert'][kind]}/{end}/"


TODAY_ENTRIES: tuple[Entry, ...] = (
    page("today", ALERT, TEACHERS, lambda p, k: "/today/"),
    page("act_on_alert", ALERT, TEACHERS, of("snoozed"), what="alert", method="POST", good=302),
    page("gaps", CASE_READ, TEACHERS, lambda p, k: "/groups/"),
    # Nobody shares a gap in the standing cast: what is posted has gone meanwhile.
    page("make_group", CASE_OPEN, TEACHERS, lambda p, k: "/groups/make/", method="POST", good=404,
         data=lambda p, k: {"milestone": p.ids["learner"]["never"], "competency": p.ids["learner"]["never"]}),
    page("group_board", GRID, TEACHERS, lambda p, k: f"/groups/{p.ids['group'][k]}/board/", what="section",
         kinds_of="group"),
    # There is nothing to undo: nobody has done anything yet.
    page("undo_alert", ALERT, TEACHERS, of("undo"), what="alert", method="POST", good=409),
)  # fmt: skip
