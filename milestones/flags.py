"""Flags that stand beside a level, never instead of it (design: status engine §1): what is stored, and what time adds.

| flag | when |
|---|---|
| dropped | the last move was down, in the last 30 days |
| stalled | beginning or developing for longer than the limit (see `stall_limit`) |
| past_target | not started, the target date is over |
| behind_pace | started and below meets, the target date is over |
| the others | as the engine or a person said: `status_engine.Flag` |
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Now

from competencies.models import PolicyVersion
from milestones.models import Milestone, MilestonePace
from status_engine import Flag, Level, flag_names

DROPPED, STALLED, PAST_TARGET, BEHIND_PACE = "dropped", "stalled", "past_target", "behind_pace"
SET_BY_TEACHER, MET_BEFORE = "set_by_teacher", "met_before"
BY_TIME = (DROPPED, STALLED, PAST_TARGET, BEHIND_PACE)
DROPPED_WITHIN = timedelta(days=30)
STALLED_AFTER = 21  # days, where neither a policy nor the cohort says otherwise
ON_THE_WAY = (Level.BEGINNING, Level.DEVELOPING)
SET_BIT = int(Flag.SET_BY_TEACHER)

Limits = Mapping[tuple[int, int], int]  # {(milestone, level): days}


def stall_limit(milestone: str, framework: str, level: int | OuterRef) -> Combinable:
    """Days in a level of a milestone after which a learner counts as stalled, for a query that names a milestone.

    The nearest policy's `stalled_after` (the framework's, else the tenant's), else what the cohort's own finished stays
    say (MilestonePace, worked out every night), else 21. `milestone`, `framework`: paths to the keys.
    """
    place = Q(policy__framework_id=OuterRef(framework)) | Q(policy__framework=None)
    versions = PolicyVersion.objects.filter(
        place, policy__school=None, policy__competency=None, in_force_from__lte=Now()
    ).order_by(F("policy__framework_id").asc(nulls_last=True), "-in_force_from", "-number")
    of_policy = versions.values(days=Cast(KT("rule__stalled_after"), IntegerField()))[:1]
    of_cohort = MilestonePace.objects.filter(milestone_id=OuterRef(milestone), level=level).values("stalled_after")[:1]
    return Coalesce(Subquery(of_policy), Subquery(of_cohort), Value(STALLED_AFTER), output_field=IntegerField())


def stall_limits(milestone_ids: Collection[int]) -> Limits:
    """The limits of beginning and developing for some milestones. One query."""
    limits = {f"limit{level}": stall_limit("pk", "framework_id", level) for level in (1, 2)}
    rows = Milestone.objects.filter(id__in=milestone_ids).annotate(**limits).values_list("id", *limits)
    return {(row[0], level): row[level] for row in rows for level in (1, 2)}


def is_stalled(limits: Limits, now: datetime) -> Q:
    """Condition for status rows: one comparison per row and limit, whatever the number of milestones."""
    found = Q(pk__in=[])
    by_limit: dict[tuple[int, int], list[int]] = {}
    for (milestone, level), days in limits.items():
        by_limit.setdefault((level, days), []).append(milestone)
    for (level, days), milestones in sorted(by_limit.items()):
        found |= Q(level=level, milestone_id__in=milestones, since__lt=now - timedelta(days=days))
    return found


def has_dropped(now: datetime) -> Q:
    return Q(level__lt=F("previous_level"), since__gte=now - DROPPED_WITHIN)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a learner stands on a milestone: what the flags are worked out from. `due_on`: the target date, if any."""

    level: int
    computed_level: int
    previous_level: int
    since: datetime | None
    flags: int
    due_on: date | None
    stalled_after: int


def flags_of(stand: Stand, now: datetime, today: date) -> list[str]:
    """The flags of one level by name, in the order of their urgency; the same rules as the conditions above."""
    by_time = [name for name, holds in _by_urgency(stand, now, today) if holds]
    return by_time + flag_names(stand.flags & ~SET_BIT)


def _by_urgency(stand: Stand, now: datetime, today: date) -> list[tuple[str, bool]]:
    age = None if stand.since is None else now - stand.since
    is_late = stand.due_on is not None and stand.due_on < today
    return [
        (DROPPED, age is not None and stand.level < stand.previous_level and age <= DROPPED_WITHIN),
        (STALLED, age is not None and stand.level in ON_THE_WAY and age > timedelta(days=stand.stalled_after)),
        (PAST_TARGET, is_late and stand.level == Level.NOT_STARTED),
        (BEHIND_PACE, is_late and stand.level in ON_THE_WAY),
        (SET_BY_TEACHER, bool(stand.flags & SET_BIT)),
    ]
