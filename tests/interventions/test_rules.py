"""Rules of a place: who may make them, which holds where; whom one would have flagged; the hourly round."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interventions.book import watch_of, watches
from interventions.models import Alert, LearnerRequest, Rule
from interventions.reasons import Now
from interventions.rules import RulePlace, RuleSays, create_rule, switch_rule
from interventions.tasks import watch_all
from interventions.what_if import Flagged, flagged_by
from learners.models import CalendarDay, Learner
from milestones.models import SectionMilestone, StatusChange
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.errors import Conflict, Invalid, NotFound, Refused
from tenancy.models import AuditEntry
from tenancy.selectors import local_today, zone
from tests.builders import Cast, World, add_learner


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def actor_of(world: World, role: str) -> Actor:
    return replace(world.system, roles=frozenset({role}), member_id=world.members[role].pk)


DAYS = RuleSays({"days": 10})


def test_who_makes_a_rule_where(home: World) -> None:
    with tenant_context(home.tenant.pk):
        school, district = actor_of(home, "SCH"), actor_of(home, "DST")
        own = create_rule(school, reason="behind", action="queue", place=RulePlace(home.school), says=DAYS)
        create_rule(school, reason="behind", action="queue", place=RulePlace(section=home.section), says=DAYS)
        create_rule(district, reason="behind", action="queue", place=RulePlace(), says=DAYS)
        with pytest.raises(Refused):
            create_rule(school, reason="stale", action="queue", place=RulePlace(), says=DAYS)
        for place in (RulePlace(home.other_school), RulePlace(section=home.other_section)):
            with pytest.raises(NotFound):
                create_rule(school, reason="stale", action="queue", place=place, says=DAYS)
        with pytest.raises(NotFound):
            create_rule(actor_of(home, "TCH"), reason="stale", action="queue", place=RulePlace(home.school), says=DAYS)
        with pytest.raises(Conflict, match="There is a rule for this here already"):
            create_rule(district, reason="behind", action="queue", place=RulePlace(home.school), says=DAYS)
        switch_rule(school, rule_id=own.public_id, version=1, is_active=False)
        assert list(AuditEntry.objects.order_by("-id").values_list("action", flat=True)[:1]) == ["rule.switched_off"]


def test_a_milestone_of_one_class_belongs_to_a_rule_of_that_class(home: World) -> None:
    with tenant_context(home.tenant.pk):
        home.milestone.section = home.section
        home.milestone.save()
        place = RulePlace(home.school, milestone=home.milestone)
        with pytest.raises(Invalid, match="This milestone was made for one class"):
            create_rule(actor_of(home, "DST"), reason="behind", action="queue", place=place, says=DAYS)


def test_the_hourly_round_rests_where_there_is_no_school(home: World) -> None:
    with tenant_context(home.tenant.pk):
        today = local_today(home.tenant)
        SectionMilestone.objects.update(due_on=today - timedelta(days=3))
        SectionMilestone.objects.create(
            section=home.other_section, milestone=home.milestone, due_on=today - timedelta(days=3)
        )
        CalendarDay.objects.create(day=today, kind="holiday")
    watch_all()
    with tenant_context(home.tenant.pk):
        assert not Alert.objects.exists()
        CalendarDay.objects.create(day=today, kind="half", school=home.other_school)
    watch_all()
    with tenant_context(home.tenant.pk):
        assert set(Alert.objects.values_list("learner_id", flat=True)) == {home.stranger_learner.pk}
        CalendarDay.objects.filter(school=None).update(kind="school")
        CalendarDay.objects.filter(school=home.other_school).update(kind="holiday")
        Alert.objects.all().delete()
    watch_all()
    with tenant_context(home.tenant.pk):
        assert set(Alert.objects.values_list("learner_id", flat=True)) == {home.learner.pk, home.classmate.pk}


# ── whom it would have flagged ─────────────────────────────────────────────────────────────────────────────────────


def history(world: World, *moves: tuple[int, float]) -> Learner:
    """A learner of the class whose level on the milestone moved so many days ago: (to level, days)."""
    n = Learner.objects.count()
    learner = add_learner(world, f"H{n}", world.section)
    before = 0
    for level, days in moves:
        at = datetime.now(UTC) - timedelta(days=days)
        StatusChange.objects.create(
            learner=learner, milestone=world.milestone, from_level=before, to_level=level, at=timezone.now(),
            applies_from=at, cause="evidence",
        )  # fmt: skip
        before = level
    return learner


def flagged(world: World, rule: Rule, learner: Learner) -> Flagged | None:
    now = Now(timezone.now(), local_today(world.tenant))
    found = flagged_by(watch_of(rule), watches(), [learner.pk], now, zone(world.tenant.time_zone))
    return next((one for one in found if one.milestone == world.milestone.pk), None)


def a_rule(reason: str, params: dict[str, int] | None = None, action: str = "plan") -> Rule:
    return Rule(reason=reason, params=params or {}, action=action, name="x")


@pytest.mark.parametrize(
    ("reason", "params", "moves", "is_flagged"),
    [
        ("dropped", {"days": 5}, [(3, 90), (2, 34)], True),  # flagged until 29 days ago
        ("dropped", {"days": 5}, [(3, 90), (2, 36)], False),
        ("dropped", {"days": 5}, [(2, 90), (3, 10)], False),
        ("stalled", {"days": 20}, [(2, 60), (3, 29)], True),  # moved on only after it had stalled
        ("stalled", {"days": 20}, [(2, 40), (3, 21)], False),
        ("stalled", {"days": 20}, [(2, 19)], False),
        ("stalled", {"days": 0}, [(2, 22)], True),  # longer than usual: 21 days
        ("not_started_late", {"days": 1}, [], True),
        ("not_started_late", {"days": 1}, [(1, 4)], True),  # begun the day after
        ("not_started_late", {"days": 1}, [(1, 6)], False),
        ("behind", {"days": 3}, [(1, 40)], True),
        ("behind", {"days": 3}, [(1, 40), (3, 2.9)], False),
        ("behind", {"days": 6}, [(1, 40)], False),
        ("reached", {"days": 3}, [(2, 50), (4, 32)], True),
        ("reached", {"days": 3}, [(2, 50), (4, 34)], False),
        ("reached", {"days": 3}, [(2, 50), (4, 2)], False),  # after the target date
    ],
)
def test_what_held_at_some_moment_of_the_last_thirty_days(
    home: World, reason: str, params: dict[str, int], moves: list[tuple[int, float]], is_flagged: bool
) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.update(due_on=home.system.today - timedelta(days=5))
        learner = history(home, *moves)
        found = flagged(home, a_rule(reason, params), learner)
        assert (found is not None and found.then) == is_flagged
        assert not Alert.objects.exists()


def test_requests_count_from_asked_to_answered(home: World) -> None:
    with tenant_context(home.tenant.pk):
        asked = timezone.now() - timedelta(days=40)
        open_one, early, late = (history(home) for _ in range(3))
        for learner, answered in ((open_one, None), (early, 35), (late, 20)):
            LearnerRequest.objects.create(
                learner=learner, milestone=home.milestone, kind="help", asked_at=asked,
                answered_at=answered and timezone.now() - timedelta(days=answered),
            )  # fmt: skip
        found = [flagged(home, a_rule("asked"), one) is not None for one in (open_one, early, late)]
        assert found == [True, False, True]


def test_beside_what_holds_now_and_nearer_rules_go_before(home: World) -> None:
    with tenant_context(home.tenant.pk):
        learner = history(home, (2, 40))
        typed = a_rule("stalled", {"days": 60}, "queue")
        only_now = flagged(home, typed, learner)
        assert only_now is not None
        assert (only_now.then, only_now.now) == (False, True)  # by the house's rule
        assert flagged(home, a_rule("stalled", {"days": 60}), learner) is None  # a plan: nothing holds for that now
        Rule.objects.create(name="x", reason="stalled", action="queue", section=home.section, is_active=False)
        assert flagged(home, a_rule("stalled", {"days": 10}, "queue"), learner) is None  # the class does without


def test_the_same_number_of_queries_for_one_and_for_many(home: World) -> None:
    with tenant_context(home.tenant.pk):
        people = [history(home, (1, 50), (2, 20), (1, 5)) for _ in range(6)]
        now = Now(timezone.now(), local_today(home.tenant))
        for reason in ("stalled_one_kind", "attempts", "blocked", "asked"):
            counts = []
            for some in (people[:1], people):
                book, watch = watches(), watch_of(a_rule(reason))
                with CaptureQueriesContext(connection) as captured:
                    flagged_by(watch, book, [one.pk for one in some], now, zone("UTC"))
                counts.append(len(captured))
            assert counts[0] == counts[1] <= 7
