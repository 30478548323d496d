"""Moving the bar of a milestone: tried first, applied as a new version, what was met under the old one kept.

What a learner had met is kept as a level that a person's decision holds (`LevelOverride` of kind "bar"), with the
explanation frozen as it was under the old bar. So the engine, the past, the history and the shadow check need to know
nothing about bars; and a teacher may let the new bar decide for one learner whenever it is time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from competencies.book import policy_book
from milestones.criteria import judge_milestones, read_rows, roll_up_milestone_pairs
from milestones.explanation import milestone_explanations
from milestones.judging import Circumstances
from milestones.models import (
    Criterion,
    LevelOverride,
    Milestone,
    MilestoneStatus,
    MilestoneVersion,
    OverrideEnd,
)
from milestones.plans import Asked, problems_of
from milestones.standards import RULES, Standards
from status_engine import Level
from tenancy.access import can
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, problem

ROW = ("Milestone of a section", "create, update, re-bar, split")
SHORTEST = 15
BATCH = 5_000
KEPT_IN_JSON = (
    "competency_id", "required_level", "points", "is_required", "measure", "target", "is_at_most", "baseline",
    "period", "position",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asks:
    """What one criterion shall ask for: a level, or (an indicator) a target."""

    required_level: int
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar to be: the rule, its number, and what each criterion asks for, by the criterion's key."""

    rule: str
    need: Decimal | None
    criteria: Mapping[int, Asks]


@dataclass(frozen=True, slots=True)
class Move:
    """One learner under the old bar and the new one. `is_kept`: met before, and not under the new one."""

    learner_id: int
    before: int
    after: int

    @property
    def is_kept(self) -> bool:
        return self.after < self.before and self.before >= Level.MEETS


def bar_of(milestone: Milestone) -> Bar:
    """The bar as it is. One query."""
    rows = Criterion.objects.filter(milestone_id=milestone.pk).order_by("position", "id")
    return Bar(milestone.rule, milestone.need, {row.pk: Asks(row.required_level, row.target) for row in rows})


def try_bar(milestone: Milestone, bar: Bar) -> list[Move]:
    """What each learner's level is and would be; those whose level a teacher has set stay as they are. Writes nothing.

    A fixed number of statements for each 5,000 learners.
    """
    rows = MilestoneStatus.objects.filter(milestone_id=milestone.pk).order_by("learner_id")
    learners = list(rows.values_list("learner_id", flat=True))
    moves: list[Move] = []
    for start in range(0, len(learners), BATCH):
        moves += _moves(milestone, bar, learners[start : start + BATCH])
    return moves


def _moves(milestone: Milestone, bar: Bar, learners: list[int]) -> list[Move]:
    keys = np.stack([np.array(learners, np.int64), np.full(len(learners), milestone.pk, np.int64)], axis=1)
    rows = read_rows(keys)
    standards = _under(Standards.of(np.array([milestone.pk], np.int64)), milestone, bar)
    found = judge_milestones(rows, standards, policy_book(), Circumstances(), "bar")
    pairs = zip(rows.learner.tolist(), rows.level.tolist(), found.level.tolist(), strict=True)
    return [Move(*one) for one in pairs]


def _under(standards: Standards, milestone: Milestone, bar: Bar) -> Standards:
    """The criteria as the new bar has them, in the order in which they were read."""
    rows = Criterion.objects.filter(milestone_id=milestone.pk).order_by("position", "id")
    asks = [bar.criteria[key] for key in rows.values_list("id", flat=True)]
    count = len(asks)
    return replace(
        standards, rule=np.full(count, RULES[bar.rule], np.int64),
        need=np.full(count, 1.0 if bar.need is None else float(bar.need)),
        required=np.array([one.required_level for one in asks], np.int64),
        target=np.array([np.nan if one.target is None else float(one.target) for one in asks]),
    )  # fmt: skip


@transaction.atomic
def move_bar(
    actor: Actor, *, milestone: Milestone, bar: Bar, reason: str, version: int, keeps_met: bool = True
) -> list[Move]:
    """Put the new bar in force. Returns the moves as they came out.

    version: of the bar that the person saw. keeps_met: who had met the old bar keeps the level. Raises NotFound out of
    reach, Invalid for a bar that says nothing new or could never be met, Conflict when somebody was faster.
    """
    if not can(actor, *ROW, milestone):
        raise NotFound
    locked: Milestone = Milestone.objects.select_for_update(no_key=True).get(pk=milestone.pk)
    if locked.version != version:
        text = _("Somebody else changed the goal of this milestone a moment ago. Look at it again, then repeat yours.")
        raise Conflict(text)
    criteria = list(Criterion.objects.filter(milestone_id=locked.pk).order_by("position", "id"))
    problems = bar_problems(locked, criteria, bar, reason)
    if problems:
        raise Invalid(problems)
    lock_levels(locked)
    moves = try_bar(locked, bar)
    kept = [one for one in moves if one.is_kept] if keeps_met else []
    explanations = milestone_explanations([(one.learner_id, locked.pk) for one in kept])
    _write_version(actor, locked, criteria, reason, len(kept))
    _write_bar(locked, criteria, bar)
    _keep(actor, locked, kept, explanations)
    pairs = [(one.learner_id, locked.pk) for one in moves]
    for start in range(0, len(pairs), BATCH):
        roll_up_milestone_pairs(pairs[start : start + BATCH], "bar")
    record_audit(actor, "milestone.bar_moved", target=locked, detail={"version": version + 1, "kept": len(kept)})
    return moves


