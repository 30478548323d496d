"""What milestones ask for, as columns: their criteria, their rules, and both spread over learners."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from competencies.book import PolicyBook
from learners.models import Learner
from milestones.columns import Columns, Crossing, Floats, Ints, Statuses
from milestones.models import Criterion, Milestone, MilestoneVersion
from status_engine import Measure, Rule

Bools = npt.NDArray[np.bool_]
RULES = {one.value: int(Rule[one.name]) for one in Milestone.Rule}
MEASURES = {one.value: int(Measure[one.name]) for one in Criterion.Measure}
NO_MEASURE, EVERYBODY = -1, -1
FIELDS = (
    "milestone_id", "milestone__rule", "milestone__need", "milestone__framework_id", "competency_id",
    "required_level", "points", "is_required", "measure", "target", "is_at_most", "baseline", "period",
    "milestone__learner_id",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Standards(Columns):
    """c criteria of some milestones, by milestone and position, each with the rule of its milestone.

    measure: code of the engine's Measure, -1 = a level is asked for; framework: -1 = none; baseline NaN = none;
    owner: whose personal milestone it is, -1 = everybody's.
    """

    milestone: Ints
    rule: Ints
    need: Floats
    framework: Ints
    competency: Ints
    required: Ints
    points: Floats
    is_required: Bools
    measure: Ints
    target: Floats
    is_at_most: Bools
    baseline: Floats
    is_of_term: Bools
    owner: Ints

    @classmethod
    def over(cls, competencies: Ints) -> "Standards":
        """All criteria of the active milestones that any of these competencies counts towards. One query."""
        of_these = Criterion.objects.filter(competency_id__in=competencies.tolist()).values("milestone_id")
        return cls._read(Q(milestone_id__in=of_these, milestone__is_active=True))

    @classmethod
    def of(cls, milestones: Ints) -> "Standards":
        """All criteria of these milestones. One query."""
        return cls._read(Q(milestone_id__in=milestones.tolist()))

    @classmethod
    def then(cls, milestones: Ints, at: datetime) -> "Standards":
        """All criteria of these milestones as they were at a moment: under the bar that stood then. Two queries."""
        earlier = bars_then(milestones.tolist(), at)
        if not earlier:
            return cls.of(milestones)
        now = Q(milestone_id__in=[key for key in milestones.tolist() if key not in earlier])
        rows = list(Criterion.objects.filter(now).values_list(*FIELDS, "position", "id"))
        fixed = {row.pk: (row.framework_id, row.learner_id) for row in Milestone.objects.filter(id__in=earlier)}
        for version in earlier.values():
            rows += _rows_of(version, *fixed[version.milestone_id])
        ordered = sorted(rows, key=lambda row: (row[0], *row[len(FIELDS) :]))
        return cls.from_rows([row[: len(FIELDS)] for row in ordered])

    @classmethod
    def _read(cls, where: Q) -> "Standards":
        rows = Criterion.objects.filter(where).order_by("milestone_id", "position", "id").values_list(*FIELDS)
        return cls.from_rows(list(rows))

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[Any]]) -> "Standards":
        """Criteria from rows in the order of FIELDS."""
        columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) or [()] * len(FIELDS)
        milestone, rule, need, framework, competency, required, points, is_required, measure, *rest = columns
        target, is_at_most, baseline, period, owner = rest
        return cls(
            milestone=np.array(milestone, np.int64),
            rule=np.array([RULES[one] for one in rule], np.int64),
            need=_numbers(need, 1.0),
            framework=np.array([-1 if one is None else one for one in framework], np.int64),
            competency=np.array(competency, np.int64),
            required=np.array(required, np.int64),
            points=_numbers(points, 1.0),
            is_required=np.array(is_required, np.bool_),
            measure=np.array([MEASURES.get(one, NO_MEASURE) for one in measure], np.int64),
            target=_numbers(target, np.nan),
            is_at_most=np.array(is_at_most, np.bool_),
            baseline=_numbers(baseline, np.nan),
            is_of_term=np.array([one == Criterion.Period.TERM for one in period], np.bool_),
            owner=np.array([EVERYBODY if one is None else one for one in owner], np.int64),
        )

    @cached_property
    def _by_competency(self) -> Ints:
        return np.argsort(self.competency, kind="stable")

    def of_competencies(self, competency: Ints) -> tuple[Ints, Ints]:
        """(place in `competency`, criterion) for every criterion that asks for one of them."""
        order = self._by_competency
        low, high = (np.searchsorted(self.competency[order], competency, side) for side in ("left", "right"))
        place, offset = spread(high - low)
        return place, order[low[place] + offset]

    def are_of(self, criterion: Ints, learner: Ints) -> Bools:
        """bool per pair of a criterion and a learner: a personal milestone is nobody else's."""
        owner = self.owner[criterion]
        found: Bools = (owner == EVERYBODY) | (owner == learner)
        return found

    def first(self, milestone: Ints) -> Ints:
        """The first criterion of each milestone."""
        return np.searchsorted(self.milestone, milestone)

    def rule_of(self, milestone: Ints) -> Ints:
        return self.rule[self.first(milestone)]

    def need_of(self, milestone: Ints) -> Floats:
        return self.need[self.first(milestone)]

    def holds(self, book: PolicyBook, learner: Ints, milestone: Ints) -> Bools:
        """Whether the policy of each milestone's framework (else of the school, else of the tenant) holds mastery."""
        holding = {key for key, effective in book.by_version.items() if effective.policy.hold_at_mastery}
        if not holding:
            return np.zeros(len(milestone), np.bool_)
        school = np.full(len(milestone), -1, np.int64)
        if book.has_schools:
            homes = dict(Learner.objects.filter(id__in=learner.tolist()).values_list("id", "home_school_id"))
            school = np.array([homes.get(one) or -1 for one in learner.tolist()], np.int64)
        version = book.version_ids(np.full(len(milestone), -1, np.int64), self.framework[self.first(milestone)], school)
        is_holding: Bools = np.isin(version, list(holding))
        return is_holding


