"""Whether a learner may ask for another try now: the waiting time and the number of attempts, in their words."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from assessments.models import ASSESSMENT, Assessment, Attempt
from assessments.next_form import Refusal
from assessments.refusals import Refusals
from assessments.waiting import as_learner_knows, decide
from tenancy.actor import Actor
from tenancy.errors import Refused


def reasons_to_wait(actor: Actor, learner_id: UUID, milestone_ids: Collection[UUID | None]) -> dict[UUID, str]:
    """{milestone: why no other try can be asked for now}; a milestone with a task that is not used up is left out.

    One query, and one for the time zone of each that has to wait.
    """
    wanted = "assessment__alignments__competency__criteria__milestone__public_id"
    rows = Attempt.objects.visible_to(actor, ASSESSMENT, "read").filter(
        **{f"{wanted}__in": milestone_ids}, learner__public_id=learner_id, assessment__is_practice=False
    )
    found: dict[UUID, dict[int, Attempt]] = defaultdict(dict)
    for row in rows.annotate(milestone=F(wanted)).select_related("assessment", "form").order_by("number"):
        found[row.milestone][row.pk] = row
    reasons = {key: _reason(list(attempts.values())) for key, attempts in found.items()}
    return {key: text for key, text in reasons.items() if text}


def check_may_ask(actor: Actor, learner_id: UUID, milestone_id: UUID) -> None:
    """Raises Refused with the reason."""
    text = reasons_to_wait(actor, learner_id, [milestone_id]).get(milestone_id)
    if text:
        raise Refused(text)


def next_try_words(attempt: Attempt) -> str:
    """When the learner can have this task again, or that they have had all tries; empty otherwise. One query or two."""
    rows = Attempt.objects.filter(assessment_id=attempt.assessment_id, learner_id=attempt.learner_id)
    return _reason(list(rows.select_related("assessment", "form").order_by("number")))


def _reason(attempts: list[Attempt]) -> str:
    """The reason of the task that is free first; empty as soon as one can be given or is under way."""
    by_task: dict[int, list[Attempt]] = defaultdict(list)
    for row in attempts:
        by_task[row.assessment_id].append(row)
    refused: list[tuple[Assessment, Refusal]] = []
    for rows in by_task.values():
        answer = decide(rows[0].assessment, [], [as_learner_knows(row) for row in rows], False)
        if not isinstance(answer, Refusal) or answer.code not in {"cool_down", "maximum"}:
            return ""
        refused.append((rows[0].assessment, answer))
    if not refused:
        return ""
    task, first = min(refused, key=lambda one: (one[1].until is None, one[1].until or timezone.now()))
    return Refusals(task).learner_words(first)
