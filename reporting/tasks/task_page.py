"""One task: its forms, who used which, what stands out, how hard it is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assessments.assessing import CHANGE, JUDGE, next_form_name
from assessments.difficulty import Difficulty, of_criteria, of_forms
from assessments.marking import PUBLISH
from assessments.marks import rounds_of
from assessments.models import Assessment, Attempt, Form
from assessments.next_form import UNDER_WAY, Refusal
from assessments.patterns import Handed, Pattern, patterns
from assessments.refusals import Refusals
from assessments.waiting import decide, fresh, past_of
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
    """`has_gone`: not in the class any more. `why_not`: why no further attempt can be given now, and what to do;
    `may_be_early`: only because the waiting time is not over, so with a reason it can."""

    key: int
    public_id: UUID
    name: str
    attempts: tuple[AttemptCell, ...]
    is_under_way: bool
    has_gone: bool
    why_not: str
    may_be_early: bool


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
    attempts = attempts_of(actor, task)
    forms = list(Form.objects.filter(assessment_id=task.pk).order_by("position", "id"))
    notes = patterns(_handed(attempts))
    here = learners_of(task.section_id, actor.today)
    rows = _learner_rows(here, attempts, notes, _refused(task, here, forms, attempts))
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


def attempts_of(actor: Actor, task: Assessment) -> list[Attempt]:
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
    here: Sequence[Learner], attempts: Sequence[Attempt], notes: dict[int, tuple[Pattern, ...]],
    refused: dict[int, tuple[str, str]],
) -> list[LearnerRow]:  # fmt: skip
    by_learner = _by_learner(attempts)
    known = {learner.pk for learner in here}
    gone = {row.learner_id: row.learner for row in attempts if row.learner_id not in known}
    return [
        LearnerRow(
            learner.pk, learner.public_id, learner.name,
            tuple(_cell(row, notes.get(row.pk, ())) for row in by_learner[learner.pk]),
            any(row.state in UNDER_WAY for row in by_learner[learner.pk]), learner.pk in gone,
            refused.get(learner.pk, ("", ""))[1], refused.get(learner.pk, ("", ""))[0] == "cool_down",
        )
        for learner in [*here, *gone.values()]
    ]  # fmt: skip


def _by_learner(attempts: Sequence[Attempt]) -> dict[int, list[Attempt]]:
    found: dict[int, list[Attempt]] = defaultdict(list)
    for row in attempts:
        found[row.learner_id].append(row)
    return found


def _refused(
    task: Assessment, here: Sequence[Learner], forms: Sequence[Form], attempts: Sequence[Attempt]
) -> dict[int, tuple[str, str]]:
    """{learner: (code, sentence)} of those who cannot get a further attempt now; what is under way is seen as such."""
    by_learner, refusals = _by_learner(attempts), Refusals(task)
    in_use = [fresh(task, form) for form in forms if form.is_active]
    next_ones = {one.pk: decide(task, in_use, past_of(task, by_learner[one.pk]), False) for one in here}
    return {
        one.pk: (found.code, refusals.words(found, one.name))
        for one in here if isinstance(found := next_ones[one.pk], Refusal) and found.code != "under_way"
    }  # fmt: skip


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
