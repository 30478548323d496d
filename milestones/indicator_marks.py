"""Figures of a class entered by page: a mark for each school day, or a number, as evidence of kind indicator.

One learner, one indicator and one day are one piece: another figure takes its place, emptying withdraws it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from assessments.models import Evidence, standing
from assessments.pieces import LIMIT, Piece
from assessments.services import record_many, withdraw_many
from competencies.models import Indicator
from learners.models import Learner
from milestones.school_days import school_days
from tenancy.actor import Actor
from tenancy.errors import Invalid, problem
from tenancy.models import Tenant
from tenancy.selectors import zone

SOURCE = "figures"
DAY = {"yes": Decimal(1), "no": Decimal(0)}


@dataclass(frozen=True, slots=True)
class Figure:
    """What stands for a learner on a day: score of possible; None = nothing is known, or the day does not count."""

    score: Decimal | None
    possible: Decimal = Decimal(1)


@transaction.atomic
def save_figures(
    actor: Actor,
    *,
    tenant: Tenant,
    indicator: Indicator,
    day: date,
    learners: Sequence[Learner],
    figures: Mapping[int, Figure],
) -> int:
    """Save what was entered for some learners on one day. Returns how many figures are new or changed.

    Raises Invalid for a day to come, a day without school where the figure follows the calendar, or a bad number.
    """
    _check_day(actor, indicator, day, learners)
    _check_numbers(indicator, figures, {one.pk: one.name for one in learners})
    ids = [one.pk for one in learners]
    stands, before = _standing(indicator, day, ids), _entered(indicator, day, ids)
    wanted = {learner: figure for learner, figure in figures.items() if _differs(figure, stands.get(learner))}
    gone = [stands[learner] for learner in wanted if learner in stands]
    entered = [(learner, wanted[learner]) for learner in sorted(wanted) if wanted[learner].score is not None]
    new = [
        replace(day_piece(tenant, indicator, day, learner, score, figure.possible, before.get(learner, 0)), n=n)
        for n, (learner, figure) in enumerate(entered)
        if (score := figure.score) is not None
    ]
    if gone:
        withdraw_many(actor, evidence=gone, reason=_("Changed on the page of figures"))
    if new:
        record_many(actor, pieces=new, is_waited_for=True)
    return len(wanted)


def _differs(figure: Figure, piece: Evidence | None) -> bool:
    if piece is None:
        return figure.score is not None
    return (piece.score, piece.possible) != (figure.score, figure.possible) or figure.score is None


def figures_of(indicator: Indicator, day: date, learner_ids: Sequence[int]) -> dict[int, Figure]:
    """What is known of a day. One query."""
    stands = _standing(indicator, day, learner_ids)
    return {learner: Figure(piece.score, piece.possible) for learner, piece in stands.items()}


def _standing(indicator: Indicator, day: date, learner_ids: Sequence[int]) -> dict[int, Evidence]:
    """The piece of each learner on the day, without those that were withdrawn."""
    rows = Evidence.objects.filter(
        standing(), learner_competency__learner_id__in=list(learner_ids),
        learner_competency__competency_id=indicator.competency_id, source=SOURCE, task=_task(day),
    ).exclude(entry=Evidence.Entry.WITHDRAWN)  # fmt: skip
    return {row.learner_competency.learner_id: row for row in rows.select_related("learner_competency").order_by("id")}


def _entered(indicator: Indicator, day: date, learner_ids: Sequence[int]) -> dict[int, int]:
    """How often a figure was entered for each learner and day so far: the next one needs an identifier of its own."""
    rows = Evidence.objects.filter(
        learner_competency__learner_id__in=list(learner_ids),
        learner_competency__competency_id=indicator.competency_id, source=SOURCE, task=_task(day), supersedes=None,
    ).values("learner_competency__learner_id")  # fmt: skip
    return dict(rows.annotate(n=Count("id")).values_list("learner_competency__learner_id", "n"))


def _task(day: date) -> str:
    return f"day:{day.isoformat()}"


def day_piece(
    tenant: Tenant, indicator: Indicator, day: date, learner_id: int, score: Decimal, possible: Decimal, before: int = 0
) -> Piece:
    """The ledger's piece for a figure of one day. before: how often one was entered for the learner and day already."""
    noon = datetime.combine(day, time(12), tzinfo=zone(tenant.time_zone))
    return Piece(
        learner_id=learner_id, competency_id=indicator.competency_id, kind=Evidence.Kind.INDICATOR,
        task=_task(day), title=indicator.name[:200], possible=possible, score=score, occurred_at=noon,
        source=SOURCE, source_id=f"{indicator.public_id}:{learner_id}:{day.isoformat()}:{before}",
    )  # fmt: skip


def _check_day(actor: Actor, indicator: Indicator, day: date, learners: Sequence[Learner]) -> None:
    if day > actor.today:
        raise Invalid([problem("day", _("The date must be today or earlier"))])
    schools = {one.home_school_id for one in learners} if indicator.follows_calendar else set()
    if schools and not any(school_days(day, day, school) for school in schools):
        text = _("There is no school on %(day)s. Choose a school day, or change the calendar")
        raise Invalid([problem("day", text % {"day": day.isoformat()})])


def _check_numbers(indicator: Indicator, figures: Mapping[int, Figure], names: Mapping[int, str]) -> None:
    problems = []
    for learner_id, figure in figures.items():
        if figure.score is None:
            continue
        most = figure.possible if indicator.entry in (Indicator.Entry.DAY, Indicator.Entry.SHARE) else LIMIT
        if not 0 <= figure.score <= most or not 0 < figure.possible <= LIMIT:
            text = _("%(name)s: enter a number from 0 to %(most)s, not %(value)s")
            values = {"name": names.get(learner_id, ""), "most": f"{most.normalize():f}", "value": figure.score}
            problems.append(problem(f"figure-{learner_id}", text % values))
    if problems:
        raise Invalid(problems)
