"""What the add-evidence form needs: the milestone's competencies and the words of the scale."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from assessments.models import Evidence, standing
from competencies.book import policy_book
from competencies.models import PolicyVersion, Rating
from competencies.statements import label
from milestones.models import Criterion
from reporting.forms import EvidenceForm
from reporting.reach import published_milestone, section_of, visible_learner
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.models import Tenant
from tenancy.selectors import zone as time_zone


@dataclass(frozen=True, slots=True)
class EvidencePage:
    learner_pk: int
    learner_id: UUID
    learner_name: str
    milestone_id: UUID
    milestone_title: str
    milestone_code: str
    section_id: UUID | None
    section_title: str
    competencies: list[tuple[int, str]]
    ratings: list[tuple[Decimal, str]]
    possible: Decimal

    def zone(self, tenant: Tenant) -> ZoneInfo:
        return time_zone(tenant.time_zone)


def evidence_page(actor: Actor, learner_id: UUID, milestone_id: UUID, section_id: UUID | None) -> EvidencePage:
    """Raises NotFound where the actor may not add evidence for the learner."""
    learner = visible_learner(actor, learner_id, "Evidence", "create")
    milestone = published_milestone(actor, milestone_id, learner)
    section = section_of(actor, learner, section_id, milestone)
    criteria = Criterion.objects.filter(milestone_id=milestone.pk).order_by("position", "id")
    rows = list(
        criteria.values_list(
            "competency_id",
            "competency__code",
            "competency__short_statement",
            "competency__statement",
            "competency__framework_id",
        )
    )
    if not rows:
        raise NotFound
    nearest = policy_book().nearest(competency=rows[0][0], framework=rows[0][4], school=learner.home_school_id)
    version = PolicyVersion.objects.select_related("scale").get(pk=nearest.version_id)
    ratings = list(Rating.objects.filter(scale_id=version.scale_id).order_by("points").values_list("points", "word"))
    return EvidencePage(
        learner_pk=learner.pk,
        learner_id=learner.public_id,
        learner_name=learner.name,
        milestone_id=milestone.public_id,
        milestone_title=milestone.title,
        milestone_code=milestone.code,
        section_id=section.public_id if section else None,
        section_title=section.title if section else "",
        competencies=[(pk, label(code, short, statement)) for pk, code, short, statement, _ in rows],
        ratings=ratings,
        possible=version.scale.points_possible,
    )


def form_for(page: EvidencePage, actor: Actor, data: Any) -> EvidenceForm:
    return EvidenceForm(data, competencies=page.competencies, ratings=page.ratings, today=actor.today)


def changeable_evidence(actor: Actor, learner_id: UUID, evidence_id: UUID) -> Evidence:
    """The piece, if it stands, belongs to this learner and the actor may correct it. Raises NotFound."""
    rows = Evidence.objects.visible_to(actor, "Evidence", "correct (new version), void").filter(standing())
    found = rows.filter(public_id=evidence_id, learner_competency__learner__public_id=learner_id).first()
    if found is None:
        raise NotFound
    evidence: Evidence = found
    return evidence
