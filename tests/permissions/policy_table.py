"""The routes of policies in the table of routes."""

from __future__ import annotations

from typing import Any

from tests.permissions.entries import STAFF, Address, Entry, page
from tests.permissions.places import Places

READ = ("Level calculation policy", "read")
DRAFT = ("Level calculation policy", "draft, preview effect")
PUBLISH = ("Level calculation policy", "publish, apply to past evidence")
NAMES = ("Drill-down from aggregate to named learners", "read")
ADMINISTRATORS = frozenset({"SCH", "DST"})


def of(end: str = "", name: str = "policy") -> Address:
    return lambda p, kind: f"/policies/{p.ids[name][kind]}/{end}"


def another_place(p: Places, kind: str) -> dict[str, Any]:
    """The administrator's school, which has its rule already: refused after everything else was right."""
    return {"name": "Again", "kind": "school", "school": str(p.home.school.public_id)}


def one_learner(p: Places, kind: str) -> str:
    return f"/policies/{p.ids['policy']['own']}/trial/learners/{p.ids['learner'][kind]}/"


def one_policy(p: Places, kind: str) -> str:
    return f"/policies/{p.ids['policy'][kind]}/trial/learners/{p.ids['learner']['own']}/"


def drafting(name: str, end: str, **values: Any) -> Entry:
    return page(name, DRAFT, ADMINISTRATORS, of(end), what="policy", **values)


def publishing(name: str, end: str, kinds_of: str, **values: Any) -> Entry:
    return page(name, PUBLISH, ADMINISTRATORS, of(end, kinds_of), what="policy", kinds_of=kinds_of, **values)


POLICY_ENTRIES: tuple[Entry, ...] = (
    page("policies", READ, STAFF, lambda p, k: "/policies/", what="curriculum"),
    page("policy", READ, STAFF, of(), what="policy"),
    page("new_policy", DRAFT, ADMINISTRATORS, lambda p, k: "/policies/new/"),
    page("new_policy", DRAFT, ADMINISTRATORS, lambda p, k: "/policies/new/", method="POST", good=409,
         data=another_place),
    drafting("policy_draft", "draft/"),
    drafting("policy_draft", "draft/", method="POST", good=422),
    drafting("policy_draft_open", "draft/open/", method="POST", good=302),
    drafting("policy_draft_discard", "draft/discard/", method="POST", good=302),
    drafting("policy_compare", "draft/compare/"),
    drafting("policy_withdraw", "draft/withdraw/", method="POST", good=302),
    drafting("policy_trial", "trial/"),
    drafting("policy_trial_cancel", "trial/cancel/", method="POST", good=409),
    publishing("policy_propose", "draft/propose/", "tried"),
    publishing("policy_propose", "draft/propose/", "tried", method="POST", good=409),
    publishing("policy_approve", "draft/approve/", "proposal"),
    publishing("policy_approve", "draft/approve/", "proposal", method="POST", good=409),
    page("policy_trial_who", NAMES, ADMINISTRATORS, of("trial/who/"), what="policy"),
    page("policy_trial_learners", NAMES, ADMINISTRATORS, of("trial/learners/"), what="policy"),
    page("policy_trial_learner", NAMES, ADMINISTRATORS, one_policy, what="policy"),
    page("policy_trial_learner", NAMES, ADMINISTRATORS, one_learner, what="learner"),
)  # fmt: skip
