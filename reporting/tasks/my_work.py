"""A learner's own work: what to do, what was handed in, and what a teacher has released."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from assessments.marks import criteria_of, rounds_of
from assessments.models import ASSESSMENT, Attempt, RetryRequest
from assessments.practice import Practice, practice_for
from competencies.rubrics import LEVELS
from competencies.statements import label_of
from learners.models import Enrolment, Learner
from learners.reach import running
from milestones.models import Criterion, Release, SectionMilestone
from reporting.levels import WORDS
from reporting.tasks.another_try import next_try_words
from reporting.tasks.attempt_page import texts_of, visible_attempt
from status_engine import Level
from tenancy.actor import Actor
from tenancy.errors import NotFound

State = Attempt.State
# A learner does not see whether it has been judged until it is released.
SHOWN_AS = {State.AWAITING: State.HANDED_IN, State.JUDGED: State.HANDED_IN}


@dataclass(frozen=True, slots=True)
class MyPiece:
    public_id: UUID
    title: str
    form: str
    state: str
    due_on: date | None
    at: datetime
    number: int

    @property
    def is_to_do(self) -> bool:
        return self.state in {State.ASSIGNED, State.NEEDS_REVISION}


@dataclass(frozen=True, slots=True)
class MyRequest:
    competency: str
    asked_at: datetime
    answer: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class MyWork:
    to_do: tuple[MyPiece, ...]
    waiting: tuple[MyPiece, ...]
    released: tuple[MyPiece, ...]
    requests: tuple[MyRequest, ...]
    practice: tuple[tuple[Practice, str], ...]


def my_work(actor: Actor) -> MyWork:
    """Six queries, and three for each practice that is offered: at most three."""
    rows = Attempt.objects.visible_to(actor, ASSESSMENT, "read").exclude(state=State.CANCELLED)
    pieces = [_piece(row) for row in rows.select_related("assessment", "form").order_by("-assigned_at", "-id")[:200]]
    asked = RetryRequest.objects.visible_to(actor, ASSESSMENT, "read").select_related("competency")
    return MyWork(
        to_do=tuple(one for one in pieces if one.is_to_do),
        waiting=tuple(one for one in pieces if one.state == State.HANDED_IN),
        released=tuple(one for one in pieces if one.state == State.RELEASED),
        requests=tuple(
            MyRequest(label_of(row.competency), row.asked_at, row.answer, row.closed_at is None)
            for row in asked.order_by("-asked_at", "-id")[:10]
            if row.closed_at is None or row.answer
        ),
        practice=_practice(actor),
    )


def _practice(actor: Actor) -> tuple[tuple[Practice, str], ...]:
    """What to practise, with the competency it is for: from released levels only, those on the way first."""
    learner = my_learner(actor)
    shown = Release.objects.visible_to(actor, "Current level").filter(learner_id=learner.pk, level__lt=Level.MEETS)
    rows = Criterion.objects.filter(milestone__in=shown.values("milestone_id"), measure="").select_related("competency")
    levels = dict(shown.values_list("milestone_id", "level"))
    near = sorted(rows, key=lambda row: (-levels.get(row.milestone_id, 0), row.milestone_id, row.position))
    names = {row.competency_id: label_of(row.competency) for row in near}
    found = practice_for(actor, learner, list(names))
    return tuple((one, names[one.competency_id]) for one in found)


def _piece(row: Attempt) -> MyPiece:
    at = row.released_at or row.handed_in_at or row.assigned_at
    task = row.assessment
    return MyPiece(row.public_id, task.title, row.form.name, shown_state(row), task.due_on, at, row.number)


def shown_state(row: Attempt) -> str:
    return SHOWN_AS.get(State(row.state), State(row.state)).value


@dataclass(frozen=True, slots=True)
class MyLine:
    """A criterion in the learner's words. `level` is the teacher's, once released; `own` the learner's view."""

    key: int
    title: str
    choices: tuple[tuple[int, Any, str], ...]
    level: int | None
    text: str
    own: int | None


@dataclass(frozen=True, slots=True)
class MyAttempt:
    attempt: Attempt
    state: str
    title: str
    instructions: str
    form_instructions: str
    url: str
    lines: tuple[MyLine, ...]
    feedback: str
    can_hand_in: bool
    can_view_own: bool
    next_try: str

    @property
    def is_released(self) -> bool:
        return self.state == State.RELEASED


def my_attempt(actor: Actor, public_id: UUID) -> MyAttempt:
    """Levels only where released; feedback also where the work is to be revised. Raises NotFound."""
    row = visible_attempt(actor, public_id)
    if row.state == State.CANCELLED:
        raise NotFound
    state, task = shown_state(row), row.assessment
    is_released = state == State.RELEASED
    return MyAttempt(
        attempt=row,
        state=state,
        title=task.title,
        instructions=task.instructions,
        form_instructions=row.form.instructions,
        url=row.form.url,
        lines=tuple(_my_lines(row, is_released)),
        feedback=row.feedback if is_released or state == State.NEEDS_REVISION else "",
        can_hand_in=row.state in {State.ASSIGNED, State.NEEDS_REVISION, State.HANDED_IN},
        can_view_own=not is_released,
        next_try=next_try_words(row) if is_released else "",
    )


def _my_lines(row: Attempt, is_released: bool) -> list[MyLine]:
    criteria = criteria_of(row)
    if not criteria:
        return []
    rounds, texts = rounds_of([row.pk])[row.pk], texts_of([one.pk for one in criteria])
    found = []
    for one in criteria:
        words = {level: family or staff for level, (staff, family) in texts.get(one.pk, {}).items()}
        level = rounds.first.levels.get(one.pk) if is_released else None
        choices = tuple((n, WORDS[n].name, words.get(n, "")) for n in LEVELS)
        found.append(
            MyLine(one.pk, one.title, choices, level, words.get(level or 0, ""), rounds.own.levels.get(one.pk))
        )
    return found


def my_learner(actor: Actor) -> Learner:
    """The learner's own record. Raises NotFound."""
    rows = Learner.objects.visible_to(actor, "Learner directory fields").order_by("id")
    learner: Learner | None = rows.first()
    if learner is None:
        raise NotFound
    return learner


def competencies_to_ask(actor: Actor, learner: Learner, milestone_id: UUID) -> list[int]:
    """What the milestone asks for, if the learner was shown a level of it or a class of theirs works towards it.

    Raises NotFound.
    """
    shown = Release.objects.visible_to(actor, "Current level").filter(learner_id=learner.pk)
    enrolled = Enrolment.objects.filter(running(actor.today), learner_id=learner.pk, is_withdrawn=False)
    planned = SectionMilestone.objects.filter(section_id__in=enrolled.values("section_id"), milestone__learner=None)
    known = Q(milestone_id__in=shown.values("milestone_id")) | Q(milestone_id__in=planned.values("milestone_id"))
    rows = Criterion.objects.filter(known, milestone__public_id=milestone_id, milestone__is_active=True, measure="")
    keys = sorted(set(rows.values_list("competency_id", flat=True)))
    if not keys:
        raise NotFound
    return keys
