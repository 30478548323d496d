"""What of the library fits a learner on a milestone: made for the level first, then for all, then for other levels."""

from collections.abc import Collection

from django.db.models import Q

from interventions.models import Resource, ResourceTag
from milestones.models import Criterion
from status_engine import Level

MOST = 60


def fitting(milestone_id: int, level: int | None, text: str = "", kinds: Collection[str] = ()) -> list[Resource]:
    """level: None for a group. With a text, whatever has it in its title or summary; of a kind of which nothing is
    made for the milestone, all there is. At most two queries."""
    rows = Resource.objects.filter(is_active=True)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if text:
        return list(rows.filter(Q(title__icontains=text) | Q(summary__icontains=text)).order_by("title", "id")[:MOST])
    asked = Criterion.objects.filter(milestone_id=milestone_id).values("competency_id")
    tags = ResourceTag.objects.filter(competency_id__in=asked, resource__in=rows)
    made_for: dict[int, set[int | None]] = {}
    for resource, one in tags.values_list("resource_id", "level"):
        made_for.setdefault(resource, set()).add(one)
    if kinds and not made_for:
        return list(rows.order_by("title", "id")[:MOST])
    found = rows.filter(id__in=list(made_for)).order_by("title", "id")
    return sorted(found, key=lambda one: _distance(one, made_for[one.pk], level))[:MOST]


def _distance(resource: Resource, made_for: set[int | None], level: int | None) -> tuple[int, int]:
    """An extension comes first for whoever is at mastery, and last for all others."""
    is_extension = resource.kind == Resource.Kind.EXTENSION
    place = 0 if level in made_for and level is not None else 1 if None in made_for else 2
    return (is_extension != (level == Level.MASTERY)), place
