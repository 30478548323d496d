"""A small school as OneRoster rows, and what a tenant holds after importing it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection

from integrations.oneroster import importer
from integrations.oneroster.importer import import_bundle
from integrations.oneroster.report import RosterRejected, RosterReport
from learners.models import Enrolment, GuardianLink, Learner, SchoolPost, SectionStaff
from tenancy.base import TenantModel
from tenancy.context import tenant_context
from tenancy.models import Member, RoleGrant, Tenant
from tests.integrations.oneroster_builders import LIVE, bundle_files, write_folder

Rows = dict[str, list[dict[str, str]]]
_numbers = count()
# Everything an import may write; reports and the audit trail are not the roster.
NOT_ROSTER = {"tenancy.AuditEntry", "integrations.ImportReport", "reporting.CountMark"}
MODELS = [
    model for model in apps.get_models()
    if issubclass(model, TenantModel) and model._meta.label not in NOT_ROSTER
]  # fmt: skip


def user(sid: str, **cells: str) -> dict[str, str]:
    given, family = cells.pop("givenName", sid.title()), cells.pop("familyName", "Silva")
    return {"sourcedId": sid, "enabledUser": "true", "username": sid, "givenName": given, "familyName": family, **cells}


def role(person: str, name: str, org: str = "s1", **cells: str) -> dict[str, str]:
    sid = cells.pop("sourcedId", f"{person}-{name}-{org}")
    kind = cells.pop("roleType", "primary")
    return {"sourcedId": sid, "userSourcedId": person, "roleType": kind, "role": name, "orgSourcedId": org, **cells}


def seat(section: str, person: str, name: str = "student", **cells: str) -> dict[str, str]:
    sid = cells.pop("sourcedId", f"{section}-{person}")
    place = {"classSourcedId": section, "schoolSourcedId": "s1", "userSourcedId": person, "role": name}
    return {"sourcedId": sid, **place, **cells}


def section(sid: str, **cells: str) -> dict[str, str]:
    place = {"courseSourcedId": "maths", "classType": "scheduled", "schoolSourcedId": "s1", "termSourcedIds": "autumn"}
    return {"sourcedId": sid, "title": f"Class {sid}", **place, **cells}


def school() -> Rows:
    """Two schools of a district, two classes, ten learners l0 … l9, teacher, aide, principal, a parent of l0."""
    learners = [f"l{n}" for n in range(10)]
    staff = {"teacher": "teacher", "aide": "aide", "head": "principal", "parent": "parent"}
    days = {"startDate": "2026-08-15", "endDate": "2027-06-10", "schoolYear": "2027"}
    return {
        "orgs": [
            {"sourcedId": "s1", "name": "North School", "type": "school", "parentSourcedId": "d", "identifier": "17"},
            {"sourcedId": "s2", "name": "South School", "type": "school", "parentSourcedId": "d"},
            {"sourcedId": "d", "name": "District", "type": "district"},
        ],
        "academicSessions": [
            {"sourcedId": "autumn", "title": "Autumn", "type": "term", "parentSourcedId": "year", **days},
            {"sourcedId": "year", "title": "Year", "type": "schoolYear", **days},
        ],
        "courses": [{"sourcedId": "maths", "title": "Mathematics", "orgSourcedId": "s1", "grades": "06,07"}],
        "classes": [section("c1"), section("c2", grades="06,07", subjects="Algebra,Geometry", location="Room 4")],
        "users": [
            *(user(one, grades="06", identifier=f"no-{one}") for one in learners),
            user("teacher", email="teacher@north.example"),
            user("aide"),
            user("head"),
            user("parent", agentSourcedIds="l0"),
        ],
        "roles": [
            *(role(one, "student") for one in learners),
            *(role(one, name) for one, name in staff.items()),
        ],
        "enrollments": [
            *(seat("c1" if n < 5 else "c2", one, beginDate="2026-08-15") for n, one in enumerate(learners)),
            seat("c1", "teacher", "teacher", primary="true"),
            seat("c1", "aide", "proctor"),
        ],
    }  # fmt: skip


def without(files: Rows, name: str, *sourced_ids: str) -> Rows:
    """The same files with some rows of one left out."""
    new = deepcopy(files)
    new[name] = [row for row in new[name] if row["sourcedId"] not in sourced_ids]
    return new


def gone(*sourced_ids: str) -> list[dict[str, str]]:
    """Delta rows that say nothing but "delete"."""
    return [{**LIVE, "status": "tobedeleted", "sourcedId": one} for one in sourced_ids]


def live(*rows: dict[str, str]) -> list[dict[str, str]]:
    return [{**LIVE, **row} for row in rows]


def folder(tmp_path: Path, files: Mapping[str, Any], mode: str = "bulk", version: str = "1.2") -> Path:
    return write_folder(tmp_path / f"bundle{next(_numbers)}", bundle_files(files, mode, version))


def put(
    tenant: Tenant, tmp_path: Path, files: Mapping[str, Any], mode: str = "bulk", version: str = "1.2", **options: Any
) -> RosterReport:
    """Import these rows."""
    with tenant_context(tenant.pk):
        return import_bundle(folder(tmp_path, files, mode, version), **options)


def refusal(tenant: Tenant, path: Path, **options: Any) -> RosterReport:
    """The report of an import that must be refused, and must leave everything as it was."""
    before = snapshot(tenant)
    try:
        with tenant_context(tenant.pk):
            import_bundle(path, **options)
    except RosterRejected as rejected:
        assert snapshot(tenant) == before
        return rejected.report
    raise AssertionError("The bundle was accepted")


def compared_again(tenant: Tenant, path: Path, monkeypatch: Any, **options: Any) -> RosterReport:
    """Import without the short cut for repeated bundles: every row is compared."""
    with tenant_context(tenant.pk), monkeypatch.context() as patch:
        patch.setattr(importer, "last_report", lambda _digest: None)
        return import_bundle(path, **options)


def snapshot(tenant: Tenant) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the tenant but reports, audit and marks of what is to be counted."""
    with tenant_context(tenant.pk), connection.cursor() as cursor:
        found = {}
        for model in MODELS:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} WHERE tenant_id = %s ORDER BY id", [tenant.pk])
            found[model._meta.label] = cursor.fetchall()
        return found


