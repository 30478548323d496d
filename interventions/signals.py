"""Listens to levels: whoever's level on a milestone moved is looked at again, and that is written with the move.

Puts the number of unread messages beside the member that each page reads.
"""

import numpy as np

from interventions.reading import unread_beside
from milestones import bulk
from milestones.staging import Write
from tenancy.live import tell_boards
from tenancy.selectors import beside_member

MARK = """
INSERT INTO interventions_alertmark (tenant_id, learner_id, at)
SELECT %(tenant)s, u.marked, clock_timestamp() FROM {source}
"""


def mark_learners(moves: bulk.Changes) -> Write:
    """The learners of these moves on milestones, to be looked at; open boards hear of it after the commit.

    A killed worker leaves the mark.
    """
    learners = np.unique(moves.learner[moves.milestone >= 0])
    tell_boards(learners)
    return Write(MARK, "alert_mark_staging", {"marked": learners})


if mark_learners not in bulk.followers:
    bulk.followers.append(mark_learners)

beside_member["unread"] = unread_beside
