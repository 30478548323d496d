"""The routes of figures and of the calendar in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import STAFF, Entry, page

CREATE = ("Evidence", "create")
CALENDAR = ("Academic year and term", "create, update")
DRAFT = ("Framework, competency, milestone, rubric (draft)", "create, update")
DISTRICT = frozenset({"DST"})
DAYS = {"school": "", "first": "2026-03-02", "last": "2026-03-02", "kind": "holiday", "title": ""}

FIGURES_ENTRIES: tuple[Entry, ...] = (
    page("calendar", CALENDAR, DISTRICT, lambda p, k: "/settings/calendar/"),
    page("calendar", CALENDAR, DISTRICT, lambda p, k: "/settings/calendar/", method="POST", good=302,
         data=lambda p, k: DAYS),
    page("clear_calendar", CALENDAR, DISTRICT, lambda p, k: "/settings/calendar/clear/", method="POST", good=302,
         data=lambda p, k: DAYS),
    page("indicators", DRAFT, DISTRICT, lambda p, k: "/curriculum/figures/"),
    page("indicators", DRAFT, DISTRICT, lambda p, k: "/curriculum/figures/", method="POST", good=422),
    page("class_figures", CREATE, STAFF, lambda p, k: f"/classes/{p.ids['section'][k]}/figures/", what="section"),
    page("class_figures", CREATE, STAFF, lambda p, k: f"/classes/{p.ids['section'][k]}/figures/", what="section",
         method="POST", good=200),
)  # fmt: skip