@dataclass(frozen=True, eq=False)
class Asked(Columns):
    """Criteria spread over r learners' milestones. row: which of the r a criterion belongs to."""

    row: Ints
    learner: Ints
    competency: Ints
    required: Ints
    points: Floats
    is_required: Bools
    measure: Ints
    target: Floats
    is_at_most: Bools
    baseline: Floats
    is_of_term: Bools

    @property
    def is_indicator(self) -> Bools:
        found: Bools = self.measure != NO_MEASURE
        return found

    def levels(self, crossing: Crossing, stored: Statuses | None = None) -> tuple[Ints, Ints]:
        """(level, since) of each criterion's competency; 0 and -1 where there is no status. One statement, or none
        where the statuses of the crossing are given."""
        stored = crossing.statuses() if stored is None else stored
        known = crossing.code(stored.learner, stored.competency)
        order = np.argsort(known)
        wanted = crossing.code(self.learner, self.competency)
        if not len(known):
            return np.zeros(len(wanted), np.int64), np.full(len(wanted), -1, np.int64)
        place = order[np.minimum(np.searchsorted(known[order], wanted), len(known) - 1)]
        is_there = known[place] == wanted
        return np.where(is_there, stored.level[place], 0), np.where(is_there, stored.since[place], -1)


def ask(standards: Standards, learner: Ints, milestone: Ints) -> Asked:
    """The criteria of each learner's milestone. int64[r] each."""
    low, high = (np.searchsorted(standards.milestone, milestone, side) for side in ("left", "right"))
    row, offset = spread(high - low)
    of = low[row] + offset
    same = (
        "competency",
        "required",
        "points",
        "is_required",
        "measure",
        "target",
        "is_at_most",
        "baseline",
        "is_of_term",
    )
    return Asked(row=row, learner=learner[row], **{name: getattr(standards, name)[of] for name in same})


def spread(count: Ints) -> tuple[Ints, Ints]:
    """(place, offset) of a list in which place n comes count[n] times: offsets run from 0."""
    place = np.repeat(np.arange(len(count)), count)
    return place, np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)


def bars_then(milestone_ids: Sequence[int], at: datetime) -> dict[int, MilestoneVersion]:
    """{milestone: the bar that stood at a moment}, for those whose bar was moved since. One query."""
    rows = MilestoneVersion.objects.filter(milestone_id__in=milestone_ids, ended_at__gt=at)
    return {row.milestone_id: row for row in rows.order_by("-number")}


def _rows_of(version: MilestoneVersion, framework: int | None, learner: int | None) -> list[tuple[Any, ...]]:
    """The criteria of an earlier bar in the order of FIELDS, with their position and place."""
    return [
        (version.milestone_id, version.rule, version.need, framework, *(one[name] for name in FIELDS[4:-1]), learner,
         one["position"], n)
        for n, one in enumerate(version.criteria)
    ]  # fmt: skip


def _numbers(values: tuple[Any, ...], nothing: float) -> Floats:
    return np.array([nothing if one is None else float(one) for one in values], np.float64)
