"""What learners had met under an earlier bar of a milestone goes with it when it is split.

The explanation frozen beside the kept level says which criteria were met then. A part whose criteria all were among
them keeps the level: Mastery where each of them was at Mastery, else Meets.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from milestones.criteria import open_levels, roll_up_milestone_pairs
from milestones.models import LevelOverride, Milestone, MilestoneStatus
from status_engine import LEVEL_NAMES, Level, level_from_name
from tenancy.actor import Actor

BATCH = 1_000
MET_BY = int(Level.MEETS)


@dataclass(frozen=True, slots=True)
class Kept:
    """The level that a learner keeps on a part, for which reason, and the explanation that it rests on."""

    level: int
    reason: str
    explanation: dict[str, Any]


def kept_levels(milestone: Milestone, parts: Sequence[Collection[str]]) -> list[dict[int, Kept]]:
    """{learner: what is kept} for each part, a part being the public ids of its competencies. One query.

    A bar may have been moved more than once: met under any of the bars is met.
    """
    rows = LevelOverride.objects.filter(milestone_id=milestone.pk, kind=LevelOverride.Kind.EARLIER_BAR)
    of_learner: dict[int, list[LevelOverride]] = defaultdict(list)
    for row in rows.prefetch_related("ends").order_by("id"):
        of_learner[row.learner_id].append(row)
    found: list[dict[int, Kept]] = [{} for _part in parts]
    for learner, known in of_learner.items():
        if known[-1].ends.all():  # a teacher let the new goal decide, or it was set anew
            continue
        for n, part in enumerate(parts):
            if (kept := _kept(known, set(part))) is not None:
                found[n][learner] = kept
    return found


def _kept(known: Sequence[LevelOverride], competencies: set[str]) -> Kept | None:
    standing = known[-1]
    for row in reversed(known):
        levels = _met(row.explanation)
        if competencies <= levels.keys():
            at_mastery = all(levels[key] == Level.MASTERY for key in competencies)
            level = Level.MASTERY if at_mastery and standing.level == Level.MASTERY else Level.MEETS
            return Kept(int(level), standing.reason, row.explanation)
    return None


def _met(explanation: Mapping[str, Any]) -> dict[str, int]:
    """{competency: its level} of the criteria that were met."""
    of_all = explanation["rule"] == Milestone.Rule.ALL and level_from_name(explanation["computed_level"]) >= MET_BY
    levels = {
        one["competency"]: (int(level_from_name(one["level"])), int(level_from_name(one["required_level"])))
        for one in explanation["criteria"]
    }
    return {key: level for key, (level, required) in levels.items() if of_all or level >= required}


def keep_levels(actor: Actor, part: Milestone, kept: Mapping[int, Kept], computed: Mapping[int, int]) -> int:
    """Write what is kept on a part, for those who would be below it. `computed`: {learner: level by the new rule}.

    Returns for how many.
    """
    wanted = {learner: one for learner, one in kept.items() if computed.get(learner, 0) < one.level}
    if not wanted:
        return 0
    pairs = [(learner, part.pk) for learner in sorted(wanted)]
    open_levels(pairs)
    LevelOverride.objects.bulk_create(
        [
            LevelOverride(
                learner_id=learner, milestone=part, kind=LevelOverride.Kind.EARLIER_BAR, level=one.level,
                computed_level=computed.get(learner, 0), reason=one.reason, set_by_id=actor.member_id,
                explanation={**one.explanation, "level": LEVEL_NAMES[one.level]},
            )
            for learner, one in sorted(wanted.items())
        ],
        batch_size=BATCH,
    )  # fmt: skip
    for level in sorted({one.level for one in wanted.values()}):
        learners = [learner for learner, one in wanted.items() if one.level == level]
        rows = MilestoneStatus.objects.filter(milestone_id=part.pk, learner_id__in=learners)
        rows.update(set_level=level, set_until=None)
    roll_up_milestone_pairs(pairs, "milestone")
    return len(wanted)
