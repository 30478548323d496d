"""The library as a list, one resource, and what fits a learner or a group. A fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from competencies.models import Competency
from competencies.statements import label_of
from interventions.effect import Followed, followed_by_resource
from interventions.library import CHANGE, READ
from interventions.models import Resource, ResourceTag, ResourceUse
from learners.models import Section
from milestones.models import Criterion, SectionMilestone
from reporting.levels import WORDS
from tenancy.access import may_at_all
from tenancy.actor import DST, Actor
from tenancy.errors import NotFound
from tenancy.selectors import member_names

MOST, MOST_CHOICES = 200, 500
FOR_ALL = "all"
NAMED = 3


@dataclass(frozen=True, slots=True)
class Filters:
    """level: a number, "all" for what is made for everybody, or empty."""

    kind: str = ""
    competency: UUID | None = None
    level: str = ""
    text: str = ""
    is_off: bool = False

    @property
    def is_any(self) -> bool:
        return bool(self.kind or self.competency or self.level or self.text or self.is_off)


@dataclass(frozen=True, slots=True)
class Card:
    """tags: (competency, level in words or None for all). uses: how many learners had it so far."""

    resource: Resource
    tags: tuple[tuple[str, Any], ...]
    uses: int
    made_by: str
    effect: Followed

    @property
    def more(self) -> int:
        """Tags that the list does not name."""
        return max(len(self.tags) - NAMED, 0)


@dataclass(frozen=True, slots=True)
class Library:
    cards: tuple[Card, ...]
    competencies: tuple[tuple[UUID, str], ...]
    may_make: bool


@dataclass(frozen=True, slots=True)
class ResourcePage:
    card: Card
    copied_from: Resource | None
    copied_by: str
    may_change: bool
    may_copy: bool


def library_page(actor: Actor, filters: Filters, may_make: bool) -> Library:
    """At most 200, by title. Seven queries."""
    rows = _chosen(Resource.objects.visible_to(actor, *READ), filters).order_by("title", "id")[:MOST]
    tagged = Competency.objects.visible_to(actor).filter(resource_tags__id__gt=0).distinct().order_by("code", "id")
    return Library(
        cards=tuple(cards_of(list(_with_tags(rows)))),
        competencies=tuple((one.public_id, label_of(one, 70)) for one in tagged[:MOST_CHOICES]),
        may_make=may_make,
    )


def resource_page(actor: Actor, resource_id: UUID, may_copy: bool) -> ResourcePage:
    """Raises NotFound."""
    rows = Resource.objects.visible_to(actor, *READ).filter(public_id=resource_id).select_related("copied_from")
    resource = _with_tags(rows).first()
    if resource is None:
        raise NotFound
    [card] = cards_of([resource])
    origin = resource.copied_from
    return ResourcePage(
        card=card,
        copied_from=origin,
        copied_by=member_names([origin.made_by_id]).get(origin.made_by_id, "") if origin else "",
        may_change=changeable(actor, resource_id) is not None,
        may_copy=may_copy,
    )


def changeable(actor: Actor, resource_id: UUID) -> Resource | None:
    if not may_at_all(actor, *CHANGE):
        return None
    found: Resource | None = Resource.objects.visible_to(actor, *CHANGE).filter(public_id=resource_id).first()
    return found


def cards_of(resources: Sequence[Resource]) -> list[Card]:
    """Three queries; the tags were read with the resources."""
    keys = [one.pk for one in resources]
    # An offer that nobody took was no use.
    had = ResourceUse.objects.filter(resource_id__in=keys).exclude(way="offered", choice__in=("", "declined"))
    rows = had.values("resource_id").annotate(n=Count("learner_id", distinct=True))
    uses: Mapping[int, int] = dict(rows.values_list("resource_id", "n"))
    effects = followed_by_resource(keys, timezone.now())
    names = member_names({one.made_by_id for one in resources})
    return [
        Card(
            resource=one,
            tags=tuple(
                (label_of(tag.competency, 90), WORDS[tag.level].name if tag.level is not None else None)
                for tag in one.tags.all()
            ),
            uses=uses.get(one.pk, 0),
            made_by=names.get(one.made_by_id, ""),
            effect=effects[one.pk],
        )
        for one in resources
    ]


def competency_choices(actor: Actor, keep: Sequence[UUID] = ()) -> list[tuple[str, str]]:
    """What the milestones of the actor's classes ask for (of all milestones, for the district), and what is tagged
    already."""
    asked = Criterion.objects.filter(milestone__is_active=True, milestone__learner=None)
    if not actor.has(DST):
        sections = Section.objects.visible_to(actor, "Section", "read")
        planned = SectionMilestone.objects.filter(section_id__in=sections.values("id")).values("milestone_id")
        asked = asked.filter(milestone_id__in=planned)
    wanted = Q(id__in=asked.values("competency_id")) | Q(public_id__in=list(keep))
    rows = Competency.objects.visible_to(actor).filter(wanted).order_by("code", "id")[:MOST_CHOICES]
    return [(str(one.public_id), label_of(one, 90)) for one in rows]


def _with_tags(rows: Any) -> Any:
    tags = ResourceTag.objects.select_related("competency").order_by("competency__code", "level", "id")
    return rows.prefetch_related(Prefetch("tags", tags))


def _chosen(rows: Any, filters: Filters) -> Any:
    rows = rows.filter(is_active=not filters.is_off)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    tags = ResourceTag.objects.all()
    if filters.competency is not None:
        tags = tags.filter(competency__public_id=filters.competency)
    if filters.level:
        tags = tags.filter(level=None if filters.level == FOR_ALL else int(filters.level))
    if filters.competency is not None or filters.level:
        rows = rows.filter(id__in=tags.values("resource_id"))
    if filters.text:
        found = Q()
        for name in ("title", "summary", "subjects", "material"):
            found |= Q(**{f"{name}__icontains": filters.text})
        rows = rows.filter(found)
    return rows
