"""The shadow check: nothing differs after ordinary work, every planted difference is found, --fix puts it right."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assessments.models import LearnerCompetency
from assessments.services import correct_evidence, record_many, withdraw_evidence
from competencies.models import PolicyVersion
from milestones import tasks
from milestones.models import CompetencyStatus, MilestoneStatus, ShadowCheck
from milestones.verify import verify_tenant
from tenancy.context import tenant_context
from tests.builders import Cast, World, piece


def verified(world: World, **options: Any) -> str:
    out = StringIO()
    call_command("verify_statuses", tenant=world.tenant.slug, stdout=out, **options)
    return out.getvalue()


def test_nothing_differs_after_recording_correcting_and_withdrawing(committed_cast: Cast) -> None:
    world = committed_cast.home
    with tenant_context(world.tenant.pk):
        rows = [piece(world, world.classmate, one, n % 4 + 1, n=n) for n, one in enumerate(world.competencies * 3)]
        record_many(world.system, pieces=rows)
        first, second = world.evidence.__class__.objects.filter(supersedes=None).order_by("-id")[:2]
        correct_evidence(world.system, evidence=first, score=second.score)
        withdraw_evidence(world.system, evidence=second, reason="by mistake")
    assert ", 0 differ" in verified(world)
    with tenant_context(world.tenant.pk):
        check = ShadowCheck.objects.get()
        assert (check.differing, check.fixed, check.statuses > 0) == (0, 0, True)


PLANTED: dict[str, dict[str, Any]] = {
    "level": {"level": 4},
    "computed level": {"computed_level": 4},
    "value": {"value": "3.21"},
    "pieces": {"pieces": 17},
    "flags": {"flags": 2},
    "watermark": {"watermark": 1},
    "digest": {"digest": "0123456789abcdef"},
}


@pytest.mark.parametrize("values", PLANTED.values(), ids=PLANTED)
def test_a_planted_difference_is_found_and_put_right(committed_cast: Cast, values: dict[str, Any]) -> None:
    world = committed_cast.home
    with tenant_context(world.tenant.pk):
        right = CompetencyStatus.objects.filter(learner=world.learner).values().get()
        CompetencyStatus.objects.filter(id=right["id"]).update(**values)
    with pytest.raises(CommandError, match="Run again with --fix"):
        verified(world)
    verified(world, fix=True)
    assert ", 0 differ" in verified(world)
    with tenant_context(world.tenant.pk):
        again = CompetencyStatus.objects.filter(id=right["id"]).values().get()
        kept = set(right) - {"computed_at", "since"}
        assert {key: again[key] for key in kept} == {key: right[key] for key in kept}


def test_a_lost_status_and_a_wrong_or_lost_milestone_are_found(committed_cast: Cast) -> None:
    world = committed_cast.home
    spoils: tuple[Callable[[], Any], ...] = (
        lambda: CompetencyStatus.objects.filter(learner=world.learner).delete(),
        lambda: MilestoneStatus.objects.filter(learner=world.learner).delete(),
        lambda: MilestoneStatus.objects.filter(learner=world.learner).update(level=0, computed_level=0),
        lambda: MilestoneStatus.objects.filter(learner=world.learner).update(criteria_met=9),
    )
    for spoil in spoils:
        with tenant_context(world.tenant.pk):
            spoil()
        assert verify_tenant(world.tenant.pk, fix=True).differing >= 1
        assert verify_tenant(world.tenant.pk).differing == 0


def test_what_waits_for_the_worker_is_no_difference(committed_cast: Cast) -> None:
    world = committed_cast.home
    with tenant_context(world.tenant.pk):
        learners = [world.learner, world.classmate, world.stranger_learner]
        rows = [(who, what) for who in learners for what in world.competencies]
        pieces = [piece(world, *row, 3, n=n) for n, row in enumerate(rows * 2)]
        record_many(world.system, pieces=[*pieces, *(piece(world, *rows[0], 3, n=100 + n) for n in range(9))])
    assert verify_tenant(world.tenant.pk).differing == 0


def test_a_version_that_does_not_apply_to_the_past_leaves_levels_right(committed_cast: Cast) -> None:
    world = committed_cast.home
    with tenant_context(world.tenant.pk):
        old = PolicyVersion.objects.get()
        same = {"policy": old.policy, "scale": old.scale, "rule": {"method": "highest"}}
        PolicyVersion.objects.create(number=2, applies_to_past=False, **same)
    assert verify_tenant(world.tenant.pk).differing == 0
    with tenant_context(world.tenant.pk):
        PolicyVersion.objects.create(number=3, applies_to_past=True, **same)
        pairs = LearnerCompetency.objects.count()
    assert verify_tenant(world.tenant.pk).differing == pairs


def test_the_nightly_job_checks_every_tenant(committed_cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    assert tasks.verify_all() == 0
    with tenant_context(committed_cast.away.tenant.pk):
        CompetencyStatus.objects.update(digest="0")
    assert tasks.verify_all() >= 1
    assert "shadow check" in caplog.text
