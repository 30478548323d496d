"""Which groups of learners may be shown: the one place where it is decided, for pages, files, charts and the API.

What is published is made of *units*, each of at least `limit` learners on one milestone, and every published figure is
a sum of whole units. So no arithmetic over anything that is published, on one page or on many, says anything about
fewer learners than a unit holds. The units are made from the bottom up, for each milestone by itself:

1. in a school, grades under the limit are hidden; while what is hidden there is under the limit, the next smallest
   grade is hidden too. What is hidden is one unit of its school: in the school's sum, but not shown by itself.
2. the same among the schools of the tenant. Of a hidden school no grade is shown.
3. sums that cut across (a grade over all schools, all milestones of a topic) are sums of what is shown, not of what
   there is: a total that held the hidden would give it away.

4. groups that cross one another (sex, ethnicity …) in one school: first as in 1, for each kind of group by itself. Then
   two groups of a kind hold together where at least `limit` learners of each sit side by side, one for one: in the same
   class and grade, and alike in every other kind. What does not hold together with the rest of its kind is hidden.
   Why that is enough: take any sum of published figures. Where it treats two such groups differently, it holds at least
   one of each such two, so `limit` learners; where it treats all of them alike, it is made of 1 to 3 alone.

Shares near 0 and 100 % of groups under 40 are said as "5 % or less" and "95 % or more".
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
CAP_BELOW, LOW, HIGH = 40, 5, 95
HIDDEN = -1


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


def groups_shown(stratum: Ints, groups: Ints, size: Ints, limit: int) -> list[Ints]:
    """For learners of one school on one milestone: the groups of each kind that may be shown.

    stratum[n, *]: grade and classes; groups[n, k]: the group of each kind; size: learners who are alike in all of it.
    """
    blocks = np.empty_like(groups)
    for kind in range(groups.shape[1]):
        codes, number = np.unique(groups[:, kind], return_inverse=True)
        number = number.reshape(-1)
        sizes = np.bincount(number, size).astype(np.int64)
        hidden = hide(np.zeros(len(codes), np.int64), sizes, limit)
        blocks[:, kind] = np.where(hidden, HIDDEN, codes)[number]
    for kind in reversed(range(groups.shape[1])):  # so that the first ones are the last to be hidden
        _hold_together(blocks, kind, stratum, size, limit)
    return [np.unique(groups[blocks[:, kind] != HIDDEN, kind]) for kind in range(groups.shape[1])]


def _hold_together(blocks: Ints, kind: int, stratum: Ints, size: Ints, limit: int) -> None:
    """Hide groups of the kind, in place, until all that is left, and what is hidden, hold together."""
    others = np.column_stack((stratum, np.delete(blocks, kind, axis=1)))
    alike = np.unique(others, axis=0, return_inverse=True)[1].reshape(-1)
    while True:
        codes, number = np.unique(blocks[:, kind], return_inverse=True)
        table = np.zeros((int(alike.max()) + 1, len(codes)), np.int64)
        np.add.at(table, (alike, number.reshape(-1)), size)
        holds = np.stack([np.minimum(table, table[:, [n]]).sum(axis=0) for n in range(len(codes))]) >= limit
        sizes = table.sum(axis=0)
        inside = _reached(holds, int(sizes.argmax()))
        if inside.all():
            return
        loose = ~inside & (codes != HIDDEN)
        if not loose.any():
            kept = np.flatnonzero(inside & (codes != HIDDEN))
            loose[kept[sizes[kept].argmin()]] = True
        blocks[np.isin(blocks[:, kind], codes[loose]), kind] = HIDDEN


def _reached(holds: Bools, start: int) -> Bools:
    """What hangs together with the first."""
    inside = np.zeros(len(holds), np.bool_)
    inside[start] = True
    while True:
        wider = inside | holds[inside].any(axis=0)
        if (wider == inside).all():
            return inside
        inside = wider


def cap(learners: int, percent: int) -> str:
    """low or high where a share must not be said more precisely, else nothing."""
    if learners >= CAP_BELOW:
        return ""
    if percent <= LOW:
        return "low"
    return "high" if percent >= HIGH else ""
