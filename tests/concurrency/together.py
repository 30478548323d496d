"""Running things at the same moment, each on its own connection, and what a level has to be, in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Any, TypeVar

from django.db import connections

from assessments.models import Evidence, standing
from milestones.models import CompetencyStatus, StatusChange

T = TypeVar("T")
HANG = 60  # seconds after which something hangs; no test comes near it


def at_once(works: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Start all works at one moment, each in a thread with its own connection; their answers or exceptions in order."""
    answers: list[Any] = [TimeoutError("it hangs")] * len(works)
    barrier = Barrier(len(works), timeout=HANG)

    def run(place: int, work: Callable[[], T]) -> None:
        try:
            barrier.wait()
            answers[place] = work()
        except Exception as error:
            answers[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair, daemon=True) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANG)
    return answers


def expected_level(scores: Sequence[float]) -> tuple[int, float]:
    """The builders' rule by hand: newer pieces count 65 %, two pieces for Meets; scores in order of time."""
    value = scores[0]
    for score in scores[1:]:
        value = 0.65 * score + 0.35 * value
    rounded = round(value + 1e-9, 2)
    level = 1 + sum(rounded >= cut for cut in (2, 3, 4))
    return (min(level, 2) if len(scores) < 2 else level), rounded


def ledger_of(pair_id: int) -> list[float]:
    rows = Evidence.objects.filter(standing(), learner_competency_id=pair_id).order_by(
        "occurred_at", "recorded_at", "id"
    )
    return [float(score) for score in rows.values_list("score", flat=True) if score is not None]


def status_faults() -> list[str]:
    """Every stored level of the open tenant against the ledger, and the chain of its changes."""
    faults = []
    for status in CompetencyStatus.objects.order_by("id"):
        scores = ledger_of(status.learner_competency_id)
        level, value = expected_level(scores)
        if (status.level, float(status.value or 0), status.pieces) != (level, value, len(scores)):
            faults.append(
                f"{status.pk}: {status.level} {status.value} of {status.pieces}, ledger {level} {value} {scores}"
            )
    return faults + chain_faults()


def chain_faults() -> list[str]:
    """A learner's changes follow each other: each begins where the one before ended."""
    faults = []
    at: dict[tuple[int, int | None, int | None], int] = {}
    rows = StatusChange.objects.order_by("id").values_list(
        "learner_id", "competency_id", "milestone_id", "from_level", "to_level"
    )
    for learner, competency, milestone, before, after in rows:
        key = (learner, competency, milestone)
        if at.get(key, 0) != before or before == after:
            faults.append(f"{key}: {before} → {after} after {at.get(key, 0)}")
        at[key] = after
    return faults
