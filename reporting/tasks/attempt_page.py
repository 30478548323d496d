"""One attempt as its teachers see it: the work, the rubric with what was scored, what to do next."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from assessments.assessing import JUDGE, READ
from assessments.marks import Rounds, criteria_of, rounds_of
from assessments.models import Assessment, Attempt, Evidence, standing
from assessments.patterns import Handed, Pattern, patterns
from competencies.models import RubricCriterion, RubricDescriptor
from competencies.rubrics import LEVELS
from competencies.statements import label_of
from learners.models import Section
from reporting.levels import WORDS
from tenancy.access import can
from tenancy.actor import SCH, Actor
from tenancy.errors import NotFound
from tenancy.selectors import member_names

FIRST, SECOND, SETTLE, READ_ONLY = "first", "second", "settle", "read"


@dataclass(frozen=True, slots=True)
class Choice:
    """A level of a criterion, in the words for staff and in those for learners."""

    level: int
    word: Any
    text: str
    family: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What is scored: a criterion of the rubric, or a competency. Levels are None where nobody gave one (or unseen)."""

    key: int
    title: str
    competency: str
    choices: tuple[Choice, ...]
    first: int | None
    second: int | None
    own: int | None

    @property
    def differs(self) -> bool:
        return self.first is not None and self.second is not None and self.first != self.second


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """`mode`: what this person may do: the first marking, the second (blind), settle both, or read."""

    attempt: Attempt
    task: Assessment
    section: Section
    learner_name: str
    lines: tuple[Line, ...]
    mode: str
    has_own_view: bool
    waits_for_second: bool
    notes: tuple[Pattern, ...]
    others: tuple[Attempt, ...]
    points: str
    markers: str

    @property
    def state_words(self) -> str:
        return str(Attempt.State(self.attempt.state).label)

    @property
    def is_link(self) -> bool:
        return self.attempt.work.lower().startswith(("https://", "http://")) and len(self.attempt.work.split()) == 1

    @property
    def is_judged(self) -> bool:
        return self.attempt.state in {Attempt.State.JUDGED, Attempt.State.RELEASED}


def visible_attempt(actor: Actor, public_id: UUID, row: tuple[str, str] = READ) -> Attempt:
    """Raises NotFound."""
    rows = Attempt.objects.visible_to(actor, *row).filter(public_id=public_id)
    found: Attempt | None = rows.select_related("assessment__section", "assessment__rubric", "form", "learner").first()
    if found is None:
        raise NotFound
    return found


def attempt_page(actor: Actor, public_id: UUID) -> AttemptPage:
    """A fixed number of queries. Raises NotFound."""
    attempt = visible_attempt(actor, public_id)
    task = attempt.assessment
    if task.section is None:
        raise NotFound
    others = Attempt.objects.visible_to(actor, *READ).filter(assessment_id=task.pk)
    every = list(others.select_related("form", "learner").order_by("number"))
    rounds = rounds_of([attempt.pk])[attempt.pk]
    criteria = criteria_of(attempt)
    mode = _mode(actor, attempt, rounds, [one.pk for one in criteria])
    given, points = _so_far(attempt)
    names = member_names(rounds.first.by | rounds.second.by) if mode != SECOND else {}
    return AttemptPage(
        attempt=attempt,
        task=task,
        section=task.section,
        learner_name=attempt.learner.name,
        lines=tuple(_lines(attempt, criteria, rounds, mode, given)),
        mode=mode,
        has_own_view=bool(rounds.own.levels),
        waits_for_second=task.needs_second_marking and bool(rounds.first.levels) and not rounds.second.levels,
        notes=patterns(_handed(row) for row in every if row.state != Attempt.State.CANCELLED).get(attempt.pk, ()),
        others=tuple(row for row in every if row.learner_id == attempt.learner_id and row.pk != attempt.pk),
        points=points,
        markers=", ".join(sorted(names.values())),
    )


def _handed(row: Attempt) -> Handed:
    return Handed(
        row.pk, row.learner_id, row.learner.name, row.form.name, row.handed_in_at, row.answers_digest, row.hints
    )


def _mode(actor: Actor, attempt: Attempt, rounds: Rounds, keys: list[int]) -> str:
    """What this person may do now; the second marker must not have given a first level."""
    task, is_mine = attempt.assessment, actor.member_id in rounds.first.by
    if attempt.state == Attempt.State.CANCELLED or not can(actor, *JUDGE, attempt):
        return READ_ONLY
    if task.needs_second_marking and rounds.is_complete(rounds.first, keys):
        if not rounds.second.levels:
            return FIRST if is_mine else SECOND
        if attempt.state == Attempt.State.AWAITING:
            return SETTLE if is_mine or actor.has(SCH) else READ_ONLY
    return FIRST


def _lines(
    attempt: Attempt, criteria: list[RubricCriterion], rounds: Rounds, mode: str, given: dict[int, int]
) -> list[Line]:
    aligned = list(attempt.assessment.alignments.select_related("competency").order_by("position", "id"))
    labels = {one.competency_id: label_of(one.competency) for one in aligned}
    if not criteria:
        if attempt.assessment.possible is not None:
            return []
        return [
            Line(key, label, "", _choices({}, given.get(key)), given.get(key), None, None)
            for key, label in labels.items()
        ]
    texts = texts_of([one.pk for one in criteria])
    is_blind = mode == SECOND
    first = (rounds.blind if mode == SETTLE else rounds.first).levels
    return [
        Line(
            one.pk, one.title, labels.get(one.competency_id or 0, ""),
            _choices(texts.get(one.pk, {}), None if is_blind else rounds.first.levels.get(one.pk)),
            None if is_blind else first.get(one.pk),
            rounds.second.levels.get(one.pk), None if is_blind else rounds.own.levels.get(one.pk),
        )
        for one in criteria
    ]  # fmt: skip


def texts_of(criteria: list[int]) -> dict[int, dict[int, tuple[str, str]]]:
    """{criterion: {level: (words for staff, words for learners)}}. One query."""
    found: dict[int, dict[int, tuple[str, str]]] = {}
    rows = RubricDescriptor.objects.filter(criterion_id__in=criteria)
    for key, level, text, family in rows.values_list("criterion_id", "level", "text", "family_text"):
        found.setdefault(key, {})[level] = (text, family)
    return found


def _choices(texts: dict[int, tuple[str, str]], chosen: int | None) -> tuple[Choice, ...]:
    return tuple(
        Choice(level, WORDS[level].name, *texts.get(level, ("", "")), is_chosen=level == chosen) for level in LEVELS
    )


def _so_far(attempt: Attempt) -> tuple[dict[int, int], str]:
    """{competency: level} where it is judged by level, and the points: a part that was saved, else from the ledger."""
    task = attempt.assessment
    if task.rubric_id is not None:
        return {}, ""
    if attempt.part:
        return {int(key): level for key, level in attempt.part["levels"].items()}, attempt.part.get("points", "")
    rows = Evidence.objects.filter(standing(), attempt=str(attempt.public_id), source="attempt")
    found = list(
        rows.exclude(entry=Evidence.Entry.WITHDRAWN).values_list(
            "learner_competency__competency_id", "score", "possible"
        )
    )
    if task.possible is not None:
        return {}, f"{found[0][1].normalize():f}" if found else ""
    return {key: _nearest_level(score, possible) for key, score, possible in found}, ""


def _nearest_level(score: Any, possible: Any) -> int:
    """On a scale of four ratings the rating itself."""
    return int(min(max(round(float(score / possible) * 4), 1), 4))
