"""What milestones ask for that is no longer in use, and what took its place as far as the framework says so."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import FilteredRelation, Q

from competencies.statements import label
from milestones.models import Criterion

REPLACED_BY = "replacedBy"  # as CASE calls it


@dataclass(frozen=True, slots=True)
class Retired:
    """A retired competency by its name, the names of those that replace it, and whether all of its milestone is."""

    name: str
    replaced_by: tuple[str, ...]


def retired_in(milestone_ids: Collection[int]) -> dict[int, list[Retired]]:
    """{milestone: the retired competencies among its criteria}, where there are any. One query."""
    fields = ("code", "short_statement", "statement")
    heirs = FilteredRelation("competency__outgoing", condition=Q(competency__outgoing__kind=REPLACED_BY))
    rows = (
        Criterion.objects.filter(milestone_id__in=list(milestone_ids), competency__is_retired=True)
        .annotate(heirs=heirs)
        .order_by("position", "id", "heirs__destination__tree_order", "heirs__destination_id")
        .values_list(
            "milestone_id", *(f"competency__{name}" for name in fields),
            *(f"heirs__destination__{name}" for name in fields), "heirs__destination__is_draft",
        )
    )  # fmt: skip
    found: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for milestone, *texts, is_draft in rows:
        heirs_of = found[milestone].setdefault(label(*texts[:3]), [])
        if is_draft is False:
            heirs_of.append(label(*texts[3:]))
    return {key: [Retired(name, tuple(heirs)) for name, heirs in here.items()] for key, here in found.items()}
