"""Splitting a milestone into smaller ones, with its history kept.

The old milestone ends and stays readable. The new ones take its place in every plan, with its dates; their levels come
from the ledger, because evidence is about competencies: nothing that was shown is lost or asked for again. What was
met under an earlier bar goes with it (`milestones.split_keeps`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from competencies.book import policy_book
from learners.signals import places_changed
from milestones.bars import ROW, lock_levels
from milestones.criteria import Rows, judge_milestones
from milestones.day import to_microseconds
from milestones.judging import Circumstances
from milestones.models import (
    Criterion,
    LearnerTarget,
    Milestone,
    MilestoneAssignment,
    MilestoneStatus,
    MilestoneStep,
    SectionMilestone,
)
from milestones.plans import roll_up_existing
from milestones.split_keeps import Kept, keep_levels, kept_levels
from milestones.standards import RULES, Standards
from tenancy.access import can
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, problem

MOST_PARTS = 6
COPIED = (
    "competency_id", "required_level", "points", "is_required", "measure", "target", "is_at_most", "baseline", "period",
)  # fmt: skip
NEVER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Part:
    """One of the milestones to be: its title and the criteria (by key) that go to it. All of them have to be met."""

    title: str
    criteria: frozenset[int]


@dataclass(frozen=True, slots=True)
class Tried:
    """One part as it would be. `counts`: of the learners with a level on the milestone those at level 0 … 4.

    computed: {learner: level by the rule}; kept: {learner: what was met under an earlier bar}; `keep`: of how many it
    holds the level.
    """

    counts: tuple[int, ...]
    computed: dict[int, int]
    kept: dict[int, Kept]

    @property
    def keep(self) -> int:
        return sum(self.computed.get(learner, 0) < one.level for learner, one in self.kept.items())


def try_split(milestone: Milestone, parts: Sequence[Part]) -> list[Tried]:
    """Where the learners with a level on the milestone would stand on each part. Writes nothing."""
    learners = list(
        MilestoneStatus.objects.filter(milestone_id=milestone.pk).order_by("learner_id").values_list(
            "learner_id", flat=True
        )
    )  # fmt: skip
    standards = Standards.of(np.array([milestone.pk], np.int64))
    rows = Criterion.objects.filter(milestone_id=milestone.pk).order_by("position", "id")
    keys = dict(rows.values_list("id", "competency__public_id"))
    if not learners:
        return [Tried((0,) * 5, {}, {}) for _part in parts]
    book, circumstances = policy_book(), Circumstances()
    tried = []
    of_parts = [[str(public) for key, public in keys.items() if key in part.criteria] for part in parts]
    for part, kept in zip(parts, kept_levels(milestone, of_parts), strict=True):
        of_part = standards.rows(np.array([key in part.criteria for key in keys], np.bool_))
        of_part.rule[:] = RULES[Milestone.Rule.ALL.value]
        found = judge_milestones(_blank(learners, milestone.pk), of_part, book, circumstances, "milestone")
        computed = dict(zip(learners, found.level.tolist(), strict=True))
        levels = [max(level, kept[who].level if who in kept else 0) for who, level in computed.items()]
        tried.append(Tried(tuple(levels.count(level) for level in range(5)), computed, kept))
    return tried


def _blank(learners: Sequence[int], milestone_id: int) -> Rows:
    """Learners of whom nothing is known on a milestone yet."""

    def column(value: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.full(len(learners), value, np.int64)

    return Rows(
        id=np.arange(len(learners)), learner=np.array(learners, np.int64), milestone=column(milestone_id),
        level=column(0), computed=column(0), previous=column(0), set_level=column(-1), set_until=column(NEVER),
        met=column(0), flags=column(0), earned_at=column(-1), since=column(to_microseconds(timezone.now())),
    )  # fmt: skip


@transaction.atomic
def split_milestone(actor: Actor, *, milestone: Milestone, parts: Sequence[Part]) -> list[Milestone]:
    """End the milestone and put the parts in its place. Returns them.

    Raises NotFound out of reach, Invalid for parts without a title or criteria, Conflict when it has ended already.
    """
    if not can(actor, *ROW, milestone):
        raise NotFound
    old: Milestone = Milestone.objects.select_for_update(no_key=True).get(pk=milestone.pk)
    if not old.is_active:
        raise Conflict(_("This milestone has ended already. Look at what took its place."))
    criteria = {one.pk: one for one in Criterion.objects.filter(milestone_id=old.pk).order_by("position", "id")}
    problems = split_problems(parts, criteria)
    if problems:
        raise Invalid(problems)
    lock_levels(old)
    tried = try_split(old, parts)
    new = [_make(actor, old, part, criteria, n) for n, part in enumerate(parts)]
    _take_places(old, new)
    Milestone.objects.filter(pk=old.pk).update(is_active=False, ended_on=actor.today)
    places_changed.send(sender=Milestone, school_ids=None)
    kept = 0
    for one, as_tried in zip(new, tried, strict=True):
        kept += keep_levels(actor, one, as_tried.kept, as_tried.computed)
        roll_up_existing(one)
    record_audit(actor, "milestone.split", target=old, detail={"parts": len(new), "kept": kept})
    return new


def _make(actor: Actor, old: Milestone, part: Part, criteria: dict[int, Criterion], n: int) -> Milestone:
    letter = chr(ord("a") + n)
    made: Milestone = Milestone.objects.create(
        title=part.title.strip(), code=f"{old.code}{letter}"[:40] if old.code else "", description=old.description,
        kind=old.kind, framework_id=old.framework_id, section_id=old.section_id, heading=old.heading,
        rule=Milestone.Rule.ALL, horizon=old.horizon, split_from=old, learner_id=old.learner_id,
        proposal=old.proposal, made_by_id=actor.member_id,
    )  # fmt: skip
    Criterion.objects.bulk_create(
        [
            Criterion(milestone=made, position=position, **{name: getattr(one, name) for name in COPIED})
            for position, one in enumerate(one for key, one in criteria.items() if key in part.criteria)
        ]
    )
    return made


def _take_places(old: Milestone, new: Sequence[Milestone]) -> None:
    """In every plan the parts stand where the milestone stood, with its dates."""
    SectionMilestone.objects.bulk_create(
        [
            SectionMilestone(section_id=row.section_id, milestone=one, due_on=row.due_on, position=row.position)
            for row in SectionMilestone.objects.filter(milestone_id=old.pk)
            for one in new
        ]
    )
    MilestoneAssignment.objects.bulk_create(
        [
            MilestoneAssignment(
                milestone=one, school_id=row.school_id, grade=row.grade, group_id=row.group_id,
                learner_id=row.learner_id, due_on=row.due_on, given_by_id=row.given_by_id,
            )
            for row in MilestoneAssignment.objects.filter(milestone_id=old.pk)
            for one in new
        ]
    )  # fmt: skip
    LearnerTarget.objects.bulk_create(
        [
            LearnerTarget(learner_id=row.learner_id, milestone=one, due_on=row.due_on, reason=row.reason)
            for row in LearnerTarget.objects.filter(milestone_id=old.pk)
            for one in new
        ]
    )
    MilestoneStep.objects.bulk_create(
        [
            MilestoneStep(goal_id=row.goal_id, step=one, position=row.position)
            for row in MilestoneStep.objects.filter(step_id=old.pk)
            for one in new
        ]
    )


def split_problems(parts: Sequence[Part], criteria: Collection[int]) -> list[dict[str, str]]:
    """What is wrong with the parts, in the words of the form."""

    if not 2 <= len(parts) <= MOST_PARTS:
        text = _("A split makes 2 to %(most)d milestones. Enter a title for each of them")
        return [problem("parts", text % {"most": MOST_PARTS})]
    found = []
    for n, part in enumerate(parts, 1):
        if not part.title.strip():
            found.append(problem(f"title-{n}", _("Enter a title for milestone %(n)d") % {"n": n}))
        elif len(part.title) > 200:
            text = _("The title of milestone %(n)d has %(length)d characters. Shorten it to 200")
            found.append(problem(f"title-{n}", text % {"n": n, "length": len(part.title)}))
        if not part.criteria & set(criteria):
            text = _("Milestone %(n)d asks for nothing. Choose at least one criterion for it")
            found.append(problem(f"criteria-{n}", text % {"n": n}))
    left = set(criteria) - set().union(*(part.criteria for part in parts))
    if left:
        text = _("Every criterion has to go to one of the milestones. Place those that are left")
        found.append(problem("parts", text))
    return found
