"""The preview of an import by person: who is new, what changes from what to what, whose guardians lose access."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from integrations.oneroster.bulk import fetch, number
from integrations.roster_pages.differences import Difference
from learners.demographics import NOTHING
from learners.models import Learner, School, Section
from tenancy.models import Member

Differences = dict[str, list[Difference]]
# Columns that people know by name; the others follow from these.
MEMBER_FIELDS = ("given_name", "family_name", "email")
LEARNER_FIELDS = ("preferred_name", "pronouns", "identifier", "grade", "home_school_id")
MEMBER_NAMES = ("tenant_id", "sourced_id", "given_name", "family_name")
LEARNER_NAMES = (*MEMBER_NAMES, "preferred_name", "identifier", "grade")
ORDER = {"look": 0, "leaves": 1, "changed": 2, "new": 3}
ROWS = "SELECT sid, row FROM roster_user WHERE NOT gone"
MISSING = """
SELECT count(*) FROM (
  SELECT sourced_id AS sid FROM tenancy_member WHERE tenant_id = %(tenant)s AND sourced_id IS NOT NULL AND is_enabled
  UNION SELECT sourced_id FROM learners_learner WHERE tenant_id = %(tenant)s AND sourced_id IS NOT NULL AND is_active
) known
WHERE NOT EXISTS (SELECT 1 FROM roster_user u WHERE u.sid = known.sid)
  AND NOT EXISTS (SELECT 1 FROM roster_spared z WHERE z.sid = known.sid AND z.is_skipped)
"""
MISSING_OWN = """
SELECT count(*) FROM learners_learner l
WHERE l.tenant_id = %(tenant)s AND l.is_active AND l.sourced_id IS NOT NULL
  AND l.home_school_id = ANY(%(mine)s::bigint[])
  AND NOT EXISTS (SELECT 1 FROM roster_user u WHERE u.sid = l.sourced_id)
  AND NOT EXISTS (SELECT 1 FROM roster_spared z WHERE z.sid = l.sourced_id AND z.is_skipped)
