"""Listens to the ledger: the declared way from evidence up to levels."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from assessments.signals import ledger_changed, short_way
from milestones.one import record_one
from milestones.recompute import recompute_statuses


@receiver(ledger_changed)
def work_out_levels(sender: Any, learner_competency_ids: Sequence[int], cause: str, **_: Any) -> None:
    recompute_statuses(learner_competency_ids, cause)


if record_one not in short_way:
    short_way.append(record_one)
