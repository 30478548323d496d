"""The routes of goals, plans, groups and check-lists in the table of routes."""

from __future__ import annotations

from typing import Any

from tests.permissions.entries import STAFF, Address, Entry, own, page
from tests.permissions.places import Places

PROPOSE = ("Personal milestone", "propose")
CONFIRM = ("Personal milestone", "confirm, update")
DATES = ("Milestones used by a section, with dates", "read")
PLAN = ("Milestones used by a section, with dates", "update")
MAKE = ("Milestone of a section", "create, update, re-bar, split")
DRAFT = ("Framework, competency, milestone, rubric (draft)", "create, update")
SCORE = ("Evidence", "create")
LEARNERS, TEACHERS, EDITORS = frozenset({"LRN"}), frozenset({"TCH", "SCH"}), frozenset({"DST"})


def of(end: str = "") -> Address:
    return lambda p, kind: f"/classes/{p.ids['section'][kind]}/{end}"


def here(p: Places, name: str, kind: str) -> str:
    """The object of the very class."""
    return p.ids[name].get(kind, p.ids[name]["own"])


def proposal(p: Places, kind: str) -> str:
    return f"/classes/{p.ids['section'][kind]}/proposals/{here(p, 'own_goal', kind)}/"


def made(p: Places, kind: str) -> str:
    return f"/classes/{p.ids['section'][kind]}/milestones/{here(p, 'made', kind)}/edit/"


def planned(end: str = "") -> Address:
    return lambda p, kind: f"/classes/{p.ids['section'][kind]}/plan/{own(p, 'milestone')}/{end}"


def own_plan(p: Places, kind: str) -> str:
    return f"/classes/{p.ids['section'][kind]}/plan/{here(p, 'made', kind)}/out/"


def reworded(p: Places, kind: str) -> str:
    return f"/curriculum/milestones/{own(p, 'milestone')}/edit/"


def assigned(p: Places, kind: str) -> str:
    return f"/milestones/{own(p, 'milestone')}/assign/"


def checklist(p: Places, kind: str) -> str:
    return f"/learners/{p.ids['learner'][kind]}/checklist/{own(p, 'made')}/"


def given(p: Places, kind: str) -> dict[str, Any]:
    return {"given": here(p, "given", kind)}


def post(name: str, row: tuple[str, str], roles: frozenset[str], address: Address, good: int, **values: Any) -> Entry:
    return page(name, row, roles, address, method="POST", good=good, **values)


PLANNING_ENTRIES: tuple[Entry, ...] = (
    page("propose_milestone", PROPOSE, LEARNERS, lambda p, k: "/me/milestones/new/"),
    post("propose_milestone", PROPOSE, LEARNERS, lambda p, k: "/me/milestones/new/", 422),
    page("proposals", CONFIRM, TEACHERS, of("proposals/"), what="section"),
    page("answer_proposal", CONFIRM, TEACHERS, proposal, what="section"),
    post("answer_proposal", CONFIRM, TEACHERS, proposal, 302, what="section",
         data=lambda p, k: {"say": "not_now", "reason": "After the holidays"}),
    page("new_milestone", MAKE, STAFF, of("milestones/new/"), what="section"),
    post("new_milestone", MAKE, STAFF, of("milestones/new/"), 422, what="section"),
    page("edit_milestone", MAKE, STAFF, made, what="section"),
    post("edit_milestone", MAKE, STAFF, made, 422, what="section"),
    page("new_curriculum_milestone", DRAFT, EDITORS, lambda p, k: "/curriculum/milestones/new/"),
    post("new_curriculum_milestone", DRAFT, EDITORS, lambda p, k: "/curriculum/milestones/new/", 422),
    page("edit_curriculum_milestone", MAKE, EDITORS, reworded),
    post("edit_curriculum_milestone", MAKE, EDITORS, reworded, 422),
    page("checklist", SCORE, STAFF, checklist, what="learner"),
    post("checklist", SCORE, STAFF, checklist, 404, what="learner"),
    page("class_plan", DATES, STAFF, of("plan/"), what="section"),
    post("plan_dates", PLAN, STAFF, of("plan/dates/"), 302, what="section"),
    post("add_to_plan", PLAN, STAFF, of("plan/add/"), 422, what="section"),
    page("plan_milestone", PLAN, STAFF, planned(), what="section"),
    post("plan_milestone", PLAN, STAFF, planned(), 422, what="section", data=lambda p, k: {"do": "give"}),
    post("take_given_back", PLAN, STAFF, planned("back/"), 302, what="section", data=given),
    page("take_out_of_plan", PLAN, STAFF, own_plan, what="section"),
    post("take_out_of_plan", PLAN, STAFF, own_plan, 302, what="section"),
    page("assign_milestone", PLAN, STAFF, assigned),
    post("assign_milestone", PLAN, STAFF, assigned, 422),
    page("groups", PLAN, STAFF, of("groups/"), what="section"),
    post("groups", PLAN, STAFF, of("groups/"), 422, what="section"),
)  # fmt: skip
