"""A second reading of `permissions.csv`, written for the tests only: it shares no line with `tenancy.access`.

It answers from the facts of the standing cast, written down by hand, not from the database.
"""

from __future__ import annotations

import csv
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "tenancy" / "permissions.csv"
ROLES = ("LRN", "GRD", "MEN", "TCH", "SCH", "DST")
# Conditions whose machinery does not exist: whatever needs them is refused.
REFUSED = {"never", "BG", "CASE", "REQ", "MASK"}
# True for everything that the standing cast holds: it is released, recent, and shown as suppressed figures.
GIVEN = {"YES", "TEN", "PUB", "WIN", "AGG"}

# Identifier kinds that lie inside the tenant. `own` is Ana, in the section of the teacher; her classmate shares it,
# Dora is in another section of the same school, Cleo in another school.
INSIDE = ("own", "same_section", "same_school", "other_school")
OUTSIDE = ("other_tenant", "deleted", "never", "wrong_type")
AT_SCHOOL = frozenset({"own", "same_section", "same_school"})
# object → condition code → role → the kinds for which the code holds.
FACTS: dict[str, dict[str, dict[str, frozenset[str]]]] = {
    "learner": {
        "SELF": {"LRN": frozenset({"own"})},
        "LINK": {"GRD": frozenset({"own"})},
        "MENT": {"MEN": frozenset({"own"})},
        "SEC": {"TCH": frozenset({"own", "same_section"})},
        "PEER": {"LRN": frozenset({"same_section"})},
        "SCH": {"SCH": AT_SCHOOL},
    },
    "section": {
        "SELF": {"LRN": frozenset({"own"})},
        "LINK": {"GRD": frozenset({"own"})},
        "SEC": {"TCH": frozenset({"own"})},
        "SCH": {"SCH": frozenset({"own", "same_school"})},
    },
    # Schools: the teacher works in one, the administrator administers it; nobody is assigned to one as to a section.
    "school": {
        "SELF": {"LRN": frozenset({"own"})},
        "LINK": {"GRD": frozenset({"own"})},
        "SCH": {"TCH": frozenset({"own"}), "SCH": frozenset({"own"})},
    },
    # The account: everybody's own.
    "account": {"SELF": {role: frozenset({"own"}) for role in ROLES}},
    # Policies of schools; one that somebody else proposed is there to be approved.
    "policy": {"SCH": {"SCH": frozenset({"own"})}, "DUAL": {"DST": frozenset({"own"})}},
    # Work in a portfolio: each learner added their own.
    "artefact": {
        "SELF": {"LRN": frozenset({"own"})},
        "LINK": {"GRD": frozenset({"own"})},
        "SEC": {"TCH": frozenset({"own", "same_section"})},
        "SCH": {"SCH": AT_SCHOOL},
        "MINE": {"LRN": frozenset({"own"})},
    },
    # Certificates and good words: as the learner whose they are.
    "certificate": {
        "SELF": {"LRN": frozenset({"own"})},
        "LINK": {"GRD": frozenset({"own"})},
        "SEC": {"TCH": frozenset({"own", "same_section"})},
        "SCH": {"SCH": AT_SCHOOL},
    },
    "shout_out": {"SEC": {"TCH": frozenset({"own", "same_section"})}, "SCH": {"SCH": AT_SCHOOL}},
    # Review sessions: of whoever works at the school.
    "review": {"SCH": {"TCH": frozenset({"own"}), "SCH": frozenset({"own"})}},
    # Rules of schools: read by who works there, changed by who administers it.
    "rule": {"SCH": {"TCH": frozenset({"own"}), "SCH": frozenset({"own"})}},
    # Milestones made for a class: as the class.
    "own_milestone": {
        "SEC": {"TCH": frozenset({"own"})},
        "SCH": {"SCH": frozenset({"own", "same_school"})},
    },
    # Tasks of a class: as the class; attempts and requests: as the learner. Rubrics: the teacher made them.
    "rubric": {"MINE": {"TCH": frozenset({"own"})}},
    # Curriculum belongs to the tenant as a whole.
    "curriculum": {},
    # Roster imports: of one's own school alone.
    # People: a teacher of the school, somebody of another one. Invitations: as their learner.
    "roster_import": {"SCH": {"SCH": frozenset({"own"})}},
    "member": {"SCH": {"SCH": frozenset({"own"})}},
    # Keys: of whoever administers all schools that they reach.
    "api_client": {"SCH": {"SCH": frozenset({"own"})}},
}
FACTS |= {
    "task": FACTS["section"],
    "attempt": FACTS["learner"],
    "asked": FACTS["learner"],
    "alert": FACTS["learner"],
    "support_plan": FACTS["learner"],
    # Messages: written to the guardian of the cast, about every learner. A mailbox: everybody's own.
    "message": FACTS["learner"] | {"MINE": {"GRD": frozenset({"own"})}},
    "mailbox": {code: {role: frozenset({"own"}) for role in ROLES} for code in ("MINE", "SEC", "SCH")},
    "message_template": FACTS["rubric"],
    "narrative": FACTS["learner"],
    "goal_note": FACTS["learner"],
    "phrase": FACTS["rubric"],
    "use": FACTS["learner"],
    "group": FACTS["section"],
    "block": FACTS["section"],
    "request": FACTS["learner"],
    "resource": FACTS["rubric"],
    # Pairs: Ana with her classmate, Ana with Dora, two of other schools. Staff reach a pair by both.
    "invitation": FACTS["learner"],
    # What is written down about a school: by who administers it.
    "development": {"SCH": {"SCH": frozenset({"own"})}},
    "need": {"SCH": {"SCH": frozenset({"own"})}},
    # Information sessions: a school's; for the families of its learners.
    "info_session": {"SCH": {"SCH": frozenset({"own"})}, "LINK": {"GRD": frozenset({"own"})}},
    "pair": {
        "SELF": {"LRN": frozenset({"own", "same_school"})},
        "SEC": {"TCH": frozenset({"own"})},
        "SCH": {"SCH": frozenset({"own", "same_school"})},
    },
}
KINDS = {
    "learner": INSIDE,
    "section": ("own", "same_school", "other_school"),
    "school": ("own", "other_school"),
    "account": ("own",),
    "policy": ("own", "other_school"),
    "artefact": INSIDE,
    "certificate": INSIDE,
    "shout_out": INSIDE,
    "review": ("own", "other_school"),
    "rule": ("own", "other_school"),
    "own_milestone": ("own", "same_school", "other_school"),
    "task": ("own", "same_school", "other_school"),
    "block": ("own", "same_school", "other_school"),
    "attempt": INSIDE,
    "asked": INSIDE,
    "alert": INSIDE,
    "support_plan": INSIDE,
    "message": INSIDE,
    "mailbox": ("own",),
    "api_client": ("own", "other_school"),
    "message_template": ("own",),
    "narrative": INSIDE,
    "goal_note": INSIDE,
    "phrase": ("own",),
    "use": INSIDE,
    "group": ("own", "same_school", "other_school"),
    "request": INSIDE,
    "resource": ("own",),
    "pair": ("own", "same_school", "other_school"),
    "rubric": ("own",),
    "curriculum": ("own",),
    "roster_import": ("own", "other_school"),
    "member": ("own", "other_school"),
    "invitation": ("own", "other_school"),
    "development": ("own", "other_school"),
    "need": ("own", "other_school"),
    "info_session": ("own", "other_school"),
}


def load() -> dict[tuple[str, str], dict[str, tuple[str, ...]]]:
    found: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            here = found.setdefault((row["resource"], row["action"]), {})
            assert row["role"] not in here, row
            here[row["role"]] = tuple(row["condition"].split("+"))
    return found


MATRIX = load()


def reached(
    resource: str,
    action: str,
    role: str,
    what: str,
    *,
    scopes: frozenset[str] = frozenset(),
    one_school: bool = False,
    has_stepped_up: bool = False,
) -> frozenset[str] | None:
    """The kinds on which the role may do it; None where the role may not do it to anything.

    `one_school`: a token that is limited to the school of the teacher. `has_stepped_up`: identity was proved again.
    """
    codes = MATRIX[resource, action][role]
    if REFUSED.intersection(codes) or ("STEP" in codes and not has_stepped_up):
        return None
    kinds = frozenset(KINDS[what])
    for code in codes:
        if code in GIVEN or code == "STEP":
            continue
        if code.startswith("S:"):
            if code[2:] not in scopes:
                return None
            if one_school and what != "curriculum":
                kinds &= AT_SCHOOL
        else:
            kinds &= FACTS[what].get(code, {}).get(role, frozenset())
    return kinds
