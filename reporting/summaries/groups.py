"""Levels by groups of learners, counted by the night: only what may be shown is ever written down.

A group of one school on one milestone is shown or not (`suppression.groups_shown`); everything else is a sum of those
that are. Of a school that the report hides on a milestone nothing is shown here either.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from django.db import connection
from django.utils import timezone

from learners.demographics import kept_dimensions
from milestones.models import Milestone
from reporting.models import CountRun, GroupCount
from reporting.summaries import groups_sql as sql
from reporting.summaries.cube import ANY, Topic
from reporting.suppression import Ints, groups_shown
from tenancy.context import current_tenant_id

Key = tuple[int, int, str, int, str, str]  # school, framework, kind, milestone, dimension, group
Counts = dict[Key, Ints]  # learners, n0 … n4
AT_ONCE, ROWS = 20_000, 10_000


def count_groups(today: Any, limit: int) -> int:
    """Write the groups anew; nothing of a field that is not kept. Within the caller's transaction. Returns rows."""
    found = groups_now(today, limit)
    GroupCount.objects.all().delete()
    keys = sorted(found)
    for start in range(0, len(keys), ROWS):
        part = keys[start : start + ROWS]
        columns: dict[str, Any] = dict(zip(sql.KEY.split(", "), map(list, zip(*part, strict=True)), strict=True))
        numbers = zip(*(found[key].tolist() for key in part), strict=True)
        columns |= dict(zip(sql.FIELDS, map(list, numbers), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(sql.WRITE, {"tenant": current_tenant_id(), **columns})
    CountRun.objects.update_or_create(defaults={"groups_at": timezone.now()})
    return len(keys)


def groups_now(today: Any, limit: int) -> Counts:
    """Every figure that may be shown, from the levels as they are. Writes nothing."""
    dimensions = kept_dimensions()
    if not dimensions:
        return {}
    topics = {
        key: (-1 if framework is None else framework, kind)
        for key, framework, kind in Milestone.objects.filter(learner=None).values_list("id", "framework_id", "kind")
    }
    found = _of_milestones(dimensions, today, limit)
    return _with_topics(found, _learners(dimensions, today, limit), topics)


def kept_rows() -> Counts:
    """What stands there."""
    with connection.cursor() as cursor:
        cursor.execute(sql.READ, {"tenant": current_tenant_id()})
        return {row[:6]: np.array(row[6:], np.int64) for row in cursor.fetchall()}


def _of_milestones(dimensions: Sequence[str], today: Any, limit: int) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(sql.SHOWN, {"tenant": current_tenant_id()})
        shown = set(cursor.fetchall())
    found: Counts = {}
    for (school, milestone), rows in groupby(_stream(sql.atoms(dimensions), today), key=lambda row: row[:2]):
        if (school, milestone) in shown:
            table = list(rows)
            levels = np.array([row[-5:] for row in table], np.int64)
            for name, value, chosen in _chosen(dimensions, [row[2:-5] for row in table], 2, levels.sum(axis=1), limit):
                counts = levels[chosen].sum(axis=0)
                for place in (school, 0):
                    _add(found, (place, 0, "", milestone, name, value), np.concatenate(([counts.sum()], counts)))
    return found


def _learners(dimensions: Sequence[str], today: Any, limit: int) -> dict[Key, int]:
    """How many learners of each group that may be shown have something planned in a topic."""
    found: dict[Key, int] = {}
    for (school, framework, kind), rows in groupby(_stream(sql.people(dimensions), today), key=lambda row: row[:3]):
        table = list(rows)
        size = np.array([row[-1] for row in table], np.int64)
        if size.sum() < limit:
            continue
        for name, value, chosen in _chosen(dimensions, [row[3:-1] for row in table], 1, size, limit):
            for place in (school, 0):
                key = (place, framework, kind, 0, name, value)
                found[key] = found.get(key, 0) + int(size[chosen].sum())
    return found


def _chosen(
    dimensions: Sequence[str], table: Sequence[tuple[str, ...]], before: int, size: Ints, limit: int
) -> Iterator[tuple[str, str, Any]]:
    """(dimension, group, its lines) of each group that may be shown. before: columns that make the stratum."""
    coded = [np.unique(np.array(column, np.str_), return_inverse=True) for column in zip(*table, strict=True)]
    stratum = np.stack([inverse.reshape(-1) for _, inverse in coded[:before]], axis=1)
    groups = np.stack([inverse.reshape(-1) for _, inverse in coded[before:]], axis=1)
    for n, shown in enumerate(groups_shown(stratum, groups, size, limit)):
        values = coded[before + n][0]
        for code in shown.tolist():
            yield dimensions[n], str(values[code]), groups[:, n] == code


def _with_topics(found: Counts, learners: Mapping[Key, int], topics: Mapping[int, Topic]) -> Counts:
    """The same with sums over the milestones of each topic, where the learners of the group may be shown as well."""
    sums: Counts = {}
    for (school, _, _, milestone, name, value), counts in found.items():
        framework, kind = topics.get(milestone, ANY)
        for topic in {(framework, kind), (framework, ""), (0, kind), ANY}:
            key = (school, *topic, 0, name, value)
            if key in learners:
                _add(sums, key, counts)
    for key, counts in sums.items():
        counts[0] = learners[key]
    return found | sums


def _add(found: Counts, key: Key, counts: Ints) -> None:
    found[key] = found[key] + counts if key in found else counts.copy()


def _stream(statement: str, today: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of a statement that may give millions."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, {"tenant": current_tenant_id(), "today": today})
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows
