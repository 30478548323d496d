"""The queue: an entry for each reason that holds, none for what does not, closed by itself, never twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from assessments.services import record_evidence, record_many
from interventions.models import Alert, AlertMark, LearnerRequest, Resource, ResourceTag, ResourceUse, Rule, SupportPlan
from interventions.models.messages import Message
from interventions.watching import follow_moves_of, look_at, watch_all_of
from learners.models import Enrolment, Learner
from milestones.models import MilestoneStatus, SectionMilestone
from milestones.services import drain_tenant
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_learner, piece


def days_ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def show(world: World, *scores: tuple[float, float], kind: str = "formative") -> None:
    """(score, days ago) of Ana on the milestone."""
    for score, days in scores:
        record_evidence(
            world.system, piece=piece(world, world.learner, world.competencies[0], score, occurred_at=days_ago(days),
                                      kind=kind),
        )  # fmt: skip


def reasons(world: World) -> dict[str, set[str]]:
    """{title of the milestone: open reasons} of Ana."""
    found: dict[str, set[str]] = {}
    for alert in Alert.objects.filter(learner=world.learner, closed_at=None).select_related("milestone"):
        assert alert.milestone is not None
        found.setdefault(alert.milestone.title.removeprefix(f"{world.marker} "), set()).add(alert.reason)
    return found


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def dana(home: World) -> Learner:
    """Has shown nothing yet."""
    with tenant_context(home.tenant.pk):
        return add_learner(home, "Dana", home.section, grade="7")


def test_nobody_is_needed_where_all_is_well(home: World) -> None:
    with tenant_context(home.tenant.pk):
        look_at([home.learner.pk, home.classmate.pk])
        assert reasons(home) == {}


def test_dropped_opens_and_closes_by_itself(home: World) -> None:
    with tenant_context(home.tenant.pk):
        AlertMark.objects.all().delete()
        show(home, (1, 0.3), (1, 0.2), (1, 0.1))
        assert MilestoneStatus.objects.get(learner=home.learner, milestone=home.milestone).level < 3
    assert follow_moves_of(home.tenant.pk) == 1
    with tenant_context(home.tenant.pk):
        assert "dropped" in reasons(home)["Fractions"]
        assert Alert.objects.get(reason="dropped").facts == {"from": 3}
        show(home, *((4, 0.05),) * 6)
    follow_moves_of(home.tenant.pk)
    with tenant_context(home.tenant.pk):
        assert "dropped" not in reasons(home).get("Fractions", set())
        assert Alert.objects.get(reason="dropped").closed_at is not None


def test_a_move_leaves_a_mark_and_looking_takes_it(home: World) -> None:
    with tenant_context(home.tenant.pk):
        AlertMark.objects.all().delete()
        show(home, (1, 0.3), (1, 0.2), (1, 0.1))
        assert set(AlertMark.objects.values_list("learner_id", flat=True)) == {home.learner.pk}
    follow_moves_of(home.tenant.pk)
    with tenant_context(home.tenant.pk):
        assert not AlertMark.objects.exists()
    assert follow_moves_of(home.tenant.pk) == 0


def test_bulk_rows_leave_marks_too(home: World, dana: Learner) -> None:
    with tenant_context(home.tenant.pk):
        AlertMark.objects.all().delete()
        people = [home.learner, dana]
        pieces = [piece(home, one, home.competencies[0], 1, n=n) for n, one in enumerate(people * 30)]
        record_many(home.system, pieces=pieces)
    drain_tenant(home.tenant.pk)
    with tenant_context(home.tenant.pk):
        assert set(AlertMark.objects.values_list("learner_id", flat=True)) == {one.pk for one in people}


def test_twice_is_once(home: World) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.update(due_on=home.system.today - timedelta(days=3))
    first, again = watch_all_of(home.tenant.pk), watch_all_of(home.tenant.pk)
    assert first.opened > 0
    assert (again.opened, again.closed) == (0, 0)


def test_not_started_after_the_date_then_started(home: World) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.other_milestone).update(
            due_on=home.system.today - timedelta(days=1)
        )
        look_at([home.learner.pk])
        # Its prerequisite is met, so nothing blocks it.
        assert reasons(home)["Ratios"] == {"not_started_late"}
        for competency in home.competencies[1:3]:
            record_evidence(home.system, piece=piece(home, home.learner, competency, 2))
        look_at([home.learner.pk])
        assert reasons(home)["Ratios"] == {"behind"}


def test_blocked_says_more_than_not_started(home: World, dana: Learner) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.other_milestone).update(
            due_on=home.system.today - timedelta(days=2)
        )
        look_at([dana.pk])
        alert = Alert.objects.get(learner=dana, milestone=home.other_milestone)
        assert alert.reason == "blocked"
        assert alert.facts["blockers"] == [{"competency": home.competencies[0].pk, "level": 0}]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [(("formative",) * 3, {"stalled_one_kind"}), (("formative", "performance", "formative"), {"stalled"})],
)
def test_stalled_with_one_kind_or_several(
    home: World, dana: Learner, kinds: tuple[str, ...], expected: set[str]
) -> None:
    with tenant_context(home.tenant.pk):
        for n, kind in enumerate(kinds):
            values = {"occurred_at": days_ago(50 - n), "kind": kind}
            record_evidence(home.system, piece=piece(home, dana, home.competencies[0], 2, **values))
        look_at([dana.pk])
        open_ones = Alert.objects.filter(learner=dana, milestone=home.milestone, closed_at=None)
        assert set(open_ones.values_list("reason", flat=True)) == expected


def test_stale_after_a_long_time(home: World, dana: Learner) -> None:
    with tenant_context(home.tenant.pk):
        for days in (90, 80, 70):
            values = {"occurred_at": days_ago(days)}
            record_evidence(home.system, piece=piece(home, dana, home.competencies[0], 3, **values))
        look_at([dana.pk])
        assert Alert.objects.get(learner=dana, reason="stale").facts["days"] == 70


def test_asked_until_it_is_answered(home: World) -> None:
    with tenant_context(home.tenant.pk):
        asked = LearnerRequest.objects.create(learner=home.learner, milestone=home.milestone, kind="help")
        look_at([home.learner.pk])
        assert reasons(home)["Fractions"] == {"asked"}
        LearnerRequest.objects.filter(pk=asked.pk).update(answered_at=timezone.now())
        look_at([home.learner.pk])
        assert reasons(home) == {}


def test_reached_early(home: World, dana: Learner) -> None:
    with tenant_context(home.tenant.pk):
        for n in range(4):
            record_evidence(home.system, piece=piece(home, dana, home.competencies[0], 4, occurred_at=days_ago(1 + n)))
        look_at([dana.pk])
        assert Alert.objects.get(learner=dana, reason="reached").facts["early"] >= 10


def test_who_has_left_needs_nobody(home: World) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.update(due_on=home.system.today - timedelta(days=3))
        look_at([home.classmate.pk])
        assert Alert.objects.filter(learner=home.classmate, closed_at=None).exists()
        Enrolment.objects.filter(learner=home.classmate).update(ends_on=home.system.today - timedelta(days=1))
        look_at([home.classmate.pk])
        assert not Alert.objects.filter(learner=home.classmate, closed_at=None).exists()


def test_the_nearer_rule_holds_and_can_be_silent(home: World) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.update(due_on=home.system.today - timedelta(days=3))
        wide = Rule.objects.create(name="Later", reason="not_started_late", params={"days": 10})
        look_at([home.learner.pk])
        assert "Ratios" not in reasons(home)
        near = Rule.objects.create(name="At once", reason="not_started_late", params={"days": 1}, section=home.section)
        look_at([home.learner.pk])
        assert reasons(home)["Ratios"] == {"not_started_late"}
        assert Alert.objects.get(reason="not_started_late", closed_at=None).rule == near
        Rule.objects.filter(pk__in=[wide.pk, near.pk]).update(is_active=False)
        look_at([home.learner.pk])
        assert "Ratios" not in reasons(home)


def test_a_rule_proposes_a_plan_once(home: World) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.update(due_on=home.system.today - timedelta(days=3))
        Rule.objects.create(name="Help", reason="not_started_late", action="plan")
        look_at([home.learner.pk])
        look_at([home.learner.pk])
        plan = SupportPlan.objects.get(learner=home.learner, milestone=home.other_milestone)
        assert (plan.state, plan.kind, plan.level_then) == ("proposed", "support", 0)


def test_a_rule_gives_what_fits_and_never_the_same_twice(home: World) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.update(due_on=home.system.today - timedelta(days=3))
        fits = Resource.objects.create(title="First steps", kind="practice")
        other = Resource.objects.create(title="For later", kind="practice")
        ResourceTag.objects.create(resource=fits, competency=home.competencies[1], level=0)
        ResourceTag.objects.create(resource=other, competency=home.competencies[1], level=4)
        Rule.objects.create(name="Read", reason="not_started_late", action="resource")
        look_at([home.learner.pk])
        assert list(ResourceUse.objects.values_list("resource__title", "way")) == [("First steps", "assigned")]
        Alert.objects.filter(closed_at=None).update(closed_at=timezone.now())
        look_at([home.learner.pk])
        assert ResourceUse.objects.count() == 1


@pytest.mark.parametrize(
    ("audience", "roles"), [("teacher", {"TCH"}), ("learner", {"LRN"}), ("home", {"GRD"})], ids=str
)
def test_a_rule_writes_to_those_it_names(home: World, audience: str, roles: set[str]) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.update(due_on=home.system.today - timedelta(days=3))
        text = "{learner} has not begun with {milestone}."
        Rule.objects.create(name="A word", reason="not_started_late", action="notice", audience=audience, text=text)
        look_at([home.learner.pk])
        look_at([home.learner.pk])
        written = list(Message.objects.filter(learner=home.learner, alert__milestone=home.other_milestone))
        assert {one.recipient_id for one in written} == {home.members[role].pk for role in roles}
        assert {one.body for one in written} == {"Ana has not begun with LKV Ratios."}
        assert {one.state for one in written} == {"waiting"}


def test_other_tenants_are_left_alone(cast: Cast) -> None:
    with tenant_context(cast.away.tenant.pk):
        SectionMilestone.objects.update(due_on=cast.away.system.today - timedelta(days=3))
    watch_all_of(cast.home.tenant.pk)
    with tenant_context(cast.away.tenant.pk):
        assert not Alert.objects.exists()
