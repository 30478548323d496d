"""How far the first and the second marker of a task agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from assessments.agreement import Agreement, agreement
from assessments.marks import Rounds, rounds_of
from assessments.models import Assessment
from competencies.models import RubricCriterion
from learners.models import Section
from reporting.tasks.task_page import JUDGED, attempts_of
from reporting.tasks.task_pages import section_of, visible_task
from tenancy.actor import Actor


@dataclass(frozen=True, slots=True)
class Differing:
    attempt_id: UUID
    learner: str
    criteria: tuple[str, ...]
    is_settled: bool


@dataclass(frozen=True, slots=True)
class AgreementPage:
    task: Assessment
    section: Section
    whole: Agreement
    by_criterion: tuple[tuple[str, Agreement], ...]
    differing: tuple[Differing, ...]
    waiting: int


def agreement_page(actor: Actor, public_id: UUID) -> AgreementPage:
    """How the first and the second marker scored the same work. Raises NotFound."""
    task = visible_task(actor, public_id)
    attempts = {row.pk: row for row in attempts_of(actor, task)}
    titles = dict(
        RubricCriterion.objects.filter(rubric_id=task.rubric_id).order_by("position", "id").values_list("id", "title")
    )
    rounds = rounds_of(list(attempts))
    both = {key: one for key, one in rounds.items() if one.second.levels}
    return AgreementPage(
        task=task,
        section=section_of(task),
        whole=_agreement(list(both.values()), list(titles)),
        by_criterion=tuple((title, _agreement(list(both.values()), [key])) for key, title in titles.items()),
        differing=tuple(
            Differing(
                attempts[key].public_id, attempts[key].learner.name,
                tuple(titles[one] for one in rows.differing() if one in titles), attempts[key].state in JUDGED,
            )
            for key, rows in both.items() if rows.differing()
        ),
        waiting=sum(one.is_complete(one.first, titles) and not one.second.levels for one in rounds.values()),
    )  # fmt: skip


def _agreement(rounds: Sequence[Rounds], criteria: Sequence[int]) -> Agreement:
    pairs = [
        (one.blind.levels[key], one.second.levels[key])
        for one in rounds for key in criteria if key in one.blind.levels and key in one.second.levels
    ]  # fmt: skip
    return agreement([first for first, _ in pairs], [second for _, second in pairs])
