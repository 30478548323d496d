"""Pages of rubrics: the library, one rubric, its calibration."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from assessments.agreement import Agreement
from assessments.calibration import CriterionSpread, own_agreement, scored_pieces, spread_of
from assessments.models import CalibrationPiece, CalibrationScore
from competencies.models import Competency, Rubric, RubricCriterion
from competencies.rubrics import CREATE, LEVELS, READ, UPDATE, RubricContent, content_of, has_scores, newest
from competencies.statements import label_of
from reporting.levels import WORDS
from tenancy.access import can, may_at_all
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.selectors import member_names

SHOWN = 200


@dataclass(frozen=True, slots=True)
class RubricCard:
    public_id: UUID
    title: str
    competency: str
    version: int
    criteria: int
    made_by: str
    is_mine: bool
    is_shared: bool
    state: str
    state_words: str


@dataclass(frozen=True, slots=True)
class RubricRow:
    """A criterion with its cells: (level, words for staff, words for learners and families)."""

    key: int
    title: str
    competency: str
    weight: str
    cells: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class RubricPage:
    card: RubricCard
    description: str
    content: RubricContent
    rows: tuple[RubricRow, ...]
    copied_from: tuple[UUID, str] | None
    follows: UUID | None
    followed_by: UUID | None
    has_scores: bool
    may_change: bool
    may_create: bool


def rubric_library(actor: Actor, search: str = "", is_all: bool = False) -> list[RubricCard]:
    """Shared rubrics and one's own; with `is_all` retired ones too. Two queries."""
    mine = Q(is_shared=True) | Q(made_by_id=actor.member_id)
    rows = newest(Rubric.objects.visible_to(actor, *READ).filter(mine)).select_related("competency")
    if not is_all:
        rows = rows.exclude(state=Rubric.State.RETIRED)
    for word in search.split()[:8]:
        rows = rows.filter(
            Q(title__icontains=word) | Q(description__icontains=word) | Q(competency__code__icontains=word)
        )
    # A sub-query of its own: grouped rows would have to name every column of the composite key.
    criteria = RubricCriterion.objects.filter(rubric_id=OuterRef("pk")).order_by().values("rubric_id")
    count = Coalesce(Subquery(criteria.annotate(n=Count("id")).values("n")), 0)
    found = list(rows.annotate(n=count).order_by("title", "id")[:SHOWN])
    names = member_names([row.made_by_id for row in found])
    return [_card(actor, row, row.n, names) for row in found]


def _card(actor: Actor, row: Rubric, criteria: int, names: dict[int | None, str]) -> RubricCard:
    return RubricCard(
        public_id=row.public_id,
        title=row.title,
        competency=label_of(row.competency) if row.competency else "",
        version=row.version,
        criteria=criteria,
        made_by=names.get(row.made_by_id, ""),
        is_mine=row.made_by_id is not None and row.made_by_id == actor.member_id,
        is_shared=row.is_shared,
        state=row.state,
        state_words=str(Rubric.State(row.state).label),
    )


def visible_rubric(actor: Actor, public_id: UUID, row: tuple[str, str] = READ) -> Rubric:
    """Raises NotFound."""
    rows = Rubric.objects.visible_to(actor, *row).select_related("competency", "copied_from", "follows")
    found: Rubric | None = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def rubric_page(actor: Actor, public_id: UUID) -> RubricPage:
    """A fixed number of queries. Raises NotFound."""
    rubric = visible_rubric(actor, public_id)
    content = content_of(rubric)
    keys = [one.competency_id for one in content.criteria if one.competency_id is not None]
    labels = {row.pk: label_of(row) for row in Competency.objects.filter(id__in=keys)}
    later = Rubric.objects.filter(follows_id=rubric.pk).values_list("public_id", flat=True).first()
    source, before = rubric.copied_from, rubric.follows
    return RubricPage(
        card=_card(actor, rubric, len(content.criteria), member_names([rubric.made_by_id])),
        description=rubric.description,
        content=content,
        rows=tuple(_rows(content, labels)),
        copied_from=(source.public_id, source.title) if source else None,
        follows=before.public_id if before else None,
        followed_by=later,
        has_scores=has_scores(rubric),
        may_change=later is None and can(actor, *UPDATE, rubric),
        may_create=may_at_all(actor, *CREATE),
    )


def _rows(content: RubricContent, labels: dict[int, str]) -> list[RubricRow]:
    return [
        RubricRow(
            key, one.title, labels.get(one.competency_id or 0, ""), f"{one.weight.normalize():f}",
            tuple((level, *one.texts.get(level, ("", ""))) for level in LEVELS),
        )
        for key, one in zip(content.keys, content.criteria, strict=True)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    public_id: UUID
    title: str
    scored_by: int
    is_scored: bool
    is_agreed: bool


@dataclass(frozen=True, slots=True)
class CalibrationPage:
    rubric: RubricPage
    samples: tuple[Sample, ...]
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class SamplePage:
    """`spread` is empty until the actor has scored it: the others' levels are not seen before."""

    rubric: RubricPage
    piece: CalibrationPiece
    spread: tuple[CriterionSpread, ...]
    agreement: Agreement
    is_scored: bool

    @property
    def levels(self) -> list[tuple[int, Any]]:
        return [(level, WORDS[level].name) for level in LEVELS]


def calibration_page(actor: Actor, public_id: UUID) -> CalibrationPage:
    """Raises NotFound."""
    page = rubric_page(actor, public_id)
    pieces = list(CalibrationPiece.objects.filter(rubric__public_id=public_id, is_open=True).order_by("id"))
    scores = CalibrationScore.objects.filter(piece__rubric__public_id=public_id)
    by: dict[int, set[int]] = {}
    agreed: set[int] = set()
    for piece, member, is_agreed in scores.values_list("piece_id", "scored_by_id", "is_agreed"):
        agreed |= {piece} if is_agreed else set()
        if not is_agreed:
            by.setdefault(piece, set()).add(member)
    samples = tuple(
        Sample(
            row.public_id, row.title, len(by.get(row.pk, ())), actor.member_id in by.get(row.pk, ()), row.pk in agreed
        )
        for row in pieces
    )
    rubric = visible_rubric(actor, public_id)
    return CalibrationPage(page, samples, own_agreement(actor, rubric))


def sample_page(actor: Actor, public_id: UUID, piece_id: UUID) -> SamplePage:
    """Raises NotFound."""
    page = rubric_page(actor, public_id)
    rows = CalibrationPiece.objects.filter(public_id=piece_id, rubric__public_id=public_id).select_related("rubric")
    piece: CalibrationPiece | None = rows.first()
    if piece is None:
        raise NotFound
    is_scored = piece.pk in scored_pieces(actor, piece.rubric)
    titles = {row.key: row.title for row in page.rows}
    spread = tuple(spread_of(actor, piece, titles)) if is_scored else ()
    return SamplePage(page, piece, spread, own_agreement(actor, piece.rubric), is_scored)
