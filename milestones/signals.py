"""Listens to the ledger and the curriculum: the declared ways up to levels."""

from collections.abc import Collection, Sequence
from typing import Any

from django.dispatch import receiver

from assessments.signals import ledger_changed, short_way
from competencies.signals import prerequisites_changed
from learners.signals import calendar_changed, learner_moved
from milestones.clock import follow_calendar_days
from milestones.marks import mark_after, mark_moved_learner
from milestones.one import record_one
from milestones.recompute import recompute_statuses


@receiver(ledger_changed)
def work_out_levels(sender: Any, learner_competency_ids: Sequence[int], cause: str, **_: Any) -> None:
    recompute_statuses(learner_competency_ids, cause)


@receiver(prerequisites_changed)
def mark_levels_after(sender: Any, competency_ids: Collection[int], **_: Any) -> None:
    mark_after(competency_ids)


@receiver(learner_moved)
def mark_levels_of_moved(sender: Any, learner_id: int, **_: Any) -> None:
    mark_moved_learner(learner_id)


@receiver(calendar_changed)
def work_out_figures(sender: Any, school_id: int | None, **_: Any) -> None:
    follow_calendar_days(school_id)


if record_one not in short_way:
    short_way.append(record_one)
