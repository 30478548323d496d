"""What learners and families see: releases of single milestones, and taking one back. Rows are only ever appended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from assessments.models import Evidence
from milestones.explanation import milestone_explanations
from milestones.models import MilestoneStatus, Release
from tenancy.actor import Actor


def newest_piece() -> int:
    """The newest row of the ledger: evidence up to it is released with a level."""
    found: dict[str, Any] = Evidence.objects.aggregate(newest=Max("id"))
    return int(found["newest"] or 0)


def show_levels(actor: Actor, *, milestone_id: int, learners: Sequence[int], sheet_id: int) -> int:
    """Let these learners and their families see where they stand on the milestone, and why. Returns how many."""
    rows = MilestoneStatus.objects.filter(milestone_id=milestone_id, learner_id__in=learners).order_by("learner_id")
    levels = dict(rows.values_list("learner_id", "level"))
    levels = {learner: levels.get(learner, 0) for learner in learners}
    reasons = milestone_explanations([(learner, milestone_id) for learner in levels])
    watermark = newest_piece()
    Release.objects.bulk_create(
        [
            Release(
                learner_id=learner, milestone_id=milestone_id, level=level, released_by_id=actor.member_id,
                explanation=reasons.get((learner, milestone_id)), watermark=watermark, sheet_id=sheet_id,
            )
            for learner, level in levels.items()
        ]
    )  # fmt: skip
    return len(levels)


def restore_levels(actor: Actor, *, sheet_id: int, milestone_id: int) -> None:
    """Learners and families see again what they saw before a sheet was released; nothing where that was nothing.

    A level that was released anew since then is left as it is.
    """
    mine = {row.learner_id: row for row in Release.objects.filter(sheet_id=sheet_id).order_by("id")}
    rows = Release.objects.filter(milestone_id=milestone_id, learner_id__in=list(mine)).order_by("id")
    newest: dict[int, Release] = {}
    before: dict[int, Release] = {}
    for row in rows:
        newest[row.learner_id] = row
        if row.pk < mine[row.learner_id].pk:
            before[row.learner_id] = row
    undone = [learner for learner, row in mine.items() if newest[learner].pk == row.pk]
    Release.objects.bulk_create([_again(actor, mine[one], before.get(one), timezone.now()) for one in undone])


def _again(actor: Actor, undone: Release, before: Release | None, now: datetime) -> Release:
    is_nothing = before is None or before.is_withdrawn
    shown = undone if before is None else before
    return Release(
        learner_id=undone.learner_id, milestone_id=undone.milestone_id, level=shown.level,
        is_withdrawn=is_nothing, released_at=now if is_nothing else shown.released_at,
        released_by_id=actor.member_id if is_nothing else shown.released_by_id,
        explanation=None if is_nothing else shown.explanation, watermark=0 if is_nothing else shown.watermark,
    )  # fmt: skip
