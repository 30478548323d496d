"""Jobs over many tenants: one that fails is noted, put off, left to people, and run again; the others go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.test import Client
from django.utils import timezone

from tenancy.context import tenant_context
from tenancy.jobs import MOST_TRIES, in_each
from tenancy.models import AuditEntry, FailedJob
from tests.builders import Cast


class Work:
    """Fails in one tenant as long as it is told to."""

    def __init__(self, broken: int) -> None:
        self.broken: int | None = broken
        self.seen: list[int] = []

    def __call__(self, tenant_id: int) -> int:
        self.seen.append(tenant_id)
        if tenant_id == self.broken:
            raise ValueError("the roster has no school")
        return 1


def due(tenant_id: int) -> None:
    with tenant_context(tenant_id):
        FailedJob.objects.update(next_at=timezone.now() - timedelta(seconds=1))


def test_one_tenant_does_not_hold_up_the_other(cast: Cast) -> None:
    home, away = cast.home.tenant.pk, cast.away.tenant.pk
    work = Work(broken=home)
    assert in_each("verify_all", [home, away], work) == 1
    assert work.seen == [home, away]
    with tenant_context(home):
        row = FailedJob.objects.get()
        assert (row.job, row.tries, row.problem) == ("verify_all", 1, "ValueError: the roster has no school")
    with tenant_context(away):
        assert not FailedJob.objects.exists()


def test_put_off_it_is_not_tried_until_its_time(cast: Cast) -> None:
    home = cast.home.tenant.pk
    work = Work(broken=home)
    in_each("verify_all", [home], work)
    in_each("verify_all", [home], work)
    assert work.seen == [home]
    in_each("another_job", [home], work)
    assert work.seen == [home, home]


def test_pauses_grow_and_after_five_tries_it_is_left_to_people(cast: Cast) -> None:
    home, pauses = cast.home.tenant.pk, []
    work = Work(broken=home)
    for _ in range(MOST_TRIES):
        in_each("verify_all", [home], work)
        with tenant_context(home):
            row = FailedJob.objects.get()
        pauses.append(None if row.next_at is None else round((row.next_at - row.last_at).total_seconds()))
        if row.next_at is not None:
            due(home)
    assert pauses == [30, 60, 120, 240, None]
    in_each("verify_all", [home], work)
    assert len(work.seen) == MOST_TRIES


def test_a_success_takes_it_off_the_list(cast: Cast) -> None:
    home = cast.home.tenant.pk
    work = Work(broken=home)
    in_each("verify_all", [home], work)
    due(home)
    work.broken = None
    assert in_each("verify_all", [home], work) == 1
    with tenant_context(home):
        assert not FailedJob.objects.exists()


def test_what_a_failed_try_wrote_is_undone(cast: Cast) -> None:
    home = cast.home.tenant.pk

    def work(tenant_id: int) -> int:
        with tenant_context(tenant_id):
            FailedJob.objects.create(job="half", problem="written before the fault")
            raise ValueError("after it")

    in_each("verify_all", [home], work)
    with tenant_context(home):
        assert list(FailedJob.objects.values_list("job", flat=True)) == ["verify_all"]


def test_the_end_of_the_time_ends_the_round(cast: Cast) -> None:
    def work(tenant_id: int) -> int:
        raise SoftTimeLimitExceeded

    with pytest.raises(SoftTimeLimitExceeded):
        in_each("verify_all", [cast.home.tenant.pk], work)


def test_the_page_names_it_and_runs_it_again(cast: Cast) -> None:
    home = cast.home.tenant.pk
    client = Client()
    client.force_login(cast.home.users["DST"])
    assert "Every job came to its end." in client.get("/settings/jobs/").content.decode()
    for _ in range(MOST_TRIES):
        in_each("verify_all", [home], Work(broken=home))
        due(home)
    with tenant_context(home):
        FailedJob.objects.update(next_at=None)
    page = client.get("/settings/jobs/").content.decode()
    assert "The nightly check of all levels" in page
    assert "no longer tried by itself" in page
    assert "5 tries" in page
    assert client.post("/settings/jobs/verify_all/again/").status_code == 302
    work = Work(broken=0)
    assert in_each("verify_all", [home], work) == 1
    assert "Every job came to its end." in client.get("/settings/jobs/").content.decode()
    assert client.post("/settings/jobs/verify_all/again/").status_code == 404
    with tenant_context(home):
        assert AuditEntry.objects.filter(action="job.run_again").count() == 1
