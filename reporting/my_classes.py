"""My classes: the sections of a teacher, or of an administrator's schools."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from learners.models import Enrolment, Section
from learners.reach import running
from milestones.models import MilestoneStatus, SectionMilestone
from tenancy.actor import Actor


@dataclass(frozen=True, slots=True)
class ClassCard:
    """A section with its size and the spread of its levels (learners × milestones per level 0…4)."""

    public_id: UUID
    title: str
    subject: str
    school: str
    learners: int
    milestones: int
    counts: tuple[int, ...]


def my_classes(actor: Actor) -> list[ClassCard]:
    """Two queries. Sections without milestones come last."""
    today = actor.today
    enrolled = Enrolment.objects.filter(running(today), section_id=OuterRef("pk"), is_withdrawn=False)
    planned = SectionMilestone.objects.filter(section_id=OuterRef("pk"), milestone__is_active=True)
    sections = list(
        Section.objects.visible_to(actor, "Class grid")
        .filter(is_active=True)
        .annotate(
            learner_count=Coalesce(Subquery(enrolled.values("section_id").annotate(n=Count("id")).values("n")), 0),
            milestone_count=Coalesce(Subquery(planned.values("section_id").annotate(n=Count("id")).values("n")), 0),
        )
        .order_by("title", "id")
        .values_list("id", "public_id", "title", "subjects", "school__name", "learner_count", "milestone_count")[:200]
    )
    tally = _tally([row[0] for row in sections], actor)
    cards = [_card(row, tally.get(row[0], {})) for row in sections]
    return sorted(cards, key=lambda card: not card.milestones)


def _tally(section_ids: list[int], actor: Actor) -> dict[int, dict[int, int]]:
    """{section: {level: learners × milestones}}; those not started have no row and are worked out by the caller."""
    enrolled = Q(learner__enrolments__section_id__in=section_ids, learner__enrolments__is_withdrawn=False)
    rows = (
        MilestoneStatus.objects.filter(enrolled, level__gt=0)
        .filter(
            milestone__section_milestones__section_id=Subquery(
                SectionMilestone.objects.filter(
                    milestone_id=OuterRef("milestone_id"), section_id=OuterRef("learner__enrolments__section_id")
                ).values("section_id")[:1]
            )
        )
        .values_list("learner__enrolments__section_id", "level")
        .annotate(n=Count("id", distinct=True))
    )
    tally: dict[int, dict[int, int]] = {}
    for section_id, level, n in rows:
        tally.setdefault(section_id, {})[level] = n
    return tally


def _card(row: tuple[int, UUID, str, str, str, int, int], tally: dict[int, int]) -> ClassCard:
    _, public_id, title, subject, school, learners, milestones = row
    started = sum(tally.values())
    none = max(learners * milestones - started, 0)
    counts = (none, *(tally.get(level, 0) for level in range(1, 5)))
    return ClassCard(public_id, title, subject, school, learners, milestones, counts)
