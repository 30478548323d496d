"""Keeps the counters true. What stands in PostgreSQL is counted, never a message: it can be done at any time and twice.

One worker at a time per tenant (an advisory lock); a transaction takes the marks away and writes the counters, so a
worker that is killed leaves both as they were.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from milestones.flags import stall_limits
from milestones.models import Milestone, SectionMilestone
from reporting.models import CountMark, CountRun
from reporting.summaries import resum_sql, sql, stays_sql
from reporting.summaries.cube import Facts, Rows, Topic, publish
from reporting.summaries.groups import count_groups
from tenancy.context import current_tenant_id, tenant_context
from tenancy.models import Tenant
from tenancy.selectors import local_today

AT_ONCE = 5_000
Cell = tuple[int, int]  # school, milestone
LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('level counts', %(tenant)s))"
WAIT = "SELECT pg_advisory_xact_lock(hashtextextended('level counts', %(tenant)s))"


def run(statement: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": current_tenant_id(), **values})
        return int(cursor.rowcount)


def fetch(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": current_tenant_id(), **values})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def mark_schools(school_ids: Collection[int]) -> None:
    """Who learns what has changed there: count these schools anew. In the caller's transaction and tenant."""
    CountMark.objects.bulk_create([CountMark(school=key) for key in sorted(set(school_ids))])


def mark_whole() -> None:
    """Anything may have changed: count the whole tenant anew."""
    CountMark.objects.create()


def follow_marks_of(tenant_id: int, limit: int = AT_ONCE) -> int:
    """Count what was marked. Returns how many marks are done; 0 as well where another worker is at it."""
    with tenant_context(tenant_id):
        if not fetch(LOCK)[0][0]:
            return 0
        marks = list(CountMark.objects.order_by("id").values_list("id", "learner", "milestone", "school")[:limit])
        if not marks:
            return 0
        CountMark.objects.filter(id__in=[mark[0] for mark in marks]).delete()
        if any(learner == school == 0 for _, learner, _, school in marks):
            _count_everything()
            return len(marks)
        schools = sorted({school for _, _, _, school in marks if school})
        moved = sorted({(learner, milestone) for _, learner, milestone, _ in marks if learner})
        cells = _cells(schools, moved)
        is_same = _count_cells(cells)
        if schools:
            run(sql.keep_heads(is_whole=False), today=today_here(), **_stalls(), **_given(_cells(schools, [])))
        if schools or not is_same:
            _publish()
        else:
            for statement in resum_sql.IN_ORDER:
                run(statement, **_given(cells))
        CountRun.objects.update_or_create(defaults={"at": timezone.now()})
        return len(marks)


@transaction.atomic
def count_whole(tenant_id: int) -> int:
    """Count everything anew. Returns how many marks that makes needless."""
    with tenant_context(tenant_id):
        run(WAIT)
        done: int = CountMark.objects.filter(id__in=list(CountMark.objects.values_list("id", flat=True))).delete()[0]
        _count_everything()
        with whole_sets():
            count_groups(today_here(), _tenant().small_group)
        return done


def close_day_of(tenant_id: int) -> int:
    """Once in each new day of the tenant: keep what stood at the end of yesterday, then count everything anew.

    Time passes without a mark: places in classes begin and end, learners come to be stalled. Returns rows kept.
    """
    with tenant_context(tenant_id):
        run(WAIT)
        yesterday = today_here() - timedelta(days=1)
        last: CountRun | None = CountRun.objects.first()
        if last is not None and last.closed_on is not None and last.closed_on >= yesterday:
            return 0
        kept = run(sql.CLOSE, day=yesterday)
        CountRun.objects.update_or_create(defaults={"closed_on": yesterday})
        _count_everything()
        with whole_sets():
            count_groups(today_here(), _tenant().small_group)
        return kept


@contextmanager
def whole_sets() -> Iterator[None]:
    """Inside, tables are joined by hash: row by row, or by one key of several, is what the planner chooses where it
    believes that a tenant which was loaded a moment ago is empty, and it took minutes."""
    run("SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off")
    yield
    run("SET LOCAL enable_nestloop = on; SET LOCAL enable_mergejoin = on")


def _count_everything() -> None:
    today = today_here()
    with whole_sets():
        run(sql.keep_base(is_whole=True), today=today)
        run(sql.keep_sections(is_whole=True), today=today)
        run(sql.keep_heads(is_whole=True), today=today, **_stalls())
        run(stays_sql.KEEP_STAYS, today=today)
        run(stays_sql.SUM_STAYS)
    _publish()
    now = timezone.now()
    CountRun.objects.update_or_create(defaults={"at": now, "whole_at": now})


