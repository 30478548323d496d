"""How long levels last, from the histograms of finished stays."""

from collections.abc import Collection

from django.db.models import Sum

from reporting.models import BUCKETS, StayCount
from reporting.reports.charts import Box
from reporting.reports.scope import Scope

LAST = 200  # days: where the open bucket is taken to end
COLUMNS = [f"b{n}" for n in range(len(BUCKETS) + 1)]
WAY = 0  # not a level: from the first one to Meets


def boxes_of(scope: Scope, milestones: Collection[int]) -> dict[int, Box]:
    """{level: its stays}, 0 for the whole way to Meets; without those known of fewer than the smallest group.

    milestones: those whose sums may be shown here. One query.
    """
    rows = StayCount.objects.filter(school__in=scope.keys, milestone__in=[0, *milestones])
    found = rows.values_list("level").annotate(*(Sum(name) for name in COLUMNS)).order_by("level")
    return {level: box(level, counts) for level, *counts in found if sum(counts) >= scope.limit}


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
