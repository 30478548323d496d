"""The routes of rules, protocols and results in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import STAFF, Address, Entry, page

READ, CHANGE = (("Trigger rule", action) for action in ("read", "create, update, enable"))
TO_READ, TO_MAKE, TO_CHANGE = (
    ("Rubric and task in the library", action) for action in ("read", "create", "update, retire")
)
FIGURES = ("School or district aggregate", "read")
PROTOCOLS = "/support-plans/protocols/"
MAKERS = frozenset({"SCH", "DST"})
NEW = "/settings/rules/new/?reason=stale"


def of(end: str = "") -> Address:
    return lambda p, kind: f"/settings/rules/{p.ids['rule'][kind]}/{end}"


def by(end: str = "") -> Address:
    return lambda p, kind: f"{PROTOCOLS}{p.ids['protocol'][kind]}/{end}"


RULES_ENTRIES: tuple[Entry, ...] = (
    page("rules", READ, STAFF, lambda p, k: "/settings/rules/", what="school"),
    page("rule", READ, STAFF, of("?try=1"), what="rule"),
    page("new_rule", CHANGE, MAKERS, lambda p, k: NEW, what="school"),
    page("new_rule", CHANGE, MAKERS, lambda p, k: NEW, what="school", method="POST", good=422),
    page("edit_rule", CHANGE, MAKERS, of("edit/"), what="rule"),
    page("edit_rule", CHANGE, MAKERS, of("edit/"), what="rule", method="POST", good=422),
    # Without its version somebody else was faster.
    page("switch_rule", CHANGE, MAKERS, of("switch/"), what="rule", method="POST", good=409),
    page("results", FIGURES, STAFF, lambda p, k: "/support-plans/results/"),
    page("results_csv", FIGURES, STAFF, lambda p, k: "/support-plans/results.csv"),
    page("protocols", TO_READ, STAFF, lambda p, k: PROTOCOLS, what="curriculum"),
    page("new_protocol", TO_MAKE, STAFF, lambda p, k: f"{PROTOCOLS}new/", what="curriculum"),
    page("new_protocol", TO_MAKE, STAFF, lambda p, k: f"{PROTOCOLS}new/", what="curriculum", method="POST", good=422),
    page("edit_protocol", TO_CHANGE, STAFF, by("edit/"), what="rubric", kinds_of="protocol"),
    page("edit_protocol", TO_CHANGE, STAFF, by("edit/"), what="rubric", kinds_of="protocol", method="POST", good=409,
         data=lambda p, k: {"name": "LKV Other", "s1_approach": "Strips", "s1_sessions": "3", "s1_minutes": "15",
                            "s1_days": "14"}),
    page("switch_protocol", TO_CHANGE, STAFF, by("switch/"), what="rubric", kinds_of="protocol", method="POST",
         good=409),
)  # fmt: skip
