"""What the pages of making and editing a milestone, and of a check-list, need."""

from collections.abc import Sequence
from uuid import UUID

from competencies.models import Competency
from learners.models import Section
from milestones.checklists import IDENTIFIER, Item
from milestones.models import Criterion, Milestone
from reporting.learner_page import LearnerMilestone
from reporting.planning.measures import Measures, measures
from reporting.planning.rights import MAKE
from tenancy.access import may_at_all
from tenancy.actor import Actor
from tenancy.errors import NotFound

VOID = ("Evidence", "correct (new version), void")


def measures_of(section: Section | None) -> Measures:
    """Competencies of the frameworks that the class works with, else of all, and the figures. Three queries."""
    used = Criterion.objects.filter(milestone__section_milestones__section=section, milestone__is_active=True)
    wanted = set(used.values_list("competency__framework_id", flat=True)) if section is not None else set()
    rows = Competency.objects.filter(is_draft=False, framework__state="active")
    rows = rows.exclude(framework__identifier_key=IDENTIFIER).filter(indicators=None)
    if wanted:
        rows = rows.filter(framework_id__in=wanted)
    return measures(list(rows.order_by("framework_id", "tree_order").values_list("id", flat=True)[:1000]))


def steps_of(section: Section | None, milestone: Milestone | None = None) -> list[Milestone]:
    """What may be a step: the plan of the class, or the curriculum's milestones. One query."""
    rows = Milestone.objects.filter(is_active=True, learner=None, horizon=Milestone.Horizon.SHORT)
    if section is not None:
        rows = rows.filter(section_milestones__section=section).order_by("section_milestones__position", "id")
    else:
        rows = rows.filter(section=None).order_by("heading", "code", "id")
    if milestone is not None:
        rows = rows.exclude(pk=milestone.pk)
    return list(rows[:200])


def own_milestone(actor: Actor, section: Section, public_id: UUID) -> Milestone:
    """A milestone made for this class that the actor may change. Raises NotFound."""
    rows = Milestone.objects.visible_to(actor, *MAKE).filter(section=section, is_active=True, learner=None)
    found: Milestone | None = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def curriculum_milestone(actor: Actor, public_id: UUID) -> Milestone:
    """A milestone of the curriculum that the actor may change. Raises NotFound."""
    rows = Milestone.objects.visible_to(actor, *MAKE).filter(section=None, is_active=True, learner=None)
    found: Milestone | None = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def item_of(items: Sequence[Item], public_id: UUID | None) -> Item:
    """Raises NotFound."""
    found = next((one for one in items if one.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


def may_untick(actor: Actor) -> bool:
    return may_at_all(actor, *VOID)


def has_checklist(page: LearnerMilestone) -> bool:
    """One query."""
    rows = Criterion.objects.filter(milestone__public_id=page.milestone_id)
    return bool(rows.filter(competency__framework__identifier_key=IDENTIFIER).exists())
