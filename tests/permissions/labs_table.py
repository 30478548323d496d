"""The routes of learning labs in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import STAFF, Address, Entry, page

READ, UPDATE = (("Milestones used by a section, with dates", action) for action in ("read", "update"))


def of_class(end: str = "") -> Address:
    return lambda p, kind: f"/classes/{p.ids['section'][kind]}/sessions/{end}"


def of_block(end: str = "") -> Address:
    return lambda p, kind: f"/sessions/{p.ids['block'][kind]}/{end}"


LABS_ENTRIES: tuple[Entry, ...] = (
    page("labs", READ, STAFF, of_class(), what="section"),
    page("make_lab_groups", UPDATE, STAFF, of_class("groups/"), what="section", method="POST", good=302),
    page("plan_lab", UPDATE, STAFF, of_class("new/"), what="section"),
    page("plan_lab", UPDATE, STAFF, of_class("new/"), what="section", method="POST", good=422),
    page("lab", READ, STAFF, of_block(), what="block"),
    page("remove_lab", UPDATE, STAFF, of_block("remove/"), what="block", method="POST", good=302),
)
