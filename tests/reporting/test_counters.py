"""The counters behind the reports: equal to a direct count after anything that moves, and what differs is found."""

from __future__ import annotations

import random
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from assessments.services import record_many
from learners import rolls
from learners.models import Enrolment, Learner
from milestones.assignment import To, give_milestone, take_back, take_out
from milestones.models import Milestone, MilestoneStatus, StatusChange
from milestones.plans import plan_milestones
from milestones.services import drain_tenant
from reporting.models import CountMark, CountRun, LevelCount, LevelDay, SectionCount, StayCount
from reporting.summaries import keeping
from reporting.summaries.keeping import close_day_of, count_whole, follow_marks_of
from tenancy.context import tenant_context
from tenancy.models import Tenant
from tests.builders import Cast, World, add_learner, piece
from waymark import tasks


def verified(world: World) -> str:
    out = StringIO()
    call_command("count_levels", "--verify", tenant=world.tenant.slug, stdout=out)
    return out.getvalue()


@pytest.fixture
def home(cast: Cast) -> World:
    """Twelve more learners of grade 7 in the first school; everything is counted."""
    world = cast.home
    with tenant_context(world.tenant.pk):
        for n in range(12):
            add_learner(world, f"more-{n}", world.section, grade="7")
    count_whole(world.tenant.pk)
    return world


def cell(world: World, milestone: Milestone | None = None, **place: Any) -> LevelCount | None:
    key = {"school": world.school.pk, "grade": "7", "milestone": milestone.pk if milestone else 0}
    row: LevelCount | None = LevelCount.objects.filter(**(key | place)).first()
    return row


def test_what_moves_is_counted_and_equals_a_direct_count(home: World) -> None:
    assert ", 0 differ" in verified(home)
    with tenant_context(home.tenant.pk):
        learners = Learner.objects.filter(enrolments__section=home.section).order_by("id")
        work = [(learner, one) for learner in learners for one in home.competencies]
        record_many(home.system, pieces=[piece(home, *pair, 4, n=n) for n, pair in enumerate(work)])
    drain_tenant(home.tenant.pk)
    with tenant_context(home.tenant.pk):
        assert CountMark.objects.filter(learner__gt=0).exists(), "the move marks its learner"
    with pytest.raises(CommandError, match="marks wait for the worker"):
        verified(home)
    assert follow_marks_of(home.tenant.pk) > 0
    assert follow_marks_of(home.tenant.pk) == 0
    assert ", 0 differ" in verified(home)
    with tenant_context(home.tenant.pk):
        row = cell(home, home.milestone)
        assert row is not None
        assert (row.learners, row.is_shown) == (14, True)
        assert row.n0 < 14
        assert SectionCount.objects.filter(section=home.section.pk, milestone=home.milestone.pk).exists()


