"""The past from the ledger: as of now it is what is stored, as of then it is what was stored then."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import Evidence, standing
from assessments.services import correct_evidence, record_evidence, withdraw_evidence
from competencies.models import PolicyVersion
from competencies.services import publish_policy
from learners.models import Learner
from milestones.clock import announce_policies_of
from milestones.criteria import roll_up_milestone_pairs
from milestones.history import levels_as_of, stands_as_of
from milestones.models import LevelOverride, Milestone, MilestoneStatus
from milestones.overrides import Place, end_override, set_override
from milestones.past import OCCURRED, RECORDED, Moment
from milestones.services import drain_tenant
from status_engine import Flag, Level
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_milestone, piece

REASON = "Explained it to the whole class on Monday"
Levels = dict[tuple[int, int], int]
RULES: dict[str, dict[str, Any]] = {
    "newer work counts more": {"method": "ewma", "weight": 0.65, "gates": {"meets": {"min_pieces": 2}}},
    "what comes first is asked for": {"method": "highest", "gates": {"meets": {"prerequisites_met": True}}},
    "mastery is kept": {"method": "latest", "hold_at_mastery": True},
    "last thirty days": {"method": "mean", "window": {"days": 30}},
}


def stored(world: World) -> Levels:
    rows = MilestoneStatus.objects.filter(level__gt=0).values_list("learner_id", "milestone_id", "level")
    return {(learner, milestone): level for learner, milestone, level in rows}


def as_of(at: datetime, by: str) -> Levels:
    learners = Learner.objects.values_list("id", flat=True)
    return levels_as_of(learners, Milestone.objects.values_list("id", flat=True), at, by)


@dataclass
class Stream:
    """Random acts of teachers on three learners, with a picture of all levels after each of them."""

    world: World
    chance: random.Random
    pictures: list[tuple[datetime, Levels]] = field(default_factory=list)

    def run(self, steps: int) -> None:
        acts: list[tuple[int, Callable[[], None]]] = [
            (10, self.record), (3, self.correct), (3, self.withdraw), (3, self.judge), (2, self.end), (1, self.publish),
        ]  # fmt: skip
        for _ in range(steps):
            [act] = self.chance.choices([one for _, one in acts], [weight for weight, _ in acts])
            with tenant_context(self.world.tenant.pk):
                act()
            announce_policies_of(self.world.tenant.pk)
            while drain_tenant(self.world.tenant.pk):
                pass
            with tenant_context(self.world.tenant.pk):
                self.pictures.append((timezone.now(), stored(self.world)))

    def learner(self) -> Learner:
        return self.chance.choice([self.world.learner, self.world.classmate, self.world.stranger_learner])

    def record(self) -> None:
        day = datetime.now(UTC) - timedelta(days=self.chance.randrange(60), minutes=1)
        score = self.chance.choice([0, 1, 2, 3, 4, 4])
        one = piece(self.world, self.learner(), self.chance.choice(self.world.competencies), score, occurred_at=day)
        record_evidence(self.world.system, piece=one)

    def one_that_stands(self) -> Evidence | None:
        rows = list(Evidence.objects.filter(standing()).exclude(entry="withdrawn").order_by("id"))
        return self.chance.choice(rows) if rows else None

    def correct(self) -> None:
        row = self.one_that_stands()
        if row is not None:
            correct_evidence(self.world.system, evidence=row, score=Decimal(self.chance.randrange(5)))

    def withdraw(self) -> None:
        row = self.one_that_stands()
        if row is not None:
            withdraw_evidence(self.world.system, evidence=row, reason="by chance")

    def judge(self) -> None:
        things: list[Any] = [*Milestone.objects.order_by("id"), *self.world.competencies]
        teacher = replace(self.world.system, roles=frozenset({"TCH"}), member_id=self.world.members["TCH"].pk)
        learner = self.chance.choice([self.world.learner, self.world.classmate])
        level = self.chance.randrange(5)
        set_override(teacher, place=Place(learner, self.chance.choice(things)), level=level, reason=REASON)

    def end(self) -> None:
        rows = list(LevelOverride.objects.filter(ends=None).select_related("learner", "milestone", "competency"))
        if rows:
            teacher = replace(self.world.system, roles=frozenset({"TCH"}), member_id=self.world.members["TCH"].pk)
            end_override(teacher, override=self.chance.choice(rows))

    def publish(self) -> None:
        newest = PolicyVersion.objects.order_by("-number")[0]
        rule = {**newest.rule, "attempts": self.chance.choice(["all", "latest_per_task"])}
        cut = self.chance.choice([3.0, 2.5, 3.5])
        ratings = [(1, "Beginning", False), (2, "Developing", False), (cut, "Meets", True), (4, "Mastery", False)]
        publish_policy(self.world.system, name="House rule", rule=rule, ratings=ratings)


def some_milestones(world: World) -> None:
    a, b, c, d = world.competencies
    add_milestone(f"{world.marker} Any", [a, b, c], rule="any")
    add_milestone(f"{world.marker} Two", [b, c, d], rule="at_least", need=Decimal(2))
    add_milestone(f"{world.marker} Lowest", [a, d], rule="lowest")
    add_milestone(f"{world.marker} Mean", [a, c, d], rule="weighted")
    learners, milestones = Learner.objects.order_by("id"), Milestone.objects.order_by("id")
    roll_up_milestone_pairs([(who.pk, what.pk) for who in learners for what in milestones], "recompute")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", [1, 2])
def test_random_streams(cast: Cast, rule: str, seed: int) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        some_milestones(world)
        publish_policy(world.system, name="House rule", rule=RULES[rule])
    stream = Stream(world, random.Random(f"{rule} {seed}"))
    stream.run(25)
    with tenant_context(world.tenant.pk):
        now = stored(world)
        assert as_of(timezone.now(), RECORDED) == now
        assert as_of(timezone.now(), OCCURRED) == now
        for n, (at, picture) in enumerate(stream.pictures):
            assert as_of(at, RECORDED) == picture, n


def test_by_the_day_of_the_work_and_by_the_day_of_its_entry(cast: Cast) -> None:
    """A piece of 40 days ago that is entered today: the work was there then, nobody knew of it."""
    world = cast.home
    pair = (world.learner.pk, world.other_milestone.pk)
    then = timezone.now() - timedelta(days=30)
    with tenant_context(world.tenant.pk):
        for competency in world.competencies[1:3]:
            for days in (40, 39):
                day = timezone.now() - timedelta(days=days)
                one = piece(world, world.learner, competency, 3, occurred_at=day)
                record_evidence(world.system, piece=one)
        assert as_of(then, OCCURRED)[pair] == Level.MEETS
        assert pair not in as_of(then, RECORDED)
        assert as_of(timezone.now() - timedelta(days=39, hours=12), OCCURRED)[pair] == Level.DEVELOPING
        assert pair not in as_of(timezone.now() - timedelta(days=41), OCCURRED)


def test_a_correction_is_seen_by_the_work_and_not_known_before(cast: Cast) -> None:
    world = cast.home
    pair = (world.classmate.pk, world.milestone.pk)
    with tenant_context(world.tenant.pk):
        row = Evidence.objects.get(learner_competency__learner=world.classmate)
        known = timezone.now()
        correct_evidence(world.system, evidence=row, score=Decimal(2))
        assert as_of(known, RECORDED)[pair] == Level.BEGINNING
        assert as_of(known, OCCURRED)[pair] == Level.DEVELOPING
        withdraw_evidence(world.system, evidence=Evidence.objects.order_by("-id")[0], reason="wrong child")
        assert as_of(known, RECORDED)[pair] == Level.BEGINNING
        assert pair not in as_of(known, OCCURRED)


def test_an_override_stands_in_its_own_time(cast: Cast) -> None:
    world = cast.home
    learner, milestone = world.learner, world.milestone
    day = timedelta(days=1)
    with tenant_context(world.tenant.pk):
        today: date = world.system.today
        now = timezone.now()
        LevelOverride.objects.create(
            learner=learner, milestone=milestone, level=1, computed_level=0, reason=REASON, set_at=now - 9 * day,
            until=today - 5 * day, explanation={},
        )  # fmt: skip
        seen = {
            days: stands_as_of([learner.pk], [milestone.pk], Moment(now - days * day, today - days * day), {})
            for days in (10, 9, 8, 5, 4)
        }
        found = {
            days: [(s.level, bool(s.flags & Flag.SET_BY_TEACHER)) for s in one.values()] for days, one in seen.items()
        }
    assert found == {10: [], 9: [(1, True)], 8: [(1, True)], 5: [(1, True)], 4: []}


def test_the_same_statements_at_any_size(cast: Cast, django_assert_max_num_queries: Any) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        some_milestones(world)
        milestones = list(Milestone.objects.values_list("id", flat=True))
        everybody = list(Learner.objects.values_list("id", flat=True))
        as_of(timezone.now(), RECORDED)
        with django_assert_max_num_queries(13) as small:
            levels_as_of(everybody[:1], milestones[:1], timezone.now())
        with django_assert_max_num_queries(13) as large:
            levels_as_of(everybody, milestones, timezone.now())
        assert len(small) == len(large)
