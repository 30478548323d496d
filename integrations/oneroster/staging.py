"""From the rows of a bundle to rows of the staging tables: what is kept of each file, and how long it may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from integrations.oneroster.bulk import Staging
from integrations.oneroster.bundle import Bundle, rows
from integrations.oneroster.check import KnownIds
from integrations.oneroster.problems import Findings
from integrations.oneroster.records import ClassRow, CourseRow, EnrollmentRow, OrgRow, RoleRow, Row, SessionRow, UserRow
from learners.rolls import folded
from tenancy.ids import uuid7

R = TypeVar("R", bound=Row)
Staged = Iterator[tuple[Any, ...]]

# ADM is settled in SQL: administrator of a school or of the district, by the kind of the organisation.
CODES = {
    "student": "LRN",
    "teacher": "TCH",
    "aide": "AST",
    "parent": "GRD",
    "guardian": "GRD",
    "relative": "GRD",
    "administrator": "ADM",
    "principal": "ADM",
    "siteAdministrator": "ADM",
    "districtAdministrator": "DST",
    "systemAdministrator": "DST",
}
SEATS = {"student": "LRN", "teacher": "TCH"}


def _staging(table: str, /, *, is_sourced: bool = True, **columns: str) -> Staging:
    head = {"row": "integer", "sid": "text", "gone": "boolean"}
    filled = (*head, *(("public_id",) if is_sourced else ()), *columns)
    own = {"public_id": "uuid", "is_new": "boolean DEFAULT false"} if is_sourced else {}
    return Staging(f"roster_{table}", {**head, **own, **columns}, filled)


ORGS = _staging("org", name="text", kind="text", identifier="text", parent="text")
TERMS = _staging("term", title="text", kind="text", starts_on="date", ends_on="date", school_year="text", parent="text")
COURSES = _staging("course", title="text", code="text", grades="text", subjects="text", org="text")
SECTIONS = _staging(
    "section", title="text", code="text", kind="text", grades="text", subjects="text", location="text",
    org="text", course="text", terms="text[]",
)  # fmt: skip
USERS = _staging(
    "user", given_name="text", family_name="text", email="text", is_enabled="boolean", preferred_name="text",
    pronouns="text", folded_name="text", identifier="text", grade="text", org="text", agents="text[]",
)  # fmt: skip
ROLES = _staging(
    "role", is_sourced=False, person="text", role="text", code="text", org="text", begins_on="date", ends_on="date",
    is_secondary="boolean",
)  # fmt: skip
SEATED = _staging(
    "seat", is_sourced=False, section="text", person="text", code="text", begins_on="date", ends_on="date",
    is_primary="boolean",
)  # fmt: skip


class Stager:
    """Streams each file once, in the order of the references between them. Faults go to `findings`.

    `counts`: file → rows left out. A row may point to one that this very bundle deletes; that is an error only where
    the tenant never had it (`_dead`), as there is nothing to point to.
    """

    def __init__(self, bundle: Bundle, known: KnownIds) -> None:
        self.findings = Findings()
        self.left_out: dict[str, int] = {}
        self._bundle, self._known = bundle, known
        self._dead: dict[str, set[str]] = {}

    def orgs(self) -> Staged:
        parents = []
        for row, head in self._each(OrgRow):
            if not row.is_deleted:
                self._fit(row, name=(row.name, 255), type=(row.type, 20), identifier=(row.identifier, 100))
                parents.append((row, row.parent_sourced_id))
            yield (*head, uuid7(), row.name, row.type, row.identifier, row.parent_sourced_id or None)
        for row, parent in parents:
            self._refer(row, "parentSourcedId", OrgRow.file, parent)

    def terms(self) -> Staged:
        parents = []
        for row, head in self._each(SessionRow):
            if not row.is_deleted:
                self._fit(row, title=(row.title, 255), type=(row.type, 20))
                parents.append((row, row.parent_sourced_id))
            year = str(row.school_year or "")
            values = (row.title, row.type, row.start_date, row.end_date, year, row.parent_sourced_id or None)
            yield (*head, uuid7(), *values)
        for row, parent in parents:
            self._refer(row, "parentSourcedId", SessionRow.file, parent)

    def courses(self) -> Staged:
        for row, head in self._each(CourseRow):
            grades, subjects = ",".join(row.grades), ",".join(row.subjects)
            if not row.is_deleted:
                self._fit(row, title=(row.title, 255), courseCode=(row.course_code, 100))
                self._fit(row, grades=(grades, 255), subjects=(subjects, 255))
                self._refer(row, "orgSourcedId", OrgRow.file, row.org_sourced_id)
            yield (*head, uuid7(), row.title, row.course_code, grades, subjects, row.org_sourced_id or None)

    def sections(self) -> Staged:
        for row, head in self._each(ClassRow):
            grades, subjects = ",".join(row.grades), ",".join(row.subjects)
            if not row.is_deleted:
                self._fit(row, title=(row.title, 255), classCode=(row.class_code, 100), location=(row.location, 255))
                self._fit(row, grades=(grades, 255), subjects=(subjects, 255), classType=(row.class_type, 20))
                self._refer(row, "schoolSourcedId", OrgRow.file, row.school_sourced_id)
                self._refer(row, "courseSourcedId", CourseRow.file, row.course_sourced_id)
                self._refer(row, "termSourcedIds", SessionRow.file, *row.term_sourced_ids)
            places = (row.school_sourced_id or None, row.course_sourced_id or None, list(row.term_sourced_ids))
            yield (*head, uuid7(), row.title, row.class_code, row.class_type, grades, subjects, row.location, *places)

    def users(self) -> Staged:
        """A 1.1 file says nothing about preferred names, pronouns and primary org: None keeps what is there."""
        is_old = self._bundle.version == "1.1"
        for row, head in self._each(UserRow):
            grade = next(iter(row.grades), "")
            if not row.is_deleted:
                self._fit(row, givenName=(row.given_name, 150), familyName=(row.family_name, 150))
                self._fit(row, email=(row.email, 254), preferredGivenName=(row.preferred_given_name, 150))
                self._fit(row, pronouns=(row.pronouns, 60), identifier=(row.identifier, 100), grades=(grade, 20))
                self._refer(row, "primaryOrgSourcedId", OrgRow.file, row.primary_org_sourced_id)
            yield (
                *head, uuid7(), row.given_name, row.family_name, row.email, bool(row.enabled_user),
                None if is_old else row.preferred_given_name, None if is_old else row.pronouns,
                folded(row.given_name, row.family_name), row.identifier, grade, row.primary_org_sourced_id or None,
                list(row.agent_sourced_ids),
            )  # fmt: skip

    def roles(self) -> Staged:
        for row, head in self._each(RoleRow):
            code = CODES.get(row.role)
            if row.is_deleted and not (row.user_sourced_id and row.role):
                self._leave_out(row, "role", "unknown_role", "It deletes a role without naming user and role")
                continue
            if code is None:
                self._leave_out(row, "role", "role_without_access", "This role gives no access here")
                continue
            if not row.is_deleted:
                self._refer(row, "userSourcedId", UserRow.file, row.user_sourced_id)
                self._refer(row, "orgSourcedId", OrgRow.file, row.org_sourced_id)
            values = (row.user_sourced_id, row.role, code, row.org_sourced_id, row.begin_date, row.end_date)
            yield (*head, *values, row.role_type != "primary")

    def seats(self) -> Staged:
        for row, head in self._each(EnrollmentRow):
            if not row.is_deleted:
                self._refer(row, "classSourcedId", ClassRow.file, row.class_sourced_id)
                self._refer(row, "userSourcedId", UserRow.file, row.user_sourced_id)
            code = SEATS.get(row.role, "AST")
            dates = (row.begin_date, row.end_date)
            yield (*head, row.class_sourced_id, row.user_sourced_id, code, *dates, bool(row.primary))

    def _each(self, row_class: type[R]) -> Iterator[tuple[R, tuple[int, str, bool]]]:
        dead = self._dead.setdefault(row_class.file, set())
        for row in rows(self._bundle, row_class):
            if row.is_deleted and not self._known.has(row.file, row.sourced_id):
                dead.add(row.sourced_id)
            yield row, (row.row, row.sourced_id, row.is_deleted)

    def _fit(self, row: Row, **texts: tuple[str, int]) -> None:
        for name, (text, longest) in texts.items():
            if len(text) > longest:
                message = f"{name} has {len(text)} characters. Shorten it to {longest}"
                self.findings.error(f"{row.file}.csv", row.row, name, "too_long", message)

    def _refer(self, row: Row, name: str, file: str, *sourced_ids: str) -> None:
        dead = self._dead.get(file)
        if dead and not dead.isdisjoint(sourced_ids):
            message = f"{name} points to a row that this bundle deletes. Correct {name}, or keep that row"
            self.findings.error(f"{row.file}.csv", row.row, name, "unknown_reference", message)

    def _leave_out(self, row: Row, name: str, code: str, wrong: str) -> None:
        self.left_out[row.file] = self.left_out.get(row.file, 0) + 1
        self.findings.tolerate(f"{row.file}.csv", row.row, name, code, f"{wrong}. It was left out")
