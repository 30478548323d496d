"""Pages of tasks: those of a class, the tenant's library, what a form for one needs."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q

from assessments.assessing import CHANGE, READ, library
from assessments.models import ASSESSMENT, Assessment, AssessmentCompetency, Attempt, Form, RetryRequest
from competencies.models import Competency, Rubric
from competencies.rubrics import usable_rubrics
from competencies.statements import label_of
from learners.models import Section
from milestones.models import Criterion
from reporting.reach import visible_section
from tenancy.access import may_at_all
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.selectors import member_names

STATES = tuple(state for state in Attempt.State if state != Attempt.State.CANCELLED)
SHOWN = 200
State = Attempt.State


@dataclass(frozen=True, slots=True)
class TaskCard:
    """`counts`: (state, its word, how many attempts)."""

    public_id: UUID
    title: str
    purpose: str
    method: str
    state: str
    state_words: str
    due_on: date | None
    competencies: tuple[str, ...]
    forms: tuple[str, ...]
    counts: tuple[tuple[str, str, int], ...]
    is_practice: bool
    made_by: str = ""

    @property
    def waiting(self) -> int:
        return sum(n for state, _, n in self.counts if state in {State.HANDED_IN, State.AWAITING})

    @property
    def attempts(self) -> int:
        return sum(n for *_, n in self.counts)


@dataclass(frozen=True, slots=True)
class Asked:
    """A learner who asks to be assessed again."""

    public_id: UUID
    learner_id: UUID
    learner: str
    competency: str
    note: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class ClassTasks:
    section: Section
    cards: tuple[TaskCard, ...]
    asked: tuple[Asked, ...]
    may_change: bool
    has_competencies: bool


def class_tasks(actor: Actor, section_id: UUID) -> ClassTasks:
    """A fixed number of queries. Raises NotFound."""
    section = visible_section(actor, section_id, *READ)
    rows = Assessment.objects.visible_to(actor, *READ).filter(section_id=section.pk)
    return ClassTasks(
        section=section,
        cards=tuple(_cards(rows.order_by("state", "-made_at", "-id"))),
        asked=tuple(_asked(actor, section)),
        may_change=Section.objects.visible_to(actor, *CHANGE).filter(pk=section.pk).exists(),
        has_competencies=Criterion.objects.filter(_of_section(section)).exists(),
    )


def task_library(actor: Actor, search: str = "") -> list[TaskCard]:
    """What colleagues share, without anything of learners. Four queries."""
    rows = library(actor)
    for word in search.split()[:8]:
        rows = rows.filter(Q(title__icontains=word) | Q(instructions__icontains=word))
    return _cards(rows.order_by("title", "id"), with_attempts=False)


def _cards(rows: Any, with_attempts: bool = True) -> list[TaskCard]:
    aligned = AssessmentCompetency.objects.select_related("competency").order_by("position", "id")
    forms = Form.objects.filter(is_active=True).order_by("position", "id")
    found = list(rows.prefetch_related(Prefetch("alignments", aligned), Prefetch("forms", forms))[:SHOWN])
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    names: dict[int | None, str] = {}
    if with_attempts:
        tally = Attempt.objects.filter(assessment_id__in=[row.pk for row in found]).values_list(
            "assessment_id", "state"
        )
        for key, state, n in tally.annotate(n=Count("id")):
            counts[key][state] = n
    else:
        names = member_names([row.made_by_id for row in found])
    return [_card(row, counts[row.pk], names.get(row.made_by_id, "")) for row in found]


def _card(row: Assessment, counts: Counter[str], made_by: str) -> TaskCard:
    return TaskCard(
        public_id=row.public_id,
        title=row.title,
        purpose=str(Assessment.Purpose(row.purpose).label),
        method=str(Assessment.Method(row.method).label),
        state=row.state,
        state_words=str(Assessment.State(row.state).label),
        due_on=row.due_on,
        competencies=tuple(label_of(one.competency) for one in row.alignments.all()),
        forms=tuple(form.name for form in row.forms.all()),
        counts=tuple((state.value, str(state.label), counts[state]) for state in STATES if counts[state]),
        is_practice=row.is_practice,
        made_by=made_by,
    )


def _asked(actor: Actor, section: Section) -> list[Asked]:
    rows = RetryRequest.objects.visible_to(actor, ASSESSMENT, "assign, judge").filter(closed_at=None)
    rows = rows.filter(learner__enrolments__section_id=section.pk, learner__enrolments__is_withdrawn=False)
    rows = rows.filter(competency__criteria__milestone__section_milestones__section_id=section.pk).distinct()
    return [
        Asked(
            row.public_id, row.learner.public_id, row.learner.name, label_of(row.competency), row.note,
            row.asked_at,
        )
        for row in rows.select_related("learner", "competency").order_by("asked_at", "id")[:SHOWN]
    ]  # fmt: skip


def visible_request(actor: Actor, section: Section, public_id: UUID) -> RetryRequest:
    """Raises NotFound."""
    rows = RetryRequest.objects.visible_to(actor, ASSESSMENT, "assign, judge").filter(public_id=public_id)
    found: RetryRequest | None = rows.filter(learner__enrolments__section_id=section.pk).first()
    if found is None:
        raise NotFound
    return found


def visible_task(actor: Actor, public_id: UUID, row: tuple[str, str] = READ) -> Assessment:
    """A task of a section in reach. Raises NotFound."""
    rows = Assessment.objects.visible_to(actor, *row).filter(section__isnull=False, public_id=public_id)
    found: Assessment | None = rows.select_related("section", "rubric", "copied_from").first()
    if found is None:
        raise NotFound
    return found


def section_of(task: Assessment) -> Section:
    """The class of a task. Raises NotFound for one of the library alone."""
    section: Section | None = task.section
    if section is None:
        raise NotFound
    return section


def shared_task(actor: Actor, public_id: UUID | None) -> Assessment | None:
    """A task to copy from: of the library, or one that the actor may read. None where there is none."""
    if public_id is None:
        return None
    readable = Q(is_shared=True) | Q(id__in=Assessment.objects.visible_to(actor, *READ).values("id"))
    found: Assessment | None = Assessment.objects.filter(readable, public_id=public_id).first()
    return found


@dataclass(frozen=True, slots=True)
class Choices:
    """What a task of a section may show, and the rubrics to score it on, as (key, label)."""

    competencies: list[tuple[int, str]]
    rubrics: list[tuple[int, str]]


def choices_for(actor: Actor, section: Section, current: Assessment | None = None) -> Choices:
    """Competencies of the section's milestones, and those that the task shows already. Three queries."""
    wanted = Q(criteria__in=Criterion.objects.filter(_of_section(section)))
    if current is not None:
        wanted |= Q(alignments__assessment_id=current.pk)
    rows = Competency.objects.filter(wanted).distinct().order_by("framework_id", "tree_order", "id")
    usable = Q(id__in=usable_rubrics(actor).values("id"))
    if current is not None:
        usable |= Q(id=current.rubric_id)
    rubrics = Rubric.objects.filter(usable).order_by("title", "id")
    found = [(row.pk, f"{row.title} (v{row.version})" if row.version > 1 else row.title) for row in rubrics]
    return Choices([(row.pk, label_of(row)) for row in rows], found)


def _of_section(section: Section) -> Q:
    """Criteria of the section's milestones; an indicator is counted, not assessed."""
    return Q(
        milestone__section_milestones__section_id=section.pk,
        milestone__is_active=True,
        milestone__learner=None,
        measure="",
    )


def may_assess(actor: Actor) -> bool:
    return may_at_all(actor, *CHANGE)


def my_sections(actor: Actor) -> list[Section]:
    """Classes into which the actor may copy a task. One query."""
    rows = Section.objects.visible_to(actor, *CHANGE).filter(is_active=True)
    return list(rows.order_by("title", "id")[:SHOWN])
