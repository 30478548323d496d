"""The routes of recognition in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import ANYBODY, STAFF, Address, Entry, own, page

READ, SAY, MODERATE, SET_RULES = (
    ("Recognition", action) for action in ("read", "say", "moderate, issue certificate", "set rules")
)
LEARNERS, ADMINISTRATORS = frozenset({"LRN"}), frozenset({"SCH", "DST"})


def of(end: str = "") -> Address:
    return lambda p, kind: f"/learners/{p.ids['learner'][kind]}/recognition/{end}"


def certificate(end: str = "") -> Address:
    return lambda p, kind: f"/certificates/{p.ids['certificate'][kind]}/{end}"


RECOGNITION_ENTRIES: tuple[Entry, ...] = (
    page("recognition", READ, STAFF, of(), what="learner"),
    page("recognition", READ, STAFF, of(), what="learner", method="POST", good=302,
         data=lambda p, k: {"text": "You explained it to the whole table"}),
    page("issue_certificate", MODERATE, STAFF, of("certificates/"), what="learner", method="POST", good=302,
         data=lambda p, k: {"milestone": own(p, "to_certify")}),
    page("say_to_classmate", SAY, LEARNERS, lambda p, k: "/me/shout-outs/new/"),
    page("say_to_classmate", SAY, LEARNERS, lambda p, k: "/me/shout-outs/new/", method="POST", good=422),
    page("shout_outs", MODERATE, STAFF, lambda p, k: f"/classes/{p.ids['section'][k]}/shout-outs/", what="section"),
    page("moderate_shout_out", MODERATE, STAFF, lambda p, k: f"/shout-outs/{p.ids['shout_out'][k]}/",
         what="shout_out", method="POST", good=302, data=lambda p, k: {"state": "shown"}),
    page("celebrations", SET_RULES, ADMINISTRATORS, lambda p, k: "/settings/celebrations/", what="school"),
    page("celebrations", SET_RULES, ADMINISTRATORS, lambda p, k: "/settings/celebrations/", what="school",
         method="POST", good=422),
    page("certificate", READ, ANYBODY, certificate(), what="certificate"),
    page("withdraw_certificate", MODERATE, STAFF, certificate("withdraw/"), what="certificate"),
    page("withdraw_certificate", MODERATE, STAFF, certificate("withdraw/"), what="certificate", method="POST",
         good=302),
)  # fmt: skip
