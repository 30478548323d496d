"""The routes of review sessions in the table of routes."""

from __future__ import annotations

from typing import Any

from tenancy.selectors import local_today
from tests.permissions.entries import STAFF, Address, Entry, page
from tests.permissions.places import Places

READ, DECIDE, PREPARE = (("Review session", action) for action in ("read", "decide", "prepare, close"))


def of(end: str = "") -> Address:
    return lambda p, kind: f"/reviews/{p.ids['review'][kind]}/{end}"


def item(end: str = "") -> Address:
    return lambda p, kind: f"/reviews/{p.ids['review'][kind]}/items/{p.ids['review_item'][kind]}/{end}"


def of_school(p: Places, kind: str) -> dict[str, Any]:
    return {"school": str(p.home.school.public_id), "every": "month", "next_on": local_today(p.home.tenant).isoformat()}


REVIEWS_ENTRIES: tuple[Entry, ...] = (
    page("reviews", READ, STAFF, lambda p, k: "/reviews/", what="school"),
    page("prepare_review", PREPARE, STAFF, lambda p, k: "/reviews/prepare/", what="school", method="POST", good=302,
         data=of_school),
    page("review_cadence", PREPARE, STAFF, lambda p, k: "/reviews/cadence/", what="school", method="POST", good=302,
         data=of_school),
    page("review", READ, STAFF, of(), what="review"),
    page("review_state", PREPARE, STAFF, of("state/"), what="review", method="POST", good=302,
         data=lambda p, k: {"state": "closed"}),
    page("review_decision", DECIDE, STAFF, item(), what="review", method="POST", good=302,
         data=lambda p, k: {"decision": "keep", "version": "1"}),
    page("add_follow_up", DECIDE, STAFF, item("follow-ups/"), what="review", method="POST", good=422),
    page("follow_up", DECIDE, STAFF, lambda p, k: f"/reviews/follow-ups/{p.ids['follow_up'][k]}/", what="review",
         method="POST", good=302, data=lambda p, k: {"done": "1"}),
)  # fmt: skip
