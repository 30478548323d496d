"""How long levels last, from the histograms of finished stays."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Sum

from reporting.models import BUCKETS, StayCount
from reporting.reports.charts import Box
from reporting.reports.scope import Scope

LAST = 200  # days: where the open bucket is taken to end
COLUMNS = [f"b{n}" for n in range(len(BUCKETS) + 1)]
TRIED, MOST_TRIED, STEP = 21, 180, 5
WAY = 0  # not a level: from the first one to Meets


@dataclass(frozen=True, slots=True)
class Tried:
    """percent: of the finished stays in the level, about how many lasted longer than the limit that is tried.

    In steps of five, and at the ends only on which side (few: low or high): who tries many limits learns of nobody.
    """

    level: int
    stays: int
    percent: int
    few: str


def read_limit(text: str) -> int | None:
    """Days of the address; None for anything that is no number of days."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST_TRIED else None


def boxes_of(scope: Scope, milestones: Collection[int]) -> dict[int, Box]:
    """{level: its stays}, 0 for the whole way to Meets; without those known of fewer than the smallest group.

    milestones: those whose sums may be shown here. One query.
    """
    rows = StayCount.objects.filter(school__in=scope.keys, milestone__in=[0, *milestones])
    found = rows.values_list("level").annotate(*(Sum(name) for name in COLUMNS)).order_by("level")
    return {level: box(level, counts) for level, *counts in found if sum(counts) >= scope.limit}


def tried_of(scope: Scope, milestones: Collection[int], days: int) -> tuple[Tried, ...]:
    """What a limit of so many days would have said of the finished stays in Beginning and Developing. One query."""
    rows = StayCount.objects.filter(school__in=scope.keys, milestone__in=[0, *milestones], level__in=(1, 2))
    found = rows.values_list("level").annotate(*(Sum(name) for name in COLUMNS)).order_by("level")
    tried = []
    for level, *counts in found:
        if sum(counts) >= scope.limit:
            longer, all_of = _longer(counts, days), sum(counts)
            few = "low" if longer < scope.limit else "high" if all_of - longer < scope.limit else ""
            tried.append(Tried(level, all_of, STEP * round(100 * longer / all_of / STEP), few))
    return tuple(tried)


def _longer(counts: list[int], days: int) -> float:
    """Stays of more than so many days, taken to be spread evenly within a bucket."""
    edges = [0, *BUCKETS, LAST]
    return sum(
        count * min(max((edges[n + 1] - days) / (edges[n + 1] - edges[n]), 0.0), 1.0) for n, count in enumerate(counts)
    )


def box(level: int, counts: list[int]) -> Box:
    at = [_quantile(counts, share) for share in (0.1, 0.25, 0.5, 0.75, 0.9)]
    return Box(level, sum(counts), *at)


def _quantile(counts: list[int], share: float) -> float:
    """Days, taken to be spread evenly within a bucket."""
    wanted, passed = share * sum(counts), 0
    edges = [0, *BUCKETS, LAST]
    for n, count in enumerate(counts):
        if count and passed + count >= wanted:
            return edges[n] + (edges[n + 1] - edges[n]) * (wanted - passed) / count
        passed += count
    return 0.0
