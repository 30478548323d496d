"""Which groups of learners may be shown: the one place where it is decided, for pages, files, charts and the API.

What is published is made of *units*, each of at least `limit` learners on one milestone, and every published figure is
a sum of whole units. So no arithmetic over anything that is published, on one page or on many, says anything about
fewer learners than a unit holds. The units are made from the bottom up, for each milestone by itself:

1. in a school, grades under the limit are hidden; while what is hidden there is under the limit, the next smallest
   grade is hidden too. What is hidden is one unit of its school: in the school's sum, but not shown by itself.
2. the same among the schools of the tenant. Of a hidden school no grade is shown.
3. sums that cut across (a grade over all schools, all milestones of a topic) are sums of what is shown, not of what
   there is: a total that held the hidden would give it away.

Shares near 0 and 100 % of groups under 40 are said as "5 % or less" and "95 % or more".
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
CAP_BELOW, LOW, HIGH = 40, 5, 95


@dataclass(frozen=True, eq=False)
class Shown:
    """What may be shown: cells one by one; (topic, school) pairs, whose number `pair` gives each cell; topics.

    pair_topic, pair_school: what a pair is made of; `topics` in ascending order.
    """

    cell: Bools
    pair: Ints
    pair_topic: Ints
    pair_school: Ints
    of_pair: Bools
    topics: Ints
    of_topic: Bools


def hide(group: Ints, size: Ints, limit: int) -> Bools:
    """Which members of each group are hidden: the small ones and, while they are few together, the next smallest."""
    hidden = np.zeros(len(group), np.bool_)
    if not len(group):
        return hidden
    order = np.lexsort((np.arange(len(group)), size, group))
    of, much = group[order], size[order]
    small = much < limit
    first = np.concatenate(([True], of[1:] != of[:-1]))
    number = np.cumsum(first) - 1
    together = np.bincount(number, np.where(small, much, 0))
    has_small = np.bincount(number, small) > 0
    # The small ones stand first in their group; whoever follows the last of them, or nobody, fills the unit up.
    place = np.arange(len(of)) - np.flatnonzero(first)[number]
    is_next = place == np.bincount(number, small)[number]
    hidden[order] = small | (is_next & (has_small & (together < limit))[number])
    return hidden


def decide(topic: Ints, school: Ints, size: Ints, limit: int) -> Shown:
    """For cells of one grade of a school on a topic (a milestone): what may be shown of it. size: learners, over 0."""
    keys, pair = np.unique(np.stack((topic, school)), axis=1, return_inverse=True)
    pair = pair.reshape(-1).astype(np.int64)
    of_school = np.bincount(pair, size, minlength=keys.shape[1]).astype(np.int64)
    of_pair = ~hide(keys[0], of_school, limit)
    topics, number = np.unique(keys[0], return_inverse=True)
    of_topic = np.bincount(number, of_school, minlength=len(topics)) >= limit
    cell = ~hide(pair, size, limit) & of_pair[pair] if len(size) else np.zeros(0, np.bool_)
    return Shown(cell, pair, keys[0], keys[1], of_pair, topics, of_topic)


def cap(learners: int, percent: int) -> str:
    """low or high where a share must not be said more precisely, else nothing."""
    if learners >= CAP_BELOW:
        return ""
    if percent <= LOW:
        return "low"
    return "high" if percent >= HIGH else ""
