"""Whom and what a staff page is about: looked up through what the actor may see. Raises NotFound for anything else."""

from uuid import UUID

from django.db.models import Q

from learners.models import Learner, Section
from milestones.models import Milestone
from tenancy.actor import Actor
from tenancy.errors import NotFound


def visible_learner(actor: Actor, public_id: UUID, resource: str, action: str) -> Learner:
    """The learner, if the actor may do it for them. Raises NotFound."""
    learner: Learner | None = Learner.objects.visible_to(actor, resource, action).filter(public_id=public_id).first()
    if learner is None:
        raise NotFound
    return learner


def visible_section(actor: Actor, public_id: UUID, resource: str, action: str = "read") -> Section:
    """The section, if the actor may do it there. Raises NotFound."""
    found = Section.objects.visible_to(actor, resource, action).select_related("school").filter(public_id=public_id)
    section: Section | None = found.first()
    if section is None:
        raise NotFound
    return section


def published_milestone(actor: Actor, public_id: UUID, learner: Learner, *, or_ended: bool = False) -> Milestone:
    """A milestone that this learner may work towards and the actor may see: never somebody else's personal one.

    `or_ended`: also one that was split or retired, for reading its history. Raises NotFound.
    """
    in_use = Q(is_active=True) | Q(ended_on__isnull=False) if or_ended else Q(is_active=True)
    rows = Milestone.objects.visible_to(actor).filter(in_use, Q(learner=None) | Q(learner_id=learner.pk))
    milestone: Milestone | None = rows.filter(public_id=public_id).first()
    if milestone is None:
        raise NotFound
    return milestone


def section_of(
    actor: Actor, learner: Learner, wanted: UUID | None, milestone: Milestone | None = None
) -> Section | None:
    """The section through which the page is seen: the one asked for, else any of the learner's that the actor sees."""
    rows = Section.objects.visible_to(actor, "Section", "read").filter(enrolments__learner_id=learner.pk)
    if milestone is not None:
        rows = rows.filter(section_milestones__milestone_id=milestone.pk)
    ordered = sorted(rows.distinct(), key=lambda section: (section.public_id != wanted, section.pk))
    return ordered[0] if ordered else None
