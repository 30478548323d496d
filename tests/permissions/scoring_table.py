"""The routes of score sheets in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import STAFF, Address, Entry, page
from tests.permissions.places import Places

CREATE = ("Evidence", "create")


def of(end: str = "") -> Address:
    return lambda p, kind: f"/classes/{p.ids['section'][kind]}/{end}"


def by_section(end: str = "") -> Address:
    return lambda p, kind: f"/classes/{p.ids['section'][kind]}/score/{sheet_in(p, kind)}/{end}"


def sheet_in(p: Places, kind: str) -> str:
    return p.ids["sheet"].get(kind, p.ids["sheet"]["own"])


def one_row(p: Places, kind: str) -> str:
    """A learner of the very class."""
    learner = p.ids["learner"].get(kind, p.ids["learner"]["own"])
    return f"{by_section()(p, kind)}{learner}/"


SCORING_ENTRIES: tuple[Entry, ...] = (
    page("score_class", CREATE, STAFF, of("score/"), what="section"),
    page("score_class", CREATE, STAFF, of("score/"), what="section", method="POST", good=422),
    page("seating", CREATE, STAFF, of("seating/"), what="section"),
    page("seating", CREATE, STAFF, of("seating/"), what="section", method="POST", good=302),
    page("score_sheet", CREATE, STAFF, by_section(), what="section"),
    page("score_sheet", CREATE, STAFF, by_section(), what="section", method="POST", good=302),
    page("release_scores", CREATE, STAFF, by_section("release/"), what="section"),
    page("release_scores", CREATE, STAFF, by_section("release/"), what="section", method="POST", good=403),
    page("score_row", CREATE, STAFF, one_row, what="section", method="PUT", data=lambda p, k: "mark=3&version=0"),
    page("undo_scores", CREATE, STAFF, by_section("undo/"), what="section", method="POST", good=409),
)  # fmt: skip