def test_sums_follow_levels_without_working_everything_out(home: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two schools, grades above and under the limit, milestones of several topics; whoever moves, all sums hold."""
    rng = random.Random(6)
    with tenant_context(home.tenant.pk):
        more = [
            Milestone.objects.create(title=f"M{n}", kind=kind, framework=home.framework if n else None)
            for n, kind in enumerate(("academic", "engagement", "behavioural"))
        ]
        for section in (home.section, home.other_section):
            plan_milestones(home.system, section=section, milestones=[(one, None) for one in more])
            for n in range(24):
                add_learner(home, f"{section.pk}-{n}", section, grade=rng.choice(("6", "7", "7", "8")))
        learners = list(Learner.objects.order_by("id"))
    count_whole(home.tenant.pk)
    monkeypatch.setattr(keeping, "_publish", lambda: pytest.fail("nobody came or went"))
    for turn in range(4):
        with tenant_context(home.tenant.pk):
            for learner, one in rng.sample([(learner, one) for learner in learners for one in more], 30):
                level = {"level": rng.randrange(5), "since": timezone.now()}
                MilestoneStatus.objects.update_or_create(learner=learner, milestone=one, defaults=level)
                CountMark.objects.create(learner=learner.pk, milestone=one.pk)
        assert follow_marks_of(home.tenant.pk) == 30
        assert ", 0 differ" in verified(home), turn
        with tenant_context(home.tenant.pk):
            row = LevelCount.objects.get(school=0, grade="*", framework=0, kind="", milestone=0)
            assert row.is_shown


def test_what_is_done_by_hand_to_people_is_followed(home: World) -> None:
    names = {"given_name": "Nova", "family_name": "LKV"}

    def followed() -> None:
        assert follow_marks_of(home.tenant.pk) > 0
        assert ", 0 differ" in verified(home)

    with tenant_context(home.tenant.pk):
        learner = rolls.save_learner(home.system, learner=None, school=home.school, grade="7", **names)
        rolls.enrol(home.system, learner=learner, section=home.section)
    followed()
    with tenant_context(home.tenant.pk):
        row = cell(home, home.milestone)
        assert row is not None
        assert row.learners == 15
        rolls.save_learner(home.system, learner=learner, school=home.school, grade="8", **names)
    followed()
    with tenant_context(home.tenant.pk):
        rolls.end_enrolment(home.system, learner=learner, section=home.section)
    followed()
    with tenant_context(home.tenant.pk):
        rolls.leave(home.system, learner=home.learner)
    followed()
    with tenant_context(home.tenant.pk):
        rolls.come_back(home.system, learner=home.learner)
    followed()


def test_plans_enrolments_and_what_is_given_are_followed(home: World) -> None:
    with tenant_context(home.tenant.pk):
        new = Milestone.objects.create(title="New", framework=home.framework)
        plan_milestones(home.system, section=home.section, milestones=[(new, None)])
    follow_marks_of(home.tenant.pk)
    with tenant_context(home.tenant.pk):
        row = cell(home, new)
        assert row is not None
        assert row.n0 == 14
        take_out(home.system, section=home.section, milestone=new)
        grade = give_milestone(home.system, milestone=new, to=To(school=home.school, grade="7"))
    follow_marks_of(home.tenant.pk)
    assert ", 0 differ" in verified(home)
    with tenant_context(home.tenant.pk):
        row = cell(home, new)
        assert row is not None
        assert row.n0 == 14
        take_back(home.system, assignment=grade)
        Enrolment.objects.filter(section=home.section).first().delete()
        learner = Learner.objects.filter(enrolments__section=home.section).first()
        Learner.objects.filter(pk=learner.pk).update(grade="8")
        CountMark.objects.create(school=home.school.pk)
    follow_marks_of(home.tenant.pk)
    assert ", 0 differ" in verified(home)


@pytest.mark.parametrize("place", ["cell", "sum", "class"])
def test_a_planted_difference_is_found(home: World, place: str) -> None:
    with tenant_context(home.tenant.pk):
        if place == "class":
            SectionCount.objects.filter(section=home.section.pk, milestone=home.milestone.pk).update(n1=7)
        else:
            grade = "7" if place == "cell" else "*"
            rows = LevelCount.objects.filter(school=home.school.pk, grade=grade, milestone=home.milestone.pk)
            assert rows.update(n3=77) == 1
    with pytest.raises(CommandError, match="differ"):
        verified(home)
    call_command("count_levels", tenant=home.tenant.slug, stdout=StringIO())
    assert ", 0 differ" in verified(home)


def test_a_worker_killed_half_way_leaves_its_marks(committed_cast: Cast) -> None:
    tenant = committed_cast.home.tenant.pk
    with tenant_context(tenant):
        CountMark.objects.all().delete()
    for one in (committed_cast.home.tenant.pk, committed_cast.away.tenant.pk):
        with tenant_context(one):
            CountMark.objects.create()
    with transaction.atomic():
        assert follow_marks_of(tenant) == 1
        transaction.set_rollback(True)
    with tenant_context(tenant):
        assert CountMark.objects.count() == 1
        assert not CountRun.objects.exists()
    assert tasks.follow_counts() >= 2
    with tenant_context(tenant):
        assert CountRun.objects.get().whole_at is not None


def test_a_day_is_closed_once_and_keeps_what_stood(home: World) -> None:
    Tenant.objects.exclude(pk=home.tenant.pk).update(time_zone="Europe/Berlin")
    assert close_day_of(home.tenant.pk) > 0
    assert close_day_of(home.tenant.pk) == 0
    yesterday = home.system.today - timedelta(days=1)
    with tenant_context(home.tenant.pk):
        assert CountRun.objects.get().closed_on == yesterday
        row = LevelDay.objects.get(school=home.school.pk, grade="*", milestone=home.milestone.pk)
        assert (row.day, row.learners) == (yesterday, 14)
        CountRun.objects.update(closed_on=yesterday - timedelta(days=1))
        LevelDay.objects.update(day=yesterday - timedelta(days=1))
    assert close_day_of(home.tenant.pk) == 0, "nothing moved: the older row holds"


def test_past_days_come_from_the_history(home: World) -> None:
    """Two of fourteen moved, ten days ago and three days ago; the stays between are in the histogram."""
    now = timezone.now()
    with tenant_context(home.tenant.pk):
        new = Milestone.objects.create(title="New", framework=home.framework)
        plan_milestones(home.system, section=home.section, milestones=[(new, None)])
        one, two = Learner.objects.filter(given_name__startswith="more").order_by("id")[:2]
        for learner, before, after, days in ((one, 0, 2, 10), (one, 2, 3, 3), (two, 0, 1, 3)):
            StatusChange.objects.create(
                learner=learner, milestone=new, from_level=before, to_level=after,
                applies_from=now - timedelta(days=days), cause="evidence",
            )  # fmt: skip
        for learner, level in ((one, 3), (two, 1)):
            MilestoneStatus.objects.create(learner=learner, milestone=new, level=level, since=now)
    out = StringIO()
    call_command("count_levels", tenant=home.tenant.slug, days=28, stdout=out)
    assert "of the trend of 28 days" in out.getvalue()
    with tenant_context(home.tenant.pk):
        rows = LevelDay.objects.filter(school=home.school.pk, grade="*", milestone=new.pk)
        today = home.system.today

        def stood(days: int) -> tuple[int, ...]:
            row = rows.filter(day__lte=today - timedelta(days=days)).order_by("-day").first()
            assert row is not None
            return row.n0, row.n1, row.n2, row.n3, row.n4

        assert stood(14) == (14, 0, 0, 0, 0)
        assert stood(9) == (13, 0, 1, 0, 0)
        assert stood(2) == (12, 1, 0, 1, 0)
        stay = StayCount.objects.get(school=home.school.pk, milestone=new.pk, level=2)
        assert stay.b6 + stay.b5 == 1, "seven days"


def test_the_command_says_what_was_wrong(home: World) -> None:
    with pytest.raises(CommandError, match='tenant was "nowhere"'):
        call_command("count_levels", tenant="nowhere")
    with pytest.raises(CommandError, match="days was -1"):
        call_command("count_levels", tenant=home.tenant.slug, days=-1)
