"""Groups of shared gaps as time goes on: who has got there, who has the same gap now, and the group made anew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from interventions.gaps import Found, Person, find_gaps
from interventions.grouping import OPEN, open_plans
from interventions.models import SupportPlan
from interventions.models.plans import CASE
from learners.models import GroupPlace, Learner, LearnerGroup
from milestones.models import Milestone, MilestoneStatus
from status_engine import Level
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, NotFound

Kind, State = SupportPlan.Kind, SupportPlan.State


@dataclass(frozen=True, slots=True)
class Running:
    """A group that works on a milestone. there: members who have reached the goal since; others: who has the same gap
    now and is in no group for it."""

    group: LearnerGroup
    milestone: Milestone
    competency_id: int | None
    approach: str
    members: tuple[Person, ...]
    there: tuple[Person, ...]
    others: tuple[Person, ...]

    @property
    def may_be_renewed(self) -> bool:
        return bool(self.there or self.others)


def running_groups(actor: Actor, found: Found) -> list[Running]:
    """Groups of these sections with a running plan, those with news first. Four queries."""
    plans = SupportPlan.objects.visible_to(actor, CASE, "read").filter(
        kind=Kind.GROUP, state=State.RUNNING, group__is_active=True, group__section_id__in=found.section_ids
    )
    latest: dict[int, SupportPlan] = {}
    for plan in plans.select_related("group", "milestone").order_by("id"):
        if plan.group_id is not None:
            latest[plan.group_id] = plan
    members = _members(list(latest))
    people = {one.id for some in members.values() for one in some}
    reached = _reached({plan.milestone_id for plan in latest.values()}, people)
    groups = [_running(plan, members.get(key, ()), reached, found) for key, plan in latest.items()]
    return sorted(groups, key=lambda one: (not one.may_be_renewed, one.group.name, one.group.pk))


@transaction.atomic
def renew_group(actor: Actor, *, section_ids: Sequence[int], group_id: UUID) -> Running:
    """Those who got there leave the group and their plans are up for review; those with the same gap join with a plan
    each. Returns the group as it was found. Raises NotFound, and Conflict where nothing has changed since.

    Nobody's plan is closed by it: whether help is no longer needed, a person says.
    """
    reached = LearnerGroup.objects.visible_to(actor, CASE, OPEN).filter(public_id=group_id, is_active=True)
    list(LearnerGroup.objects.select_for_update().filter(pk__in=reached.values("pk")))
    found = find_gaps(actor, section_ids)
    now = next((one for one in running_groups(actor, found) if one.group.public_id == group_id), None)
    if now is None:
        raise NotFound
    if not now.may_be_renewed:
        raise Conflict(_("Somebody renewed this group already, or nothing has changed since."), code="renewed")
    gone = [one.id for one in now.there]
    GroupPlace.objects.filter(group=now.group, learner_id__in=gone).delete()
    SupportPlan.objects.filter(group=now.group, learner_id__in=gone, state=State.RUNNING).update(review_on=actor.today)
    joining = [one.id for one in now.others]
    new = list(Learner.objects.visible_to(actor, CASE, OPEN).filter(id__in=joining).order_by("id"))
    plans = open_plans(
        actor, group=now.group, learners=new, milestone=now.milestone, competency_id=now.competency_id,
        approach=now.approach,
    )  # fmt: skip
    places = [GroupPlace(group=now.group, learner_id=plan.learner_id) for plan in plans]
    GroupPlace.objects.bulk_create(places, ignore_conflicts=True)
    record_audit(actor, "group.renewed", target=now.group, detail={"left": len(gone), "joined": len(plans)})
    return now


def _members(group_ids: Collection[int]) -> dict[int, tuple[Person, ...]]:
    rows = GroupPlace.objects.filter(group_id__in=group_ids, learner__is_active=True)
    found: dict[int, tuple[Person, ...]] = {}
    for place in rows.select_related("learner", "group__section").order_by("learner__folded_name", "learner_id"):
        one, section = place.learner, place.group.section
        person = Person(one.pk, one.public_id, one.name, section.pk, section.title)
        found[place.group_id] = (*found.get(place.group_id, ()), person)
    return found


def _reached(milestones: Collection[int], learners: Collection[int]) -> set[tuple[int, int]]:
    rows = MilestoneStatus.objects.filter(milestone_id__in=milestones, learner_id__in=learners, level__gte=Level.MEETS)
    return set(rows.values_list("learner_id", "milestone_id"))


def _running(
    plan: SupportPlan, members: Sequence[Person], reached: Collection[tuple[int, int]], found: Found
) -> Running:
    group, milestone = plan.group, plan.milestone
    if group is None:
        raise NotFound
    inside = {one.id for one in members}
    same = found.with_gap(milestone.pk, plan.competency_id) if plan.competency_id is not None else ()
    return Running(
        group=group,
        milestone=milestone,
        competency_id=plan.competency_id,
        approach=plan.approach,
        members=tuple(members),
        there=tuple(one for one in members if (one.id, milestone.pk) in reached),
        others=tuple(one for one in same if one.id not in inside),
    )
