"""The order of a framework: depth first, siblings by position. Kept in `tree_order` and `depth`: pages need no walk."""

from collections.abc import Iterator

from competencies.models import Competency

Place = tuple[int, int | None, int]  # key, parent's key, position among siblings


def number_tree(framework_id: int) -> None:
    """Write `tree_order`, `depth` and gapless positions where they differ. Two statements."""
    rows = list(
        Competency.objects.filter(framework_id=framework_id)
        .order_by("position", "tree_order", "id")
        .only("id", "tenant_id", "parent_id", "position", "tree_order", "depth")
    )
    by_id = {row.pk: row for row in rows}
    changed = []
    for order, (key, depth, position) in enumerate(walk([(row.pk, row.parent_id, row.position) for row in rows])):
        row = by_id[key]
        if (row.tree_order, row.depth, row.position) != (order, depth, position):
            row.tree_order, row.depth, row.position = order, depth, position
            changed.append(row)
    Competency.objects.bulk_update(changed, ["tree_order", "depth", "position"], batch_size=500)


def walk(places: list[Place]) -> Iterator[tuple[int, int, int]]:
    """(key, depth, position) depth first; `places` in the order of siblings. What has no parent here is a root."""
    known = {key for key, _, _ in places}
    children: dict[int | None, list[int]] = {}
    for key, parent, _ in places:
        children.setdefault(parent if parent in known else None, []).append(key)
    stack = [(key, 0, position) for position, key in enumerate(children.get(None, ()))][::-1]
    while stack:
        key, depth, position = stack.pop()
        yield key, depth, position
        stack += [(child, depth + 1, place) for place, child in enumerate(children.get(key, ()))][::-1]


def below(competency: Competency) -> set[int]:
    """Keys of everything below it, and its own. One query."""
    rows = Competency.objects.filter(framework_id=competency.framework_id).values_list("id", "parent_id")
    children: dict[int, list[int]] = {}
    for key, parent in rows:
        if parent is not None:
            children.setdefault(parent, []).append(key)
    found, open_ones = {competency.pk}, [competency.pk]
    while open_ones:
        fresh = [child for child in children.get(open_ones.pop(), ()) if child not in found]
        found.update(fresh)
        open_ones += fresh
    return found
