"""The routes of support plans and of background jobs in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import STAFF, Address, Entry, page
from tests.permissions.places import Places

READ, OPEN = (("Intervention case", action) for action in ("read", "open, assign, update, close"))

JOBS, START = ("Background job (state, error list)", "read"), ("Recalculation job", "start")
DISTRICT = frozenset({"DST"})


def of(end: str = "") -> Address:
    return lambda p, kind: f"/support-plans/{p.ids['support_plan'][kind]}/{end}"


def new(places: Places, kind: str) -> str:
    return f"/learners/{places.ids['learner'][kind]}/milestones/{places.home.milestone.public_id}/support/new/"


def session(places: Places, kind: str) -> str:
    """Nobody logged a session yet."""
    return f"/support-plans/{places.ids['support_plan'][kind]}/sessions/{places.ids['support_plan']['never']}/withdraw/"


PLANS_ENTRIES: tuple[Entry, ...] = (
    page("support_plans", READ, STAFF, lambda p, k: "/support-plans/"),
    page("support_plan", READ, STAFF, of(), what="support_plan"),
    page("start_plan", OPEN, STAFF, of("start/"), what="support_plan", method="POST", good=422),
    page("review_plan", OPEN, STAFF, of("review/"), what="support_plan", method="POST", good=422),
    page("close_plan", OPEN, STAFF, of("close/"), what="support_plan", method="POST", good=422),
    page("log_session", OPEN, STAFF, of("sessions/"), what="support_plan", method="POST", good=422),
    page("withdraw_session", OPEN, STAFF, session, what="support_plan", method="POST", good=404),
    page("jobs", JOBS, DISTRICT, lambda p, k: "/settings/jobs/"),
    # Nothing failed in the standing cast.
    page("run_job_again", START, DISTRICT, lambda p, k: "/settings/jobs/verify_all/again/", method="POST", good=404),
    page("run_parked_again", START, DISTRICT, lambda p, k: "/settings/jobs/levels/again/", method="POST", good=404),
    page("new_plan", OPEN, STAFF, new, what="learner"),
    page("new_plan", OPEN, STAFF, new, what="learner", method="POST", good=422),
)  # fmt: skip