"""


@dataclass(slots=True)
class Person:
    """Pairs are (sign, text): "+" comes, "-" goes. `losing`: names of guardians who lose access to this child.
    `doubles`: other learners who have the same student number.
    """

    sid: str
    name: str = ""
    number: str = ""
    grade: str = ""
    is_new: bool = False
    is_leaving: bool = False
    is_learner: bool = False
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    classes: list[tuple[str, str]] = field(default_factory=list)
    roles: list[tuple[str, str]] = field(default_factory=list)
    guardians: list[tuple[str, str]] = field(default_factory=list)
    losing: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)

    @property
    def what(self) -> str:
        if self.losing or self.doubles:
            return "look"
        return "leaves" if self.is_leaving else "new" if self.is_new else "changed"

    def detail(self, row: int) -> dict[str, Any]:
        return {
            "row": row, "name": self.name, "number": self.number, "grade": self.grade, "is_new": self.is_new,
            "is_leaving": self.is_leaving, "is_learner": self.is_learner, "fields": self.fields,
            "classes": self.classes, "roles": self.roles, "guardians": self.guardians, "losing": self.losing,
            "doubles": self.doubles,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """rows: (what, detail) in the order of the page, to be gone through once."""

    rows: Iterator[tuple[str, dict[str, Any]]]
    figures: dict[str, int]


def preview(found: Differences, school_ids: list[int] | None = None) -> Preview:
    """What the differences mean for people. Eight queries; the staging tables are still there. `school_ids`: those of
    whoever looks, where that is not the district: nothing is said of other schools.
    """
    in_file = dict(fetch(ROWS))
    people = _People(found, school_ids).people
    ordered = sorted(people.values(), key=lambda one: (ORDER[one.what], in_file.get(one.sid, 0), one.name))
    counts = Counter(one.what for one in people.values())
    named = sum(1 for one in people.values() if one.sid in in_file)
    missing = number(MISSING) if school_ids is None else number(MISSING_OWN, mine=school_ids)
    figures = {
        "people": len(in_file), "new": sum(one.is_new for one in ordered), "same": len(in_file) - named,
        "changed": sum(not (one.is_new or one.is_leaving) for one in ordered),
        "leaving": sum(one.is_leaving for one in ordered), "missing": missing,
        "losing": sum(len(one.losing) for one in ordered), "look": counts["look"],
        "learners_leaving": sum(one.is_leaving and one.is_learner for one in ordered),
        "learners": Learner.objects.filter(is_active=True).count(),
    }  # fmt: skip
    return Preview(((one.what, one.detail(in_file.get(one.sid, 0))) for one in ordered), figures)


class _People:
    def __init__(self, found: Differences, school_ids: list[int] | None) -> None:
        self._found, self._school_ids = found, school_ids
        self.people: dict[str, Person] = {}
        links, kept = found["learners_guardianlink"], found["learners_demographics"]
        seats, staff = found["learners_enrolment"], found["learners_sectionstaff"]
        grants, posts = found["tenancy_rolegrant"], found["learners_schoolpost"]
        changed = found["tenancy_member"]
        member_ids = {d.image["member_id"] for d in (*links, *staff, *grants, *posts)} | {d.id for d in changed}
        learner_ids = {d.image["learner_id"] for d in (*links, *seats, *kept)} | {
            d.id for d in found["learners_learner"]
        }
        section_ids = {d.image["section_id"] for d in (*seats, *staff)}
        self._members = {row.pk: row for row in Member.objects.filter(id__in=member_ids).only(*MEMBER_NAMES)}
        self._learners = {row.pk: row for row in Learner.objects.filter(id__in=learner_ids).only(*LEARNER_NAMES)}
        self._sections = dict(Section.objects.filter(id__in=section_ids).values_list("id", "title"))
        self._schools = dict(School.objects.values_list("id", "name"))
        self._look_at_people()
        self._look_at_sensitive(kept)
        self._look_at_seats(seats, lambda d: self._learner(d.image["learner_id"]))
        self._look_at_seats(staff, lambda d: self._member(d.image["member_id"]))
        self._look_at_roles(grants)
        self._look_at_links(links)
        self._look_for_doubles()

    def _person(self, sid: str | None, name: str) -> Person:
        return self.people.setdefault(sid or name, Person(sid or name, name))

    def _member(self, key: int) -> Person:
        row = self._members[key]
        return self._person(row.sourced_id, row.name)

    def _learner(self, key: int) -> Person:
        row = self._learners[key]
        person = self._person(row.sourced_id, row.name)
        person.number, person.grade, person.is_learner = row.identifier, row.grade, True
        return person

    def _look_at_people(self) -> None:
        for d in self._found["tenancy_member"]:
            self._note(self._member(d.id), d, MEMBER_FIELDS, "is_enabled")
        for d in self._found["learners_learner"]:
            self._note(self._learner(d.id), d, LEARNER_FIELDS, "is_active")

    def _note(self, person: Person, d: Difference, names: Iterable[str], flag: str) -> None:
        if d.before is None or d.after is None:
            person.is_new = True
            return
        if flag in d.after:
            person.is_leaving = person.is_leaving or not d.after[flag]
            person.is_new = person.is_new or bool(d.after[flag])
        for name in names:
            if name in d.after:
                old, new = (self._said(name, values[name]) for values in (d.before, d.after))
                if (name, old, new) not in person.fields:
                    person.fields.append((name, old, new))

    def _look_at_sensitive(self, found: list[Difference]) -> None:
        """Which fields, never what they say: the preview is no place for it."""
        for d in found:
            before, after = d.before or NOTHING, d.after or NOTHING
            names = [name for name in NOTHING if name in after and after[name] != before.get(name)]
            if names:
                self._learner(d.image["learner_id"]).fields.append(("sensitive", "", ", ".join(names)))

    def _said(self, name: str, value: Any) -> str:
        if name == "home_school_id":
            return str(self._schools.get(value, ""))
        return "" if value is None else str(value)

    def _look_at_seats(self, found: list[Difference], person_of: Any) -> None:
        for d in found:
            sign = _sign(d)
            if sign:
                person_of(d).classes.append((sign, self._sections.get(d.image["section_id"], "")))

    def _look_at_roles(self, found: list[Difference]) -> None:
        for d in found:
            sign = _sign(d)
            if sign and d.image["role"] != "LRN":
                self._member(d.image["member_id"]).roles.append((sign, d.image["role"]))

    def _look_at_links(self, found: list[Difference]) -> None:
        for d in found:
            guardian = self._members[d.image["member_id"]].name
            was, now = (values.get("status") if values else None for values in (d.before, d.after))
            person = self._learner(d.image["learner_id"])
            if now == "verified":
                person.guardians.append(("+", guardian))
            elif was == "verified":
                person.guardians.append(("-", guardian))
                person.losing.append(guardian)

    def _look_for_doubles(self) -> None:
        """Numbers that came with the file and that another learner has already."""
        came = [d for d in self._found["learners_learner"] if d.after and d.after.get("identifier")]
        numbers = {d.image["identifier"] for d in came}
        others = defaultdict(list)
        for row in Learner.objects.filter(identifier__in=numbers, is_active=True).order_by("folded_name", "id"):
            others[row.identifier].append(row)
        for d in came:
            person = self._learner(d.id)
            person.doubles = [self._shown(row) for row in others[d.image["identifier"]] if row.pk != d.id]

    def _shown(self, row: Learner) -> str:
        is_mine = self._school_ids is None or row.home_school_id in self._school_ids
        return row.name if is_mine else gettext("a learner of another school")


def _sign(d: Difference) -> str:
    """Whether something comes or goes; "" where only its dates or its identifier changed."""
    if d.before is None:
        return "+"
    if d.after is None:
        return "-"
    if "is_withdrawn" in d.after:
        return "-" if d.after["is_withdrawn"] else "+"
    if "is_withdrawn" not in d.image and "ends_on" in d.after:
        return "-" if d.after["ends_on"] and not d.before["ends_on"] else "+" if not d.after["ends_on"] else ""
    return ""
