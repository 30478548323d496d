"""Personal milestones on pages: of one learner, and those of a class that wait for an answer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from learners.classes import learners_of
from learners.models import Learner, Section
from milestones.assigned import sections_of
from milestones.models import PERSONAL, Criterion, LearnerTarget, Milestone, MilestoneStatus, Release, SectionMilestone
from reporting.learner_page import LearnerMilestone
from reporting.planning.making_page import has_checklist
from reporting.planning.measures import Measures, figures_by_competency, in_words, measures, value_of
from reporting.planning.on_the_way import pace_words, steps_of
from reporting.planning.rights import proposals_of
from reporting.retired_words import gone_of
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.models import Tenant
from tenancy.selectors import member_names

READABLE_FOR = timedelta(days=60)  # how long a "not now" stays on the pages


@dataclass(frozen=True, slots=True)
class OwnGoal:
    """`shows`: what will show it, in words; `level`: None where the reader may not see one yet."""

    public_id: UUID
    learner_id: UUID
    learner_name: str
    title: str
    why: str
    kind: str
    shows: tuple[str, ...]
    due_on: date | None
    proposal: str
    proposed_at: datetime | None
    answered_by: str
    answer: str
    level: int | None

    @property
    def is_waiting(self) -> bool:
        return self.proposal == Milestone.Proposal.PROPOSED

    @property
    def is_confirmed(self) -> bool:
        return self.proposal == Milestone.Proposal.CONFIRMED


def own_goals(actor: Actor, learner_id: int, *, is_staff: bool) -> list[OwnGoal]:
    """The learner's personal milestones that the actor may read. Six queries.

    Staff see the level as it is, learners and families as it was released.
    """
    return own_goals_of(actor, [learner_id], is_staff=is_staff)


def own_goals_of(actor: Actor, learner_ids: Collection[int], *, is_staff: bool) -> list[OwnGoal]:
    """The same of several learners, in one list: `learner_id` says whose it is. As many queries as for one."""
    recent = Q(answered_at=None) | ~Q(proposal="declined") | Q(answered_at__gte=timezone.now() - READABLE_FOR)
    rows = Milestone.objects.visible_to(actor, PERSONAL).filter(recent, learner_id__in=learner_ids, ended_on=None)
    found = list(rows.select_related("learner").order_by("-proposed_at", "-id"))
    keys = [one.pk for one in found]
    if is_staff:
        levels = MilestoneStatus.objects.filter(milestone_id__in=keys).values_list("milestone_id", "level")
    else:
        released = Release.objects.visible_to(actor, "Current level").filter(milestone_id__in=keys)
        levels = released.values_list("milestone_id", "level")
    return _goals(found, dict(levels), level_if_unknown=0 if is_staff else None)


def beside(actor: Actor, tenant: Tenant, page: LearnerMilestone) -> dict[str, object]:
    """What stands beside the learner's page of today: own goals, pace, steps, whether there is a list to tick.

    A fixed number of queries, fourteen at most. A past day is about what was shown then.
    """
    if page.moment is not None:
        return {"goals": [], "has_checklist": False}
    return {
        "goals": own_goals(actor, page.learner_pk, is_staff=True), "has_checklist": has_checklist(page),
        "pace": pace_words(page, tenant, actor.today), "steps": steps_of(page, actor.today),
        "gone": gone_of(page.milestone_pk, page.ended_on),
    }  # fmt: skip


def waiting_goals(actor: Actor, section: Section) -> list[OwnGoal]:
    """What learners of the class have proposed, longest waiting first. Six queries."""
    ids = [one.pk for one in learners_of(section.pk, actor.today)]
    rows = proposals_of(actor, ids).select_related("learner").order_by("proposed_at", "id")
    return _goals(list(rows), {}, level_if_unknown=None)


def waiting_goal(actor: Actor, section: Section, milestone_id: UUID) -> Milestone:
    """One of them. Raises NotFound."""
    ids = [one.pk for one in learners_of(section.pk, actor.today)]
    found = proposals_of(actor, ids).filter(public_id=milestone_id).select_related("learner").first()
    if found is None:
        raise NotFound
    return found


def measures_for(learner: Learner, actor: Actor, milestone: Milestone | None = None) -> Measures:
    """What the learner's classes work towards, and the figures; with what the goal asks for already."""
    planned = SectionMilestone.objects.filter(section_id__in=sections_of([learner.pk], actor.today))
    asked = Criterion.objects.filter(milestone_id__in=planned.values("milestone_id"), milestone__is_active=True)
    keep = milestone.criteria.values_list("competency_id", flat=True) if milestone is not None else ()
    return measures(list(asked.order_by().values_list("competency_id", flat=True).distinct()), keep=list(keep))


def first_values(milestone: Milestone) -> dict[str, object]:
    """The form as the learner filled it in."""
    criterion = milestone.criteria.select_related("competency").first()
    figures = figures_by_competency([criterion.competency_id] if criterion else [])
    target = LearnerTarget.objects.filter(learner_id=milestone.learner_id, milestone_id=milestone.pk).first()
    return {
        "title": milestone.title, "why": milestone.description, "kind": milestone.kind,
        "measure": value_of(criterion, figures), "level": criterion.required_level if criterion else 3,
        "target": None if criterion is None or criterion.target is None else f"{criterion.target.normalize():f}",
        "due_on": target.due_on if target else None,
    }  # fmt: skip


def _goals(found: Sequence[Milestone], levels: dict[int, int], *, level_if_unknown: int | None) -> list[OwnGoal]:
    keys = [one.pk for one in found]
    shows = shown_by(keys)
    dates = LearnerTarget.objects.filter(milestone_id__in=keys).values_list("learner_id", "milestone_id", "due_on")
    due = {(learner, milestone): day for learner, milestone, day in dates}
    names = member_names(one.answered_by_id for one in found)
    return [
        OwnGoal(
            public_id=one.public_id, learner_id=one.learner.public_id, learner_name=one.learner.name, title=one.title,
            why=one.description, kind=one.get_kind_display(), shows=shows.get(one.pk, ()),
            due_on=due.get((one.learner_id, one.pk)), proposal=one.proposal, proposed_at=one.proposed_at,
            answered_by=names.get(one.answered_by_id, ""), answer=one.answer,
            level=levels.get(one.pk, level_if_unknown) if one.proposal == "confirmed" else None,
        )
        for one in found
        if one.learner is not None and one.learner_id is not None
    ]  # fmt: skip


def shown_by(milestone_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """{milestone: what shows it, in words}. Two queries."""
    rows = list(
        Criterion.objects.filter(milestone_id__in=list(milestone_ids))
        .select_related("competency")
        .order_by("milestone_id", "position", "id")
    )
    figures = figures_by_competency([one.competency_id for one in rows])
    found: dict[int, tuple[str, ...]] = {}
    for one in rows:
        found[one.milestone_id] = (*found.get(one.milestone_id, ()), in_words(one, figures))
    return found
