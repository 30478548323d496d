"""What came in for a class: the ledger, newest first, each piece with what it was before.

A piece belongs to a class where its learner is in it today and its competency is one of a milestone of the class's
plan, or where it came from a task of the class.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from assessments.assessing import READ
from assessments.judged_evidence import CORRECT, JUDGED, SELF
from assessments.models import Assessment, Attempt, Evidence, standing
from assessments.models.ledger import released_with_a_level
from competencies.statements import label_of
from learners.classes import learners_of
from learners.models import Learner, Section
from milestones import checklists, indicator_marks
from milestones.models import Criterion
from reporting.board import may_release
from reporting.evidence_log.filters import NO, SOURCES, YES, LogFilters, of_source, source_of
from reporting.pages import read_uuid
from reporting.reach import visible_section
from tenancy.access import visible_q
from tenancy.actor import Actor
from tenancy.selectors import member_names

HISTORY = ("Evidence version history", "read")
SHOWN = 50
ENTERED_ELSEWHERE = frozenset({JUDGED, SELF, indicator_marks.SOURCE, checklists.SOURCE})
Names = Mapping[int | None, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger. `entry`: recorded, corrected or withdrawn. `by`: empty where no person recorded it.

    `possible`: empty for a figure, which is no share of anything.
    """

    public_id: UUID
    entry: str
    score: str
    possible: str
    state: str
    hints: int
    minutes: int | None
    comment: str
    occurred_at: datetime
    recorded_at: datetime
    by: str

    @property
    def is_withdrawn(self) -> bool:
        return self.entry == Evidence.Entry.WITHDRAWN


@dataclass(frozen=True, slots=True)
class LogRow:
    """A piece as it stands, and `before`: what stood there earlier, newest first.

    `milestone_id`: one of the class that the piece belongs to, None where only its task is of the class. `attempt_id`:
    where it is judged again. `is_released`: a level built on it; `is_result_released`: the result of the attempt.
    `may_correct`: by hand; figures and check-lists are put right where they are entered.
    """

    now: Entry
    learner_id: UUID
    learner: str
    competency: str
    milestone_id: UUID | None
    title: str
    kind: str
    form: str
    source: str
    is_released: bool
    is_result_released: bool
    may_change: bool
    may_correct: bool
    attempt_id: UUID | None
    before: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    key: UUID | str
    name: str


@dataclass(frozen=True, slots=True)
class LogPage:
    section: Section
    rows: tuple[LogRow, ...]
    next_page: UUID | None
    learners: tuple[Choice, ...]
    milestones: tuple[Choice, ...]
    sources: tuple[Choice, ...]
    may_release: bool


@dataclass(frozen=True, slots=True)
class Around:
    """The class: who is in it, and which competencies belong to which milestone of its plan."""

    section: Section
    learners: Sequence[Learner]
    milestones: Mapping[UUID, str]
    competencies: Mapping[UUID, Collection[int]]

    def milestone_of(self, competency_id: int) -> UUID | None:
        return next((key for key, of_it in self.competencies.items() if competency_id in of_it), None)


def log_page(actor: Actor, section_id: UUID, filters: LogFilters) -> LogPage:
    """At most nine queries at any size. Raises NotFound for a class out of reach."""
    around = around_of(actor, section_id)
    rows = chosen(actor, around, filters)
    if filters.before is not None:
        last = Evidence.objects.visible_to(actor, *HISTORY).filter(public_id=filters.before)
        rows = rows.filter(id__lt=last.values("id")[:1])
    found = list(rows[: SHOWN + 1])
    shown = found[:SHOWN]
    return LogPage(
        section=around.section,
        rows=tuple(in_words(actor, around, shown)),
        next_page=shown[-1].public_id if len(found) > SHOWN else None,
        learners=tuple(Choice(one.public_id, one.name) for one in around.learners),
        milestones=tuple(Choice(key, name) for key, name in around.milestones.items()),
        sources=tuple(Choice(key, name()) for key, name in SOURCES.items()),
        may_release=may_release(actor, section_id),
    )


def around_of(actor: Actor, section_id: UUID) -> Around:
    """Three queries. Raises NotFound."""
    section = visible_section(actor, section_id, *HISTORY)
    rows = Criterion.objects.filter(milestone__section_milestones__section_id=section.pk, milestone__is_active=True)
    fields = ("milestone__public_id", "milestone__code", "milestone__title", "competency_id")
    names: dict[UUID, str] = {}
    competencies: dict[UUID, set[int]] = defaultdict(set)
    for key, code, title, competency in rows.order_by(
        "milestone__section_milestones__position", "milestone_id", "position"
    ).values_list(*fields):
        names[key] = f"{code} {title}".strip()
        competencies[key].add(competency)
    return Around(section, learners_of(section.pk, actor.today), names, competencies)


