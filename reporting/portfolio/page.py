"""What portfolios show, and to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from assessments.models import ARTEFACT, Artefact
from competencies.models import Competency
from competencies.statements import label_of
from learners.models import Learner
from milestones.models import Criterion
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.selectors import member_names

READ, UPLOAD, REMOVE = (ARTEFACT, "read"), (ARTEFACT, "upload"), (ARTEFACT, "remove")
MOST, MOST_COMPETENCIES, LONGEST = 200, 80, 80


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of a portfolio."""

    public_id: UUID
    kind: str
    kind_name: str
    title: str
    reflection: str
    text: str
    url: str
    file_name: str
    size: int
    is_checked: bool
    is_shared: bool
    may_remove: bool
    added_by: str
    added_at: datetime
    competencies: tuple[str, ...]


def visible_learner(actor: Actor, learner_id: UUID | None, row: tuple[str, str]) -> Learner:
    """The learner, by id or (None) the actor's own record. Raises NotFound."""
    rows = Learner.objects.visible_to(actor, *row).filter(is_active=True)
    own = rows.filter(member_id=actor.member_id) if learner_id is None else rows.filter(public_id=learner_id)
    found: Learner | None = own.exclude(Q(member_id=None) if learner_id is None else Q(pk__in=[])).first()
    if found is None:
        raise NotFound
    return found


def portfolio(actor: Actor, learner: Learner, competency_ids: Sequence[int] | None = None) -> list[Work]:
    """The learner's pieces that the actor may see, newest first. Four queries."""
    rows = Artefact.objects.visible_to(actor, *READ).filter(learner_id=learner.pk, removed_at=None)
    if competency_ids is not None:
        rows = rows.filter(tags__competency_id__in=competency_ids).distinct()
    found = list(rows.prefetch_related("tags__competency").order_by("-added_at", "-id")[:MOST])
    names = member_names(row.added_by_id for row in found)
    removable = set(
        Artefact.objects.visible_to(actor, *REMOVE)
        .filter(id__in=[row.pk for row in found])
        .values_list("id", flat=True)
    )
    return [_work(row, names, row.pk in removable) for row in found]


def _work(row: Artefact, names: dict[int | None, str], may_remove: bool) -> Work:
    return Work(
        public_id=row.public_id, kind=row.kind, kind_name=row.get_kind_display(), title=row.title,
        reflection=row.reflection, text=row.text, url=row.url, file_name=row.file_name, size=row.size,
        is_checked=row.is_checked, is_shared=row.shared_at is not None, may_remove=may_remove,
        added_by=names.get(row.added_by_id, ""), added_at=row.added_at,
        competencies=tuple(label_of(tag.competency, LONGEST) for tag in row.tags.all()),
    )  # fmt: skip


def competencies_of(learner: Learner) -> list[tuple[str, str, int]]:
    """What the learner's classes work towards: (public id, name, key), for the boxes of a new piece."""
    planned = Q(milestone__section_milestones__section__enrolments__learner_id=learner.pk)
    wanted = Criterion.objects.filter(planned, milestone__is_active=True, measure="").values("competency_id")
    rows = Competency.objects.filter(id__in=wanted, is_retired=False).order_by("code", "id")[:MOST_COMPETENCIES]
    return [(str(row.public_id), label_of(row, LONGEST), row.pk) for row in rows]


def visible_artefact(actor: Actor, artefact_id: UUID, row: tuple[str, str]) -> Artefact:
    """The piece, if the actor may do it. Raises NotFound."""
    rows = Artefact.objects.visible_to(actor, *row).filter(removed_at=None).select_related("learner")
    found: Artefact | None = rows.filter(public_id=artefact_id).first()
    if found is None:
        raise NotFound
    return found
