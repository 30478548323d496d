"""The guard against bad exports (OR-7), and everything else that stops an import before it writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.oneroster.report import RosterRejected
from learners.models import Enrolment, Learner, Section
from tenancy.context import tenant_context
from tenancy.models import Tenant
from tests.integrations.roster_builders import (
    folder,
    gone,
    live,
    put,
    refusal,
    role,
    school,
    seat,
    snapshot,
    user,
    without,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant(tmp_path: Path) -> Tenant:
    made: Tenant = Tenant.objects.create(slug="guarded", name="Guarded")
    put(made, tmp_path, school())
    return made


def codes(tenant: Tenant, path: Path, **options: float) -> list[tuple[str, str]]:
    problems = refusal(tenant, path, **options).problems
    return [(problem.file, problem.code) for problem in problems if problem.severity == "error"]


def test_too_many_enrolments(tenant: Tenant, tmp_path: Path) -> None:
    path = folder(tmp_path, without(school(), "enrollments", "c1-l0", "c1-l1", "c1-l2"))
    report = refusal(tenant, path)
    (problem,) = [one for one in report.problems if one.severity == "error"]
    assert (problem.file, problem.code) == ("enrollments.csv", "too_many_deletions")
    assert problem.message == (
        "This import would deactivate 3 of 10 active enrolments (30 %), more than 20 %. Check that the file is "
        "complete. If it is, confirm with --max-delete-percent 100"
    )
    assert codes(tenant, path, max_delete_percent=29.9) == [("enrollments.csv", "too_many_deletions")]
    with tenant_context(tenant.pk):
        assert put(tenant, tmp_path, without(school(), "enrollments", "c1-l0", "c1-l1", "c1-l2"), max_delete_percent=30)
        assert Enrolment.objects.filter(is_withdrawn=True).count() == 3


def test_exactly_the_limit_passes(tenant: Tenant, tmp_path: Path) -> None:
    put(tenant, tmp_path, without(school(), "enrollments", "c1-l0", "c1-l1"))


def test_too_many_learners(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    del files["enrollments"]
    cut = without(files, "users", "l0", "l1", "l2")
    cut["users"][-1]["agentSourcedIds"] = ""
    assert codes(tenant, folder(tmp_path, cut)) == [("users.csv", "too_many_deletions")]


def test_learners_who_lose_the_role_count(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    for row in files["roles"][:3]:
        row["role"] = "relative"
    files = without(files, "enrollments", "c1-l0", "c1-l1", "c1-l2")
    assert codes(tenant, folder(tmp_path, files)) == [
        ("users.csv", "too_many_deletions"),
        ("enrollments.csv", "too_many_deletions"),
    ]


def test_deltas_are_guarded_too(tenant: Tenant, tmp_path: Path) -> None:
    users = folder(tmp_path, {"users": gone("l0", "l1", "l2")}, "delta")
    assert codes(tenant, users) == [("users.csv", "too_many_deletions")]
    seats = folder(tmp_path, {"enrollments": gone("c1-l0", "c1-l1", "c1-l2")}, "delta")
    assert codes(tenant, seats) == [("enrollments.csv", "too_many_deletions")]
    said_in_full = [{**seat("c1", f"l{n}"), **gone(f"c1-l{n}")[0]} for n in range(3)]
    seats = folder(tmp_path, {"enrollments": said_in_full}, "delta")
    assert codes(tenant, seats) == [("enrollments.csv", "too_many_deletions")]
    moved = [*gone("c1-l0", "c1-l1", "c1-l2"), *live(*(seat("c1", f"l{n}", sourcedId=f"n{n}") for n in range(3)))]
    put(tenant, tmp_path, {"enrollments": moved}, "delta")  # new numbers, same places


def test_rows_made_by_hand_are_part_of_the_whole(tenant: Tenant, tmp_path: Path) -> None:
    with tenant_context(tenant.pk):
        place = Section.objects.get(sourced_id="c1")
        for n in range(10):
            child = Learner.objects.create(given_name=f"H{n}", folded_name=f"h{n}")
            Enrolment.objects.create(learner=child, section=place)
    put(tenant, tmp_path, without(school(), "enrollments", "c1-l0", "c1-l1", "c1-l2", "c1-l3"))


def test_a_first_import_is_never_stopped(tmp_path: Path) -> None:
    new = Tenant.objects.create(slug="new", name="New")
    assert put(new, tmp_path, school(), max_delete_percent=0).counts["learners"]["created"] == 10


def test_nothing_of_a_half_wrong_bundle_is_written(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    files["users"].append(user("extra"))
    files["enrollments"].append(seat("c1", "unknown-person"))
    assert codes(tenant, folder(tmp_path, files)) == [("enrollments.csv", "unknown_reference")]


def test_what_goes_wrong_while_writing_leaves_no_trace(tenant: Tenant, tmp_path: Path) -> None:
    """A learner who came by another door is known, but has no member who could teach or hold a role."""
    with tenant_context(tenant.pk):
        Learner.objects.create(given_name="Api", folded_name="api", sourced_id="api")
    teaching = folder(tmp_path, {"enrollments": live(seat("c1", "api", "teacher"))}, "delta")
    assert codes(tenant, teaching) == [("enrollments.csv", "unknown_reference")]
    holding = folder(tmp_path, {"roles": live(role("api", "teacher"))}, "delta")
    assert codes(tenant, holding) == [("roles.csv", "unknown_reference")]
    put(tenant, tmp_path, {"enrollments": live(seat("c1", "api"))}, "delta")
    with tenant_context(tenant.pk):
        assert Enrolment.objects.filter(learner__sourced_id="api").exists()


def test_a_refusal_does_not_end_the_callers_transaction(tenant: Tenant, tmp_path: Path) -> None:
    bad = folder(tmp_path, {"users": gone("l0", "l1", "l2")}, "delta")
    with tenant_context(tenant.pk):
        with pytest.raises(RosterRejected):
            put(tenant, tmp_path, {"users": gone("l0", "l1", "l2")}, "delta")
        assert Learner.objects.filter(is_active=True).count() == 10
    assert snapshot(tenant) == snapshot(tenant)
    assert bad.exists()