def _count_cells(cells: list[Cell]) -> bool:
    """Whether as many learners as before are in each: only their levels moved."""
    given = _given(cells)
    before = fetch(resum_sql.SIZES, **given)
    run(sql.keep_base(is_whole=False), today=today_here(), **given)
    run(sql.keep_sections(is_whole=False), today=today_here(), **given)
    return before == fetch(resum_sql.SIZES, **given)


def _given(cells: list[Cell]) -> dict[str, list[int]]:
    return {"schools": [school for school, _ in cells], "milestones": [milestone for _, milestone in cells]}


def _cells(schools: list[int], moved: list[tuple[int, int]]) -> list[Cell]:
    """(school, milestone) of what was marked. Of a marked school: all that is planned, given or counted there."""
    found = fetch(sql.TOUCHED, learners=[one for one, _ in moved], milestones=[one for _, one in moved])
    cells = {(int(school), int(milestone)) for school, milestone in found}
    if schools:
        cells |= {(int(school), int(milestone)) for school, milestone in fetch(sql.OF_SCHOOLS, schools=schools)}
    return sorted(cells)


def _publish() -> None:
    """Work out sums and what may be shown, and write what differs."""
    before = read()
    after = wanted(before)
    write(changed(before, after))


def read() -> Rows:
    return Rows.of(fetch(sql.CUBE))


def wanted(rows: Rows) -> Rows:
    """What should stand there, from the cells and heads that do."""
    of_place = (rows.school > 0) & (rows.grade != "*")
    return publish(rows.rows(of_place & (rows.milestone > 0)), rows.rows(of_place & (rows.milestone == 0)), facts())


def changed(before: Rows, after: Rows) -> Rows:
    """Rows of `after` that `before` has otherwise or not at all, and zero for those that are in `before` alone."""
    old, new = _by_key(before), _by_key(after)
    differs = [n for key, (n, values) in new.items() if key not in old or old[key][1] != values]
    gone = [n for key, (n, values) in old.items() if key not in new and any(values)]
    empty = before.rows(np.array(gone, np.int64))
    return Rows.joined(
        [
            after.rows(np.array(differs, np.int64)),
            Rows.new(empty.school, empty.grade, framework=empty.framework, kind=empty.kind, milestone=empty.milestone),
        ]
    )


def write(rows: Rows) -> None:
    if not len(rows):
        return
    run(sql.PUBLISH, **columns(rows))


def columns(rows: Rows) -> dict[str, list[Any]]:
    """As the statements take them."""
    names = (*sql.KEY.split(", "), "learners", "stalled", "sections", "assessed", "is_shown")
    return {name: getattr(rows, name).tolist() for name in names} | {
        f"n{n}": rows.levels[:, n].tolist() for n in range(5)
    }


def _by_key(rows: Rows) -> dict[tuple[Any, ...], tuple[int, tuple[Any, ...]]]:
    keys = zip(*(getattr(rows, name).tolist() for name in sql.KEY.split(", ")), strict=True)
    values = zip(
        rows.learners.tolist(), *rows.levels.T.tolist(), rows.stalled.tolist(), rows.sections.tolist(),
        rows.assessed.tolist(), rows.is_shown.tolist(), strict=True,
    )  # fmt: skip
    return {key: (n, value) for n, (key, value) in enumerate(zip(keys, values, strict=True))}


def facts() -> Facts:
    topics: dict[int, Topic] = {
        key: (-1 if framework is None else framework, kind)
        for key, framework, kind in Milestone.objects.filter(learner=None).values_list("id", "framework_id", "kind")
    }
    classes = {(school, milestone): (n, with_level) for school, milestone, n, with_level in fetch(sql.CLASSES)}
    return Facts(topics, classes, _tenant().small_group)


def _stalls() -> dict[str, Any]:
    """When learners count as stalled, for each milestone in use."""
    keys = list(Milestone.objects.filter(learner=None, is_active=True).order_by("id").values_list("id", flat=True))
    limits = stall_limits(keys)
    return {
        "now": timezone.now(), "limited": keys, "ones": [limits[key, 1] for key in keys],
        "twos": [limits[key, 2] for key in keys],
    }  # fmt: skip


def schools_that_plan(milestone_id: int) -> list[int]:
    rows = SectionMilestone.objects.filter(milestone_id=milestone_id)
    return sorted(set(rows.values_list("section__school_id", flat=True)))


def _tenant() -> Tenant:
    tenant: Tenant = Tenant.objects.get(pk=current_tenant_id())
    return tenant


def today_here() -> date:
    return local_today(_tenant())
