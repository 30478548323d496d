"""What the tenant decided about prerequisites of an imported framework: it holds after every import."""

from __future__ import annotations

from collections.abc import Collection

from competencies.models import PrerequisiteChoice
from integrations.case.graph import cyclic_groups

Ends = tuple[int, int]  # keys of the competencies: before, after


def with_choices(edges: dict[Ends, bool], competency_ids: Collection[int]) -> dict[Ends, bool]:
    """{edge: is it on a circle} of the package, with the edges that were added and without those taken out here."""
    rows = PrerequisiteChoice.objects.filter(after_id__in=competency_ids).order_by("id")
    choices = {(before, after): is_wanted for before, after, is_wanted in rows.values_list(
        "before_id", "after_id", "is_wanted"
    )}  # fmt: skip
    if not choices:
        return edges
    kept = [ends for ends in edges if choices.get(ends, True)]
    kept += [ends for ends, is_wanted in choices.items() if is_wanted and ends not in edges]
    groups = cyclic_groups([(str(before), str(after)) for before, after in kept])
    group_of = {key: number for number, group in enumerate(groups) for key in group}
    return {
        (before, after): str(before) in group_of and group_of[str(before)] == group_of.get(str(after))
        for before, after in kept
    }
