"""Calibration: teachers score the same samples of work, without names, and see how far they agree."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assessments.agreement import Agreement, agreement
from assessments.models import CalibrationPiece, CalibrationScore
from competencies.models import Rubric, RubricCriterion
from competencies.rubrics import CREATE, UPDATE
from tenancy.access import can, may_at_all
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, problem

LONGEST_WORK = 10_000


@dataclass(frozen=True, slots=True)
class CriterionSpread:
    """One criterion of one sample: mine, the agreed level, and how many teachers chose each of the levels 1…4."""

    title: str
    mine: int | None
    agreed: int | None
    counts: tuple[int, int, int, int]


@transaction.atomic
def add_piece(actor: Actor, *, rubric: Rubric, title: str, work: str) -> CalibrationPiece:
    """A sample for everybody to score. Raises Invalid per field, NotFound."""
    if not may_at_all(actor, *CREATE) or not can(actor, "Rubric and task in the library", "read", rubric):
        raise NotFound
    problems = []
    if not title.strip():
        problems.append(("title", _("Enter a title for the sample, like Poster about fractions")))
    if not work.strip():
        problems.append(("work", _("Enter the work itself, or where to find it, without the learner's name")))
    if problems:
        raise Invalid([problem(name, message, "missing") for name, message in problems])
    piece: CalibrationPiece = CalibrationPiece.objects.create(
        rubric=rubric, title=title, work=work, made_by_id=actor.member_id
    )
    record_audit(actor, "calibration.piece_added", target=piece)
    return piece


@transaction.atomic
def score_piece(actor: Actor, *, piece: CalibrationPiece, levels: Mapping[int, int], is_agreed: bool = False) -> None:
    """A teacher's levels, once: what the others chose is seen afterwards. Or the agreed ones, by who keeps the rubric.

    Raises Invalid without a level for each criterion, Conflict on a second time, NotFound.
    """
    if not may_at_all(actor, *CREATE) or (is_agreed and not can(actor, *UPDATE, piece.rubric)):
        raise NotFound
    if actor.member_id is None:
        raise NotFound
    keys = set(RubricCriterion.objects.filter(rubric_id=piece.rubric_id).values_list("id", flat=True))
    if set(levels) != keys or not set(levels.values()) <= {1, 2, 3, 4}:
        missing = min(keys - set(levels), default=0)
        message = _("Choose a level for each criterion")
        raise Invalid([problem(f"level_{missing}", message, "missing")])
    if is_agreed:
        CalibrationScore.objects.filter(piece_id=piece.pk, is_agreed=True).delete()
    try:
        with transaction.atomic():
            CalibrationScore.objects.bulk_create(
                CalibrationScore(
                    piece=piece, criterion_id=key, level=level, scored_by_id=actor.member_id, is_agreed=is_agreed
                )
                for key, level in sorted(levels.items())
            )
    except IntegrityError as error:
        raise Conflict(_("You scored this sample before. What you chose then stands.")) from error
    record_audit(actor, "calibration.agreed" if is_agreed else "calibration.scored", target=piece)


def spread_of(actor: Actor, piece: CalibrationPiece, titles: Mapping[int, str]) -> list[CriterionSpread]:
    """Per criterion in the order of `titles`. The caller has checked that the actor scored it. One query."""
    rows = list(CalibrationScore.objects.filter(piece_id=piece.pk))
    mine = {row.criterion_id: row.level for row in rows if row.scored_by_id == actor.member_id and not row.is_agreed}
    agreed = {row.criterion_id: row.level for row in rows if row.is_agreed}
    chosen = Counter((row.criterion_id, row.level) for row in rows if not row.is_agreed)
    return [
        CriterionSpread(
            title, mine.get(key), agreed.get(key),
            (chosen[key, 1], chosen[key, 2], chosen[key, 3], chosen[key, 4]),
        )
        for key, title in titles.items()
    ]  # fmt: skip


def own_agreement(actor: Actor, rubric: Rubric) -> Agreement:
    """The actor's levels beside the agreed ones, over all samples of the rubric. One query."""
    rows = CalibrationScore.objects.filter(piece__rubric_id=rubric.pk)
    agreed, mine = {}, {}
    for piece, criterion, level, by, is_agreed in rows.values_list(
        "piece_id", "criterion_id", "level", "scored_by_id", "is_agreed"
    ):
        if is_agreed:
            agreed[piece, criterion] = level
        elif by == actor.member_id:
            mine[piece, criterion] = level
    both = sorted(agreed.keys() & mine.keys())
    return agreement([agreed[key] for key in both], [mine[key] for key in both])


def scored_pieces(actor: Actor, rubric: Rubric) -> set[int]:
    """Samples that the actor has scored."""
    rows = CalibrationScore.objects.filter(piece__rubric_id=rubric.pk, scored_by_id=actor.member_id, is_agreed=False)
    return set(rows.values_list("piece_id", flat=True))
