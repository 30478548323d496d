"""Listens to levels and plans: what moved is marked in the same transaction, and counted by the worker."""

from collections.abc import Collection
from typing import Any

import numpy as np
from django.dispatch import receiver

from learners.signals import dimension_dropped, places_changed
from milestones import bulk
from milestones.staging import Write
from reporting.models import GroupCount
from reporting.summaries.keeping import mark_schools, mark_whole

MARK = """
INSERT INTO reporting_countmark (tenant_id, learner, milestone, school, at)
SELECT %(tenant)s, u.marked, u.moved, 0, clock_timestamp() FROM {source}
"""


def mark_moves(moves: bulk.Changes) -> Write:
    """Learners and milestones of these moves. A mark may stand there twice: nobody waits for anybody to write it."""
    chosen = moves.milestone >= 0
    pairs = np.unique(np.stack((moves.learner[chosen], moves.milestone[chosen])), axis=1)
    return Write(MARK, "count_mark_staging", {"marked": pairs[0].copy(), "moved": pairs[1].copy()})


@receiver(places_changed)
def mark_places(sender: Any, school_ids: Collection[int] | None, **_: Any) -> None:
    if school_ids is None:
        mark_whole()
    else:
        mark_schools(school_ids)


@receiver(dimension_dropped)
def forget_groups(sender: Any, dimension: str, **_: Any) -> None:
    GroupCount.objects.filter(dimension=dimension).delete()


if mark_moves not in bulk.followers:
    bulk.followers.append(mark_moves)
