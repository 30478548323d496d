"""The routes of a milestone's own pages in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import STAFF, Address, Entry, page

READ = ("Framework, competency, milestone, rubric (published)", "read")
CHANGE = ("Milestone of a section", "create, update, re-bar, split")


def of(name: str, end: str = "") -> Address:
    return lambda p, kind: f"/milestones/{p.ids[name][kind]}/{end}"


BARS_ENTRIES: tuple[Entry, ...] = (
    page("milestone", READ, STAFF, of("milestone"), what="curriculum", kinds_of="milestone"),
    page("move_bar", CHANGE, STAFF, of("own_milestone", "bar/"), what="own_milestone"),
    page("move_bar", CHANGE, STAFF, of("own_milestone", "bar/"), what="own_milestone",
         method="POST", good=422),
    page("split_milestone", CHANGE, STAFF, of("own_milestone", "split/"), what="own_milestone"),
    page("split_milestone", CHANGE, STAFF, of("own_milestone", "split/"), what="own_milestone",
         method="POST", good=422),
    page("milestone_health", ("Class grid", "read"), STAFF, lambda p, k: "/curriculum/health/"),
)  # fmt: skip