def chosen(actor: Actor, around: Around, filters: LogFilters) -> "QuerySet[Any]":
    """The pieces as they stand, newest first."""
    tasks = Assessment.objects.filter(section_id=around.section.pk).annotate(
        key=Concat(Value("assessment:"), Cast("public_id", CharField()), output_field=CharField())
    )
    planned = set().union(*around.competencies.values())
    of_class = Q(learner_competency__competency_id__in=planned) | Q(task__in=tasks.values("key"))
    rows = Evidence.objects.visible_to(actor, *HISTORY).filter(
        of_class, standing(), learner_competency__learner_id__in=[one.pk for one in around.learners]
    )
    if filters.learner is not None:
        rows = rows.filter(learner_competency__learner__public_id=filters.learner)
    if filters.milestone is not None:
        rows = rows.filter(learner_competency__competency_id__in=around.competencies.get(filters.milestone, ()))
    if filters.released:
        rows = rows.filter(released_with_a_level() if filters.released == YES else ~released_with_a_level())
    if filters.withdrawn:
        is_withdrawn = Q(entry=Evidence.Entry.WITHDRAWN)
        rows = rows.filter(~is_withdrawn if filters.withdrawn == NO else is_withdrawn)
    if filters.source:
        rows = rows.filter(of_source(filters.source))
    rows = rows.annotate(
        is_released=ExpressionWrapper(released_with_a_level(), BooleanField()),
        may_change=ExpressionWrapper(visible_q(Evidence, actor, *CORRECT), BooleanField()),
    )
    related = ("learner_competency__learner", "learner_competency__competency")
    found: QuerySet[Any] = rows.select_related(*related).order_by("-id")
    return found


def in_words(actor: Actor, around: Around, rows: Sequence[Any]) -> list[LogRow]:
    """The rows with their earlier versions. Three queries."""
    earlier, results = _earlier(actor, rows), _results(actor, rows)
    names = member_names([actor.member_id, *(row.recorded_by_id for row in [*rows, *earlier.values()])])
    return [_row(around, row, _chain(row, earlier), names, results) for row in rows]


def _earlier(actor: Actor, rows: Sequence[Any]) -> dict[int, Evidence]:
    """{key: row} of all that a later row stands in for, of the same learners and competencies."""
    pairs = {row.learner_competency_id for row in rows if row.supersedes_id is not None}
    later = Evidence.objects.filter(tenant_id=OuterRef("tenant_id"), supersedes_id=OuterRef("id"))
    found = Evidence.objects.visible_to(actor, *HISTORY).filter(Exists(later), learner_competency_id__in=pairs)
    return {row.pk: row for row in found}


def _results(actor: Actor, rows: Sequence[Any]) -> set[UUID]:
    """The attempts whose result the learner has."""
    keys = [key for row in rows if row.source == JUDGED and (key := read_uuid(row.attempt)) is not None]
    found = Attempt.objects.visible_to(actor, *READ).filter(public_id__in=keys, state=Attempt.State.RELEASED)
    return set(found.values_list("public_id", flat=True))


def _chain(row: Any, earlier: Mapping[int, Evidence]) -> list[Evidence]:
    found: list[Evidence] = []
    while (row := earlier.get(row.supersedes_id)) is not None:
        found.append(row)
    return found


def _row(around: Around, row: Any, chain: Sequence[Evidence], names: Names, results: Collection[UUID]) -> LogRow:
    pair, source = row.learner_competency, source_of(row.source)
    attempt_id = read_uuid(row.attempt) if source == JUDGED else None
    may_change = row.may_change and row.entry != Evidence.Entry.WITHDRAWN
    return LogRow(
        now=_entry(row, names),
        learner_id=pair.learner.public_id,
        learner=pair.learner.name,
        competency=label_of(pair.competency),
        milestone_id=around.milestone_of(pair.competency_id),
        title=row.title or row.task,
        kind=row.get_kind_display(),
        form=row.form,
        source=SOURCES[source](),
        is_released=row.is_released,
        is_result_released=attempt_id in results,
        may_change=may_change,
        may_correct=may_change and row.score is not None and source not in ENTERED_ELSEWHERE,
        attempt_id=attempt_id,
        before=tuple(_entry(one, names) for one in chain),
    )


def _entry(row: Evidence, names: Names) -> Entry:
    return Entry(
        public_id=row.public_id,
        entry=row.entry,
        score="" if row.score is None else f"{row.score.normalize():f}",
        possible="" if row.kind == Evidence.Kind.INDICATOR else f"{row.possible.normalize():f}",
        state=row.state,
        hints=row.hints,
        minutes=row.minutes,
        comment=row.comment,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        by=names.get(row.recorded_by_id, ""),
    )
