"""Something of the library for a learner or a group: given as work or offered, and what the learner chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.models import Resource, ResourceUse, SupportPlan
from interventions.models.library import GIVEN
from learners.models import Learner, LearnerGroup
from milestones.models import Milestone, MilestoneStatus
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, problem

GIVE, CHOOSE = (GIVEN, "give"), (GIVEN, "choose")
Way, Choice = ResourceUse.Way, ResourceUse.Choice
OPEN = ("", Choice.TAKEN)
# What a learner may choose after what: "not now" can be thought over, "done" is done.
MAY_FOLLOW: dict[str, tuple[str, ...]] = {
    "": (Choice.TAKEN, Choice.DECLINED, Choice.DONE),
    Choice.TAKEN: (Choice.DONE, Choice.DECLINED),
    Choice.DECLINED: (Choice.TAKEN,),
    Choice.DONE: (),
}


@dataclass(frozen=True, slots=True)
class Given:
    """given: to how many; had: how many had it already and were left out."""

    given: int
    had: int


@transaction.atomic
def give_resource(
    actor: Actor, *, resource_id: UUID | None, learner: Learner, milestone: Milestone, way: str,
    plan: SupportPlan | None = None,
) -> Given:  # fmt: skip
    """Raises Invalid, NotFound for a learner out of reach, Conflict where the learner has it already."""
    resource = _chosen(actor, resource_id, way)
    reached = Learner.objects.visible_to(actor, *GIVE).filter(pk=learner.pk)
    if not reached.exists():
        raise NotFound
    found = _give(actor, resource, [learner.pk], milestone, way, {learner.pk: plan.pk} if plan else {})
    if found.had:
        text = _("%(name)s has this already. Choose something else.") % {"name": learner.given_name}
        raise Conflict(text, code="given")
    return found


@transaction.atomic
def give_to_group(
    actor: Actor, *, resource_id: UUID | None, group: LearnerGroup, milestone: Milestone, way: str
) -> Given:
    """To all of the group who do not have it. Raises Invalid, NotFound where nobody of it is in reach."""
    resource = _chosen(actor, resource_id, way)
    learners = Learner.objects.visible_to(actor, *GIVE).filter(group_places__group=group, is_active=True)
    keys = list(learners.order_by("id").values_list("id", flat=True))
    if not keys:
        raise NotFound
    plans = SupportPlan.objects.filter(group=group, milestone=milestone, state=SupportPlan.State.RUNNING)
    return _give(actor, resource, keys, milestone, way, dict(plans.values_list("learner_id", "id")))


@transaction.atomic
def choose(actor: Actor, *, use_id: UUID, choice: str) -> ResourceUse:
    """The learner takes what was offered, says "not now", or has done it. Raises NotFound, Conflict."""
    reached = ResourceUse.objects.visible_to(actor, *CHOOSE).exclude(way=Way.TAUGHT).filter(public_id=use_id)
    use: ResourceUse | None = ResourceUse.objects.select_for_update().filter(pk__in=reached.values("pk")).first()
    if use is None:
        raise NotFound
    if choice != use.choice:
        is_work = use.way == Way.ASSIGNED  # work to do is done, not declined
        if choice not in MAY_FOLLOW[use.choice] or (is_work and choice == Choice.DECLINED):
            raise Conflict(_("This cannot be chosen any more. Look at the page again."), code="choice")
        use.choice, use.chosen_at = choice, timezone.now()
        use.save(update_fields=["choice", "chosen_at"])
        record_audit(actor, f"resource.{choice}", target=use)
    return use


def _chosen(actor: Actor, resource_id: UUID | None, way: str) -> Resource:
    if way not in (Way.ASSIGNED, Way.OFFERED):
        raise Invalid([problem("way", _("Choose whether it is work to do or an offer"))])
    found: Resource | None = Resource.objects.filter(public_id=resource_id, is_active=True).first()
    if found is None:
        raise Invalid([problem("resource", _("Choose something from the library"))])
    return found


def _give(
    actor: Actor, resource: Resource, keys: Sequence[int], milestone: Milestone, way: str, plans: dict[int, int]
) -> Given:
    """The learners are locked in the order of their keys: two teachers who give the same give it once."""
    list(Learner.objects.select_for_update(no_key=True).filter(id__in=keys).order_by("id"))
    same = ResourceUse.objects.filter(resource=resource, milestone=milestone, learner_id__in=keys, choice__in=OPEN)
    have = set(same.exclude(way=Way.TAUGHT).values_list("learner_id", flat=True))
    rows = MilestoneStatus.objects.filter(milestone=milestone, learner_id__in=keys)
    stands = {who: (level, since) for who, level, since in rows.values_list("learner_id", "level", "since")}
    uses = [
        ResourceUse(
            resource=resource, learner_id=key, milestone=milestone, plan_id=plans.get(key), way=way,
            level_then=stands.get(key, (0, None))[0], since_then=stands.get(key, (0, None))[1],
            given_by_id=actor.member_id,
        )
        for key in keys
        if key not in have
    ]  # fmt: skip
    ResourceUse.objects.bulk_create(uses)
    record_audit(actor, "resource.given", target=resource, detail={"learners": len(uses)})
    return Given(len(uses), len(have))