def lock_levels(milestone: Milestone) -> None:
    """Nobody's level moves between the look at it and the new bar: who meets the goal meanwhile would not keep it."""
    rows = MilestoneStatus.objects.select_for_update(no_key=True).filter(milestone_id=milestone.pk)
    list(rows.order_by("learner_id").values_list("id", flat=True))


def _write_version(actor: Actor, milestone: Milestone, criteria: list[Criterion], reason: str, kept: int) -> None:
    MilestoneVersion.objects.create(
        milestone=milestone, number=milestone.version, rule=milestone.rule, need=milestone.need,
        criteria=[{name: _plain(getattr(one, name)) for name in KEPT_IN_JSON} for one in criteria],
        reason=reason.strip(), kept=kept, ended_by_id=actor.member_id,
    )  # fmt: skip


def _plain(value: Any) -> Any:
    """JSON has no decimals; the columns are read as float64 anyway, which every one of their values survives."""
    return float(value) if isinstance(value, Decimal) else value


def _write_bar(milestone: Milestone, criteria: list[Criterion], bar: Bar) -> None:
    for one in criteria:
        asks = bar.criteria[one.pk]
        one.required_level, one.target = asks.required_level, asks.target
    Criterion.objects.bulk_update(criteria, ["required_level", "target"])
    Milestone.objects.filter(pk=milestone.pk).update(rule=bar.rule, need=bar.need, version=F("version") + 1)


def _keep(actor: Actor, milestone: Milestone, kept: list[Move], explanations: Mapping[tuple[int, int], Any]) -> None:
    """Levels that were met under the old bar go on holding, whatever the new one says."""
    reason = _("Met under the goal that stood until %(day)s") % {"day": date_format(actor.today, "j M Y")}
    followed = LevelOverride.objects.filter(
        ends=None, milestone_id=milestone.pk, learner_id__in=[one.learner_id for one in kept]
    )
    cause = OverrideEnd.Cause.FOLLOWED  # of a bar before the last one, outgrown since
    OverrideEnd.objects.bulk_create(
        [OverrideEnd(override=row, cause=cause, ended_by_id=actor.member_id) for row in followed]
    )
    LevelOverride.objects.bulk_create(
        [
            LevelOverride(
                learner_id=one.learner_id, milestone=milestone, kind=LevelOverride.Kind.EARLIER_BAR, level=one.before,
                computed_level=one.before, reason=reason, set_by_id=actor.member_id,
                explanation=explanations[one.learner_id, milestone.pk],
            )
            for one in kept
        ],
        batch_size=1_000,
    )  # fmt: skip
    for level in sorted({one.before for one in kept}):
        learners = [one.learner_id for one in kept if one.before == level]
        rows = MilestoneStatus.objects.filter(milestone_id=milestone.pk, learner_id__in=learners)
        rows.update(set_level=level, set_until=None)


def bar_problems(milestone: Milestone, criteria: list[Criterion], bar: Bar, reason: str) -> list[dict[str, str]]:
    """What is wrong with a bar to be, in the words of the form."""
    asked = [
        Asked(
            one.competency, Level(min(max(bar.criteria[one.pk].required_level, 0), 4)), one.points, one.is_required,
            one.measure, bar.criteria[one.pk].target, one.is_at_most, one.baseline, one.period,
        )
        for one in criteria
    ]  # fmt: skip
    found = problems_of(asked, bar.rule, bar.need)
    is_same = bar == bar_of(milestone)
    if not found and is_same:
        text = _("This is the goal as it is. Change a level, a number or the rule, or leave the page")
        found.append(problem("criteria", text, "unchanged"))
    if len(reason.strip()) < SHORTEST:
        text = _(
            "Enter the reason with at least %(n)d characters, like: The state test asks for more from this year on"
        )
        found.append(problem("reason", text % {"n": SHORTEST}, "too_short"))
    return found
