"""Tries to read, write, link and enumerate another tenant's rows, by ORM and by SQL. Real transactions, real role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Count, Model, QuerySet

from learners.models import Enrolment, Learner, School, Section
from milestones.models import Criterion, MilestoneStatus
from tenancy.base import TenantModel
from tenancy.context import tenant_context
from tests.builders import Cast

TENANT_MODELS: list[Any] = [model for model in apps.get_models() if issubclass(model, TenantModel)]
NEVER = 999_999_999


@contextmanager
def refused(error: type[Exception] = DatabaseError) -> Iterator[None]:
    """PostgreSQL refuses it; the surrounding transaction goes on."""
    with pytest.raises(error), transaction.atomic():
        yield


def fetch(sql: str, *values: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def touched(sql: str, *values: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


@pytest.fixture
def both(committed_cast: Cast, owner_connection: psycopg.Connection[Any]) -> Cast:
    """Every table that the cast fills has rows of both tenants: nothing below passes by being empty."""
    filled = [model for model in TENANT_MODELS if tenants_in(owner_connection, model) == 2]
    assert len(filled) >= 22, [model._meta.label for model in filled]
    return committed_cast


def tenants_in(owner: psycopg.Connection[Any], model: type[Model]) -> int:
    row = owner.execute(f'SELECT count(DISTINCT tenant_id) FROM "{model._meta.db_table}"').fetchone()
    return int(row[0]) if row else 0


def test_reads_show_the_open_tenant_only(both: Cast) -> None:
    here, there = both.home.tenant.pk, both.away.tenant.pk
    with tenant_context(here):
        for model in TENANT_MODELS:
            table = model._meta.db_table
            assert set(model.objects.values_list("tenant_id", flat=True)) <= {here}, table
            assert not model.objects.filter(tenant_id=there).exists(), table
            assert model.objects.filter(tenant_id=there).count() == 0, table
            assert {row[0] for row in fetch(f'SELECT tenant_id FROM "{table}"')} <= {here}, table
            assert fetch(f'SELECT 1 FROM "{table}" WHERE tenant_id = %s', there) == [], table
            everything = fetch(f'SELECT 1 FROM "{table}" WHERE tenant_id = %s OR true', there)
            assert everything == fetch(f'SELECT 1 FROM "{table}"'), table


def test_indirect_reads_show_the_open_tenant_only(both: Cast) -> None:
    home, away = both.home, both.away
    with tenant_context(home.tenant.pk):
        assert School.objects.in_bulk([home.school.pk, away.school.pk]).keys() == {home.school.pk}
        assert Learner.objects.filter(pk=away.learner.pk).first() is None
        assert not Enrolment.objects.filter(section__school__name__startswith=away.marker).exists()
        assert not Learner.objects.filter(enrolments__section_id=away.section.pk).exists()
        counted = School.objects.aggregate(n=Count("sections__enrolments__learner"))["n"]
        assert counted == Enrolment.objects.count() == 3
        joined = Section.objects.filter(pk=home.section.pk).union(Section.objects.filter(pk=away.section.pk))
        assert [row.pk for row in joined] == [home.section.pk]
        # Objects of the other tenant in hand: their relations lead nowhere.
        assert list(away.section.enrolments.all()) == []
        assert list(away.learner.milestone_statuses.all()) == []
        with pytest.raises(School.DoesNotExist):
            away.school.refresh_from_db()
        with pytest.raises(School.DoesNotExist):
            _ = Section(school_id=away.school.pk).school


def test_writes_into_another_tenant_are_refused(both: Cast) -> None:
    home, away = both.home, both.away
    there = away.tenant.pk
    with tenant_context(home.tenant.pk):
        with refused(ProgrammingError):
            School.objects.create(tenant_id=there, name="planted")
        with refused(ProgrammingError):
            School.objects.bulk_create([School(tenant_id=there, name="planted")])
        with refused(ProgrammingError):
            School.objects.filter(pk=home.school.pk).update(tenant_id=there)
        with refused(ProgrammingError):
            columns = "tenant_id, member_id, school_id, role"
            values = (there, away.members["SCH"].pk, away.school.pk)
            touched(f"INSERT INTO learners_schoolpost ({columns}) VALUES (%s, %s, %s, 'SCH')", *values)
        assert School.objects.filter(pk=away.school.pk).update(name="planted") == 0
        assert School.objects.filter(pk=away.school.pk).delete()[0] == 0
        for table in ("learners_school", "learners_learner", "milestones_milestonestatus", "api_apiclient"):
            assert touched(f"UPDATE {table} SET id = id WHERE tenant_id = %s", there) == 0
            assert touched(f"DELETE FROM {table} WHERE tenant_id = %s", there) == 0
        for how in ({}, {"force_update": True}, {"update_fields": ["name"]}):
            with refused():
                away.school.save(**how)
    with tenant_context(there):
        assert School.objects.get(pk=away.school.pk).name == "HRB School"
        assert not School.objects.filter(name="planted").exists()


def test_links_into_another_tenant_are_refused_like_links_to_nothing(both: Cast) -> None:
    """The database itself refuses them, and its answer does not tell whether the row exists."""
    home, away = both.home, both.away
    links: list[tuple[Any, str, int]] = [
        (lambda key: Enrolment(learner=home.stranger_learner, section_id=key), "section", away.section.pk),
        (lambda key: Enrolment(learner_id=key, section=home.section), "learner", away.learner.pk),
        (lambda key: Section(title="x", school_id=key), "school", away.school.pk),
        (lambda key: Criterion(milestone=home.milestone, competency_id=key), "competency", away.competencies[3].pk),
    ]
    with tenant_context(home.tenant.pk):
        for build, field, foreign in links:
            answers = []
            for key in (foreign, NEVER):
                with pytest.raises(IntegrityError) as caught, transaction.atomic():
                    build(key).save()
                answers.append(str(caught.value).replace(str(key), "KEY"))
            assert answers[0] == answers[1], field
            assert "violates foreign key" in answers[0]


def test_identifiers_are_unique_per_tenant_only(both: Cast) -> None:
    """The same outside identifier in two tenants is no conflict, so a conflict tells nothing about the other one."""
    home, away = both.home, both.away
    with tenant_context(home.tenant.pk):
        School.objects.create(name="Same", sourced_id=away.school.sourced_id, public_id=away.school.public_id)


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE learners_learner",
        "ALTER TABLE learners_learner DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE learners_learner NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY tenant_rows ON learners_learner",
        "CREATE POLICY mine ON learners_learner USING (true)",
        "SET ROLE waymark_owner",
        "SET SESSION AUTHORIZATION waymark_owner",
        "ALTER ROLE waymark_app BYPASSRLS",
        "CREATE TABLE public.mine (id int)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "COPY learners_learner (tenant_id) FROM STDIN",
        "UPDATE assessments_evidence SET score = 4",
        "DELETE FROM assessments_evidence",
        "UPDATE milestones_statuschange SET to_level = 4",
        "DELETE FROM milestones_release",
        "DELETE FROM tenancy_auditentry",
        "COPY learners_learner TO '/tmp/planted'",
        "SELECT pg_read_file('/etc/passwd')",
        "SET LOCAL row_security = off; SELECT * FROM learners_learner",
    ],
)
def test_role_may_not(db: None, statement: str) -> None:
    with tenant_context(1), refused():
        touched(statement)


def test_statistics_of_the_server_show_no_values(both: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    owner_connection.execute("ANALYZE learners_learner")
    with tenant_context(both.home.tenant.pk):
        assert fetch("SELECT 1 FROM pg_stats WHERE tablename = 'learners_learner'") == []
        assert owner_connection.execute("SELECT 1 FROM pg_stats WHERE tablename = 'learners_learner'").fetchall()


def test_row_security_alone_shows_nothing(both: Cast) -> None:
    """Layer 1 switched off: query sets without the manager's filter."""
    here = both.home.tenant.pk
    with tenant_context(here):
        for model in TENANT_MODELS:
            plain: QuerySet[Any] = QuerySet(model)
            assert "WHERE" not in str(plain.query)
            assert set(plain.values_list("tenant_id", flat=True)) <= {here}, model._meta.label
            assert plain.filter(tenant_id=both.away.tenant.pk).count() == 0, model._meta.label
        assert QuerySet(MilestoneStatus).exists()


def test_application_filter_alone_shows_nothing(both: Cast, as_owner: None) -> None:
    """Layer 2 switched off: a role that row security does not bind."""
    here, there = both.home.tenant.pk, both.away.tenant.pk
    with tenant_context(here):
        unfiltered: QuerySet[Any] = QuerySet(School)
        assert set(unfiltered.values_list("tenant_id", flat=True)) == {here, there}, "row security is still on"
        for model in TENANT_MODELS:
            assert set(model.objects.values_list("tenant_id", flat=True)) <= {here}, model._meta.label
            assert set(model._base_manager.values_list("tenant_id", flat=True)) <= {here}, model._meta.label
        # Joins carry the tenant too: rows that point across would not be followed.
        assert not Learner.objects.filter(enrolments__section_id=both.away.section.pk).exists()
        with pytest.raises(School.DoesNotExist):
            both.away.school.refresh_from_db()
        with pytest.raises(School.DoesNotExist):
            _ = Section(school_id=both.away.school.pk).school
        assert list(both.away.section.enrolments.all()) == []
