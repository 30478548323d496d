"""What a judged attempt, or a learner's own view of it, writes into the ledger."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Attempt, Evidence, standing
from assessments.pieces import Piece
from assessments.scales import scales_of
from assessments.services import correct_evidence, record_many
from tenancy.actor import Actor
from tenancy.context import current_tenant_id
from tenancy.errors import Conflict, Invalid, Refused, problem
from tenancy.models import Tenant
from tenancy.selectors import zone

CORRECT = ("Evidence", "correct (new version), void")
JUDGED, SELF = "attempt", "self"


def write_evidence(
    actor: Actor, attempt: Attempt, levels: Mapping[int, Decimal], points: Decimal | None, keys: Collection[int]
) -> None:
    """One piece per competency in `keys`: its level on its own scale, or the points. Judged before: corrected.

    Raises Invalid where a level or the points are missing or out of range, Refused where judging again is out of time.
    """
    task = attempt.assessment
    if task.possible is not None:
        check_points(points, task.possible)
        pieces = [_piece(attempt, key, points, task.possible, pass_mark=task.pass_mark) for key in keys]
    else:
        _check_levels(levels, keys)
        scales = scales_of(keys, attempt.learner.home_school_id)
        pieces = [_piece(attempt, key, scales[key].points(levels[key]), scales[key].possible) for key in keys]
    _record_or_correct(actor, pieces)


def write_own_view(actor: Actor, attempt: Attempt, levels: Mapping[int, Decimal]) -> None:
    """The learner's own view: pieces of kind self-assessment, which count only where the policy says so."""
    scales = scales_of(levels, attempt.learner.home_school_id)
    pieces = [
        replace(
            _piece(attempt, key, scales[key].points(level), scales[key].possible),
            kind=Evidence.Kind.SELF_ASSESSMENT, source=SELF, task=f"{attempt.assessment.task}:self",
            occurred_at=timezone.now(), hints=0, minutes=None,
        )
        for key, level in levels.items()
    ]  # fmt: skip
    _record_or_correct(actor, pieces)


def _piece(
    attempt: Attempt, competency_id: int, score: Decimal | None, possible: Decimal, pass_mark: Decimal | None = None
) -> Piece:
    task = attempt.assessment
    return Piece(
        learner_id=attempt.learner_id,
        competency_id=competency_id,
        kind=task.purpose,
        method=attempt.form.method or task.method,
        task=task.task,
        title=task.title,
        form=attempt.form.name,
        attempt=str(attempt.public_id),
        score=score,
        possible=possible,
        pass_mark=pass_mark,
        weight=task.weight,
        hints=attempt.hints,
        minutes=attempt.minutes,
        state=Evidence.State.HIDDEN if task.is_practice else Evidence.State.COUNTED,
        occurred_at=attempt.handed_in_at or timezone.now(),
        due_at=_due_at(attempt),
        source=JUDGED,
        source_id=f"{attempt.public_id}:{competency_id}",
    )


def _due_at(attempt: Attempt) -> datetime | None:
    """The end of the day on which it is due, at the school."""
    day = attempt.assessment.due_on
    if day is None:
        return None
    name = Tenant.objects.get(pk=current_tenant_id()).time_zone
    return datetime.combine(day, time(23, 59), tzinfo=zone(name)).astimezone(UTC)


def _record_or_correct(actor: Actor, pieces: list[Piece]) -> None:
    before = _standing(pieces)
    new = [replace(piece, n=n) for n, piece in enumerate(pieces) if piece.competency_id not in before]
    refused = [one.message for row in record_many(actor, pieces=new) for one in row.problems] if new else []
    if refused:
        raise Conflict(refused[0])
    for piece in sorted(pieces, key=lambda one: one.competency_id):
        row = before.get(piece.competency_id)
        if row is not None and _said(row) != _said(piece):
            _correct(actor, row, piece)


def _said(one: Evidence | Piece) -> tuple[object, ...]:
    """What judging again may change."""
    return one.score, one.possible, one.hints, one.minutes


def _correct(actor: Actor, row: Evidence, piece: Piece) -> None:
    if row.entry == Evidence.Entry.WITHDRAWN:
        raise Conflict(_("The evidence of this attempt was withdrawn. Give another attempt, or add evidence by hand."))
    is_own = piece.source == SELF
    if not is_own and not Evidence.objects.visible_to(actor, *CORRECT).filter(pk=row.pk).exists():
        raise Refused(_("This was judged more than 14 days ago. Ask the school administrator to change it"))
    correct_evidence(
        actor, evidence=row, score=piece.score, possible=piece.possible, hints=piece.hints, minutes=piece.minutes
    )


def _standing(pieces: list[Piece]) -> dict[int, Evidence]:
    """{competency: the row that stands for it}: of one attempt by one source there is at most one."""
    first = pieces[0]
    rows = Evidence.objects.filter(
        standing(), attempt=first.attempt, source=first.source, learner_competency__learner_id=first.learner_id,
        learner_competency__competency_id__in=[piece.competency_id for piece in pieces],
    )  # fmt: skip
    return {row.learner_competency.competency_id: row for row in rows.select_related("learner_competency")}


def check_points(points: Decimal | None, possible: Decimal) -> None:
    """Raises Invalid where the points are missing or out of range."""
    if points is None:
        message = _("Enter the points, like %(most)s") % {"most": f"{possible.normalize():f}"}
    elif not 0 <= points <= possible:
        values = {"points": f"{points:f}", "most": f"{possible.normalize():f}"}
        message = _("The points were %(points)s. Enter a number from 0 to %(most)s") % values
    else:
        return
    raise Invalid([problem("points", message)])


def _check_levels(levels: Mapping[int, Decimal], keys: Collection[int]) -> None:
    missing = [key for key in keys if key not in levels]
    if missing:
        message = _("Choose a level for each competency before judging")
        raise Invalid([problem(f"level_{key}", message, "missing") for key in missing])
