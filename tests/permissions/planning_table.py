"""The routes of goals, plans and groups in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import Address, Entry, page
from tests.permissions.places import Places

PROPOSE = ("Personal milestone", "propose")
CONFIRM = ("Personal milestone", "confirm, update")
LEARNERS, TEACHERS = frozenset({"LRN"}), frozenset({"TCH", "SCH"})


def of(end: str = "") -> Address:
    return lambda p, kind: f"/classes/{p.ids['section'][kind]}/{end}"


def proposal(p: Places, kind: str) -> str:
    found = p.ids["own_goal"].get(kind, p.ids["own_goal"]["own"])
    return f"/classes/{p.ids['section'][kind]}/proposals/{found}/"


PLANNING_ENTRIES: tuple[Entry, ...] = (
    page("propose_milestone", PROPOSE, LEARNERS, lambda p, k: "/me/milestones/new/"),
    page("propose_milestone", PROPOSE, LEARNERS, lambda p, k: "/me/milestones/new/", method="POST", good=422),
    page("proposals", CONFIRM, TEACHERS, of("proposals/"), what="section"),
    page("answer_proposal", CONFIRM, TEACHERS, proposal, what="section"),
    page("answer_proposal", CONFIRM, TEACHERS, proposal, what="section", method="POST", good=302,
         data=lambda p, k: {"say": "not_now", "reason": "After the holidays"}),
)  # fmt: skip
