"""One task: its forms, who used which, what stands out, how hard it is, how far two markers agree."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assessments.agreement import Agreement, agreement
from assessments.assessing import CHANGE, JUDGE, next_form_name
from assessments.difficulty import Difficulty, of_criteria, of_forms
from assessments.marking import PUBLISH
from assessments.marks import Rounds, rounds_of
from assessments.models import Assessment, Attempt, Form
from assessments.next_form import UNDER_WAY
from assessments.patterns import Handed, Pattern, patterns
from competencies.models import RubricCriterion
from competencies.statements import label_of
from learners.classes import learners_of
from learners.models import Learner, Section
from reporting.tasks.task_pages import section_of, visible_task
from tenancy.access import can
from tenancy.actor import Actor

JUDGED = {Attempt.State.JUDGED, Attempt.State.RELEASED}


@dataclass(frozen=True, slots=True)
class FormRow:
    public_id: UUID
    name: str
    method: str
    instructions: str
    url: str
    is_active: bool
    used: int


@dataclass(frozen=True, slots=True)
class AttemptCell:
    public_id: UUID
    number: int
    form: str
    state: str
    state_words: str
    at: datetime
    notes: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """`has_gone`: not in the class any more."""

    key: int
    public_id: UUID
    name: str
    attempts: tuple[AttemptCell, ...]
    is_under_way: bool
    has_gone: bool


@dataclass(frozen=True, slots=True)
class TaskPage:
    task: Assessment
    section: Section
    competencies: tuple[str, ...]
    forms: tuple[FormRow, ...]
    learners: tuple[LearnerRow, ...]
    counts: tuple[tuple[str, int], ...]
    to_release: int
    notes: tuple[Pattern, ...]
    by_form: tuple[Difficulty, ...]
    by_criterion: tuple[Difficulty, ...]
    next_form: str
    without: int
    may_change: bool
    may_judge: bool
    may_release: bool

    @property
    def purpose(self) -> str:
        return str(Assessment.Purpose(self.task.purpose).label)

    @property
    def method(self) -> str:
        return str(Assessment.Method(self.task.method).label)


def task_page(actor: Actor, public_id: UUID) -> TaskPage:
    """A fixed number of queries. Raises NotFound."""
    task = visible_task(actor, public_id)
    aligned = list(task.alignments.select_related("competency").order_by("position", "id"))
    attempts = _attempts(actor, task)
    forms = list(Form.objects.filter(assessment_id=task.pk).order_by("position", "id"))
    notes = patterns(_handed(attempts))
    rows = _learner_rows(learners_of(task.section_id, actor.today), attempts, notes)
    return TaskPage(
        task=task,
        section=section_of(task),
        competencies=tuple(label_of(one.competency) for one in aligned),
        forms=tuple(_form_rows(task, forms, attempts)),
        learners=tuple(rows),
        counts=tuple(_counts(attempts)),
        to_release=sum(row.state == Attempt.State.JUDGED for row in attempts),
        notes=tuple(_each_once(note for each in notes.values() for note in each)),
        by_form=tuple(of_forms(task, [one.competency_id for one in aligned])),
        by_criterion=tuple(_by_criterion(task, attempts)),
        next_form=next_form_name({form.name for form in forms}),
        without=sum(not row.attempts for row in rows),
        may_change=can(actor, *CHANGE, task),
        may_judge=can(actor, *JUDGE, task),
        may_release=can(actor, *PUBLISH, task),
    )


def _attempts(actor: Actor, task: Assessment) -> list[Attempt]:
    rows = Attempt.objects.visible_to(actor).filter(assessment_id=task.pk).select_related("form", "learner")
    return list(rows.order_by("learner_id", "number"))


def _handed(attempts: Sequence[Attempt]) -> list[Handed]:
    return [
        Handed(row.pk, row.learner_id, row.learner.name, row.form.name, row.handed_in_at, row.answers_digest, row.hints)
        for row in attempts
        if row.state != Attempt.State.CANCELLED
    ]


def _each_once(notes: Iterable[Pattern]) -> list[Pattern]:
    """Those with the same answers are named together, once."""
    found: dict[tuple[str, str, frozenset[str]], Pattern] = {}
    for note in notes:
        group = frozenset({note.learner, *note.others})
        found.setdefault((note.code, note.form, group), note)
    return list(found.values())


def _learner_rows(
    here: Sequence[Learner], attempts: Sequence[Attempt], notes: dict[int, tuple[Pattern, ...]]
) -> list[LearnerRow]:
    by_learner: dict[int, list[Attempt]] = defaultdict(list)
    for row in attempts:
        by_learner[row.learner_id].append(row)
    known = {learner.pk for learner in here}
    gone = {row.learner_id: row.learner for row in attempts if row.learner_id not in known}
    return [
        LearnerRow(
            learner.pk, learner.public_id, learner.name,
            tuple(_cell(row, notes.get(row.pk, ())) for row in by_learner[learner.pk]),
            any(row.state in UNDER_WAY for row in by_learner[learner.pk]), learner.pk in gone,
        )
        for learner in [*here, *gone.values()]
    ]  # fmt: skip


def _cell(row: Attempt, notes: tuple[Pattern, ...]) -> AttemptCell:
    at = row.judged_at or row.handed_in_at or row.assigned_at
    words = str(Attempt.State(row.state).label)
    return AttemptCell(row.public_id, row.number, row.form.name, row.state, words, at, notes)


def _form_rows(task: Assessment, forms: Sequence[Form], attempts: Sequence[Attempt]) -> list[FormRow]:
    used = Counter(row.form_id for row in attempts)
    return [
        FormRow(
            form.public_id, form.name, str(Assessment.Method(form.method or task.method).label), form.instructions,
            form.url, form.is_active, used[form.pk],
        )
        for form in forms
    ]  # fmt: skip


def _counts(attempts: Sequence[Attempt]) -> list[tuple[str, int]]:
    counted = Counter(row.state for row in attempts)
    return [(str(state.label), counted[state]) for state in Attempt.State if counted[state]]


def _by_criterion(task: Assessment, attempts: Sequence[Attempt]) -> list[Difficulty]:
    if task.rubric_id is None:
        return []
    rows = RubricCriterion.objects.filter(rubric_id=task.rubric_id).order_by("position", "id")
    judged = rounds_of([row.pk for row in attempts if row.state in JUDGED])
    return of_criteria(dict(rows.values_list("id", "title")), [rounds.first.levels for rounds in judged.values()])


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
    attempts = {row.pk: row for row in _attempts(actor, task)}
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
