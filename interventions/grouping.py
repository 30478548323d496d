"""A group from a shared gap, in one step: the group, a running plan for each learner, and the lesson it begins with."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from competencies.models import Competency
from interventions.gaps import Gap, shared_gaps
from interventions.models import ResourceUse, SupportPlan
from interventions.models.plans import CASE
from learners.groups import save_group
from learners.models import Learner, LearnerGroup, Section
from milestones.models import Milestone, MilestoneStatus
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import NotFound

OPEN = "open, assign, update, close"
REVIEW_AFTER = timedelta(days=14)
LONGEST_APPROACH = 120


@transaction.atomic
def make_group_of_gap(
    actor: Actor, *, section_ids: Sequence[int], milestone: UUID, competency: UUID, learners: Sequence[UUID]
) -> LearnerGroup:
    """Make the group of those who share the gap now. Raises NotFound where fewer than one of them still does.

    learners: who was shown; who has moved on since, or is out of reach, is left out.
    """
    gap = next(
        (one for one in shared_gaps(actor, section_ids) if (one.milestone, one.competency) == (milestone, competency)),
        None,
    )
    wanted = {person.id: person for person in gap.people if person.public_id in set(learners)} if gap else {}
    reached = list(Learner.objects.visible_to(actor, CASE, OPEN).filter(id__in=list(wanted)).order_by("id"))
    if gap is None or not reached:
        raise NotFound
    section = _most_of(wanted[one.pk].section for one in reached)
    group = save_group(actor, section=section, name=_name(gap, section, actor), learners=reached)
    _begin(actor, gap, group, reached)
    record_audit(actor, "group.made_of_gap", target=group, detail={"learners": len(reached)})
    return group


def _most_of(sections: Iterable[int]) -> Section:
    key, _count = Counter(sections).most_common(1)[0]
    found: Section = Section.objects.get(pk=key)
    return found


def _name(gap: Gap, section: Section, actor: Actor) -> str:
    """Short and new: what it is about, and the day."""
    day = date_format(actor.today, "j M")
    name = f"{gap.label[:60]}, {day}"
    used = set(LearnerGroup.objects.filter(section=section, name__startswith=name).values_list("name", flat=True))
    return next(one for n in range(1, len(used) + 2) if (one := name if n == 1 else f"{name} ({n})") not in used)


def _begin(actor: Actor, gap: Gap, group: LearnerGroup, learners: Sequence[Learner]) -> None:
    milestone = Milestone.objects.get(public_id=gap.milestone)
    competency = Competency.objects.get(public_id=gap.competency)
    approach = (gap.lesson.title if gap.lesson else _("Small group: %(gap)s") % {"gap": gap.label})[:LONGEST_APPROACH]
    plans = open_plans(
        actor, group=group, learners=learners, milestone=milestone, competency_id=competency.pk, approach=approach
    )
    if gap.lesson is not None:
        ResourceUse.objects.bulk_create(
            ResourceUse(
                resource=gap.lesson, learner_id=plan.learner_id, milestone=milestone, plan=plan,
                way=ResourceUse.Way.TAUGHT, level_then=plan.level_then, since_then=plan.since_then,
                given_by_id=actor.member_id,
            )
            for plan in plans
        )  # fmt: skip


def open_plans(
    actor: Actor, *, group: LearnerGroup, learners: Sequence[Learner], milestone: Milestone, competency_id: int | None,
    approach: str,
) -> list[SupportPlan]:  # fmt: skip
    """A running plan of the group for each of these learners who has none, in the caller's transaction.

    The learners are locked in the order of their keys: of two teachers who take the same one, one does.
    """
    keys = [one.pk for one in learners]
    list(Learner.objects.select_for_update(no_key=True).filter(id__in=keys).order_by("id"))
    group_plans = SupportPlan.objects.filter(milestone=milestone, kind=SupportPlan.Kind.GROUP, learner_id__in=keys)
    taken = set(group_plans.filter(state=SupportPlan.State.RUNNING).values_list("learner_id", flat=True))
    rows = MilestoneStatus.objects.filter(milestone=milestone, learner_id__in=keys)
    stands = {who: (level, since) for who, level, since in rows.values_list("learner_id", "level", "since")}
    # What a rule proposed becomes this plan: of each kind one is open at a time.
    group_plans.filter(state=SupportPlan.State.PROPOSED).delete()
    now = timezone.now()
    plans = [
        SupportPlan(
            learner=one, milestone=milestone, section_id=group.section_id, group=group, competency_id=competency_id,
            kind=SupportPlan.Kind.GROUP, state=SupportPlan.State.RUNNING, approach=approach, owner_id=actor.member_id,
            review_on=actor.today + REVIEW_AFTER, level_then=stands.get(one.pk, (0, None))[0],
            since_then=stands.get(one.pk, (0, None))[1], proposed_by_id=actor.member_id, started_at=now,
        )
        for one in learners
        if one.pk not in taken
    ]  # fmt: skip
    made: list[SupportPlan] = SupportPlan.objects.bulk_create(plans)
    return made
