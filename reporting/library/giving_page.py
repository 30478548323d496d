"""What can be given to a learner or a group, and what was given: for staff, the learner and the family."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from interventions.fitting import fitting
from interventions.giving import GIVE, OPEN, Choice, Way
from interventions.models import Resource, ResourceUse, SupportPlan
from interventions.models.library import GIVEN
from interventions.models.plans import CASE
from learners.models import Learner, LearnerGroup
from milestones.models import Milestone, MilestoneStatus
from reporting.reach import published_milestone, visible_learner
from status_engine import Level
from tenancy.actor import Actor
from tenancy.errors import NotFound

READ = (GIVEN, "read")
SHOWN_FOR = timedelta(days=30)  # how long something that is done stays on the pages of learner and family
MOST = 12


@dataclass(frozen=True, slots=True)
class ToOne:
    """Whom the page is for, with the plan from which it was opened, if any."""

    learner: Learner
    milestone: Milestone
    plan: SupportPlan | None
    level: int


@dataclass(frozen=True, slots=True)
class ToGroup:
    group: LearnerGroup
    milestone: Milestone
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """had: those of the resources that were given for this milestone already."""

    resources: tuple[Resource, ...]
    had: frozenset[int]
    is_offer: bool


def to_one(actor: Actor, learner_id: UUID, milestone_id: UUID, plan_id: UUID | None) -> ToOne:
    """Raises NotFound for anybody out of reach, and for a plan of somebody else."""
    learner = visible_learner(actor, learner_id, *GIVE)
    milestone = published_milestone(actor, milestone_id, learner)
    plan = None
    if plan_id is not None:
        plans = SupportPlan.objects.visible_to(actor, CASE, "read").filter(learner=learner, milestone=milestone)
        plan = plans.filter(public_id=plan_id).first()
        if plan is None:
            raise NotFound
    status = MilestoneStatus.objects.filter(learner=learner, milestone=milestone).first()
    return ToOne(learner, milestone, plan, status.level if status else 0)


def to_group(actor: Actor, group_id: UUID) -> ToGroup:
    """A group that works on a milestone: one that was made from a gap. Raises NotFound for any other."""
    groups = LearnerGroup.objects.visible_to(actor, *GIVE).filter(public_id=group_id, is_active=True)
    group = groups.first()
    plan = group.support_plans.select_related("milestone").order_by("-id").first() if group else None
    if group is None or plan is None:
        raise NotFound
    people = Learner.objects.visible_to(actor, *GIVE).filter(group_places__group=group, is_active=True)
    names = tuple(one.name for one in people.order_by("folded_name", "id"))
    return ToGroup(group, plan.milestone, names)


def choices_for(milestone: Milestone, learner: Learner | None, level: int | None, text: str, kind: str) -> Choices:
    found = fitting(milestone.pk, level, text, [kind] if kind else [])
    had: set[int] = set()
    if learner is not None:
        uses = ResourceUse.objects.filter(learner=learner, milestone=milestone, choice__in=OPEN)
        had = set(uses.values_list("resource_id", flat=True))
    is_offer = level == Level.MASTERY or kind == Resource.Kind.EXTENSION
    return Choices(tuple(found), frozenset(had), is_offer)


def given_to(actor: Actor, learner_id: int, milestone_ids: Collection[int] | None = None) -> list[ResourceUse]:
    """What a learner was given or offered, the newest first, without what was taught with. One query."""
    rows = ResourceUse.objects.visible_to(actor, *READ).filter(learner_id=learner_id).exclude(way=Way.TAUGHT)
    if milestone_ids is not None:
        rows = rows.filter(milestone_id__in=milestone_ids)
    return list(rows.select_related("resource", "milestone").order_by("-given_at", "-id")[: MOST * 2])


def to_do(actor: Actor, learner_id: int) -> list[ResourceUse]:
    """For the learner's own page: what waits for a choice or is under way. One query."""
    rows = _of(actor, learner_id).filter(choice__in=OPEN)
    return list(rows.select_related("resource", "milestone").order_by("given_at", "id")[:MOST])


def seen_at_home(actor: Actor, learner_id: int) -> list[ResourceUse]:
    """For the family: what is under way and what was done lately; an offer the child left is the child's own. One
    query."""
    lately = Q(choice=Choice.DONE, chosen_at__gte=timezone.now() - SHOWN_FOR)
    rows = _of(actor, learner_id).filter(Q(choice__in=OPEN) | lately)
    return list(rows.select_related("resource", "milestone").order_by("-given_at", "-id")[:MOST])


def _of(actor: Actor, learner_id: int) -> Any:
    return ResourceUse.objects.visible_to(actor, *READ).filter(learner_id=learner_id).exclude(way=Way.TAUGHT)