def enrolled(section_sid: str) -> set[str]:
    """sourcedIds of who is enrolled and not withdrawn; the tenant is open."""
    rows = Enrolment.objects.filter(section__sourced_id=section_sid, is_withdrawn=False)
    return set(rows.values_list("learner__sourced_id", flat=True))


def roles_of(sid: str) -> dict[str, tuple[Any, Any]]:
    rows = RoleGrant.objects.filter(member__sourced_id=sid)
    return {role: (begin, end) for role, begin, end in rows.values_list("role", "begins_on", "ends_on")}


def posts_of(sid: str) -> dict[tuple[str, str], Any]:
    rows = SchoolPost.objects.filter(member__sourced_id=sid)
    return {(org, role): end for org, role, end in rows.values_list("school__sourced_id", "role", "ends_on")}


def staff_of(section_sid: str) -> dict[str, tuple[str, bool, Any]]:
    rows = SectionStaff.objects.filter(section__sourced_id=section_sid)
    fields = ("member__sourced_id", "role", "is_primary", "ends_on")
    return {sid: (role, is_primary, end) for sid, role, is_primary, end in rows.values_list(*fields)}


def links() -> dict[tuple[str, str], str]:
    rows = GuardianLink.objects.values_list("member__sourced_id", "learner__sourced_id", "status")
    return {(guardian, learner): status for guardian, learner, status in rows}


def learner(sid: str) -> Learner:
    found: Learner = Learner.objects.get(sourced_id=sid)
    return found


def member(sid: str) -> Member:
    found: Member = Member.objects.get(sourced_id=sid)
    return found


def changes(report: RosterReport) -> dict[str, dict[str, int]]:
    """What happened, without what did not."""
    names = ("created", "updated", "deactivated")
    found = {kind: {name: c[name] for name in names if c[name]} for kind, c in report.counts.items()}
    return {kind: counts for kind, counts in found.items() if counts}
