"""Where the boxes of a prerequisite map stand: columns by the longest way to them. Pure and deterministic."""

from collections.abc import Sequence

Edge = tuple[int, int]  # what comes first, what comes after
Spots = dict[int, tuple[int, int]]  # key → column, row
SWEEPS = 4


def layered(keys: Sequence[int], edges: Sequence[Edge]) -> Spots:
    """`keys` in the order of the curriculum, `edges` between them. A circle is cut at its first key."""
    place = {key: n for n, key in enumerate(keys)}
    after: dict[int, list[int]] = {key: [] for key in keys}
    before: dict[int, list[int]] = {key: [] for key in keys}
    for first, then in sorted(set(edges), key=lambda edge: (place[edge[0]], place[edge[1]])):
        after[first].append(then)
        before[then].append(first)
    column = _columns(keys, after, before)
    columns: list[list[int]] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    for key in keys:
        columns[column[key]].append(key)
    row = {key: n for column_keys in columns for n, key in enumerate(column_keys)}
    for sweep in range(SWEEPS):
        beside = before if sweep % 2 == 0 else after
        for column_keys in columns if sweep % 2 == 0 else columns[::-1]:
            column_keys.sort(key=lambda key: (_middle(key, beside[key], row), place[key]))
            row.update({key: n for n, key in enumerate(column_keys)})
    return {key: (column[key], row[key]) for key in keys}


def _columns(keys: Sequence[int], after: dict[int, list[int]], before: dict[int, list[int]]) -> dict[int, int]:
    """The number of steps on the longest way to each key (Kahn's order)."""
    waiting = {key: len(before[key]) for key in keys}
    column = dict.fromkeys(keys, 0)
    done: set[int] = set()
    ready = [key for key in keys if not waiting[key]]
    while len(done) < len(keys):
        if not ready:  # a circle: its first key is taken as if nothing came before
            ready = [next(key for key in keys if key not in done)]
        key = ready.pop(0)
        if key in done:
            continue
        done.add(key)
        for then in after[key]:
            if then in done:
                continue
            column[then] = max(column[then], column[key] + 1)
            waiting[then] -= 1
            if not waiting[then]:
                ready.append(then)
    return column


def _middle(key: int, neighbours: list[int], row: dict[int, int]) -> float:
    return sum(row[one] for one in neighbours) / len(neighbours) if neighbours else float(row[key])
