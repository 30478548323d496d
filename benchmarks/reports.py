"""Report pages of a district, small and large, beside a direct count of the same levels.

python3 manage.py benchmark reports --learners 1000,100000 --milestones 10

For each size: queries and median time of each page, how long the direct GROUP BY takes and how many times longer that
is, how long everything takes to be counted anew, and a hundred moves. Rows go in by COPY, in one transaction that is
rolled back.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from web import CONTROL
from worlds import Rollback, World, world

from learners.models import KeptDimension, School
from milestones.models import Milestone
from reporting.models import CountMark
from reporting.summaries import keeping, sql
from reporting.summaries.groups import count_groups
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tenancy.models import Affiliation, Member, RoleGrant, Tenant, User

GRADES, PER_CLASS, PER_SCHOOL = 13, 25, 2_000
TABLES = {
    "learners_learner": "tenant_id, public_id, given_name, family_name, preferred_name, pronouns, folded_name,"
    " identifier, grade, home_school_id, is_active",
    "learners_section": "tenant_id, public_id, title, code, kind, grades, subjects, location, school_id, is_active",
    "learners_enrolment": "tenant_id, learner_id, section_id, is_withdrawn",
    "milestones_sectionmilestone": "tenant_id, section_id, milestone_id, position",
    "milestones_milestonestatus": "tenant_id, learner_id, milestone_id, level, computed_level, previous_level,"
    " criteria_met, flags, since, computed_at",
    "learners_demographics": "tenant_id, learner_id, sex, ethnicity, language, from_roster",
}
SEXES, ETHNICITIES = ("female", "male"), ("hispanic", "white", "white", "hispanic", "asian", "black", "two_or_more")
AT = datetime(2026, 10, 1, tzinfo=UTC)
DAYS = """
INSERT INTO reporting_levelday (tenant_id, day, school, grade, framework, kind, milestone, learners, n0, n1, n2, n3, n4,
  is_shown)
SELECT tenant_id, current_date - n, school, grade, framework, kind, milestone, learners, n0, n1, n2, n3, n4, is_shown
FROM reporting_levelcount CROSS JOIN generate_series(7, %(days)s, 7) n WHERE tenant_id = %(tenant)s
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", default="1000,100000")
    parser.add_argument("--milestones", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--weeks", type=int, default=12, help="of trend that is kept")
    options = parser.parse_args()
    setup_test_environment(debug=False)
    found = {}
    for size in map(int, options.learners.split(",")):
        with district(size, options.milestones, options.weeks) as user:
            found[size] = pages(user, options.rounds)
    first, *others = found
    for size in others:
        for page, ms in found[size].items():
            print(f"{page:15} {size:,} beside {first:,} learners: {ms / found[first][page]:.1f} ×")


@contextmanager
def district(learners: int, milestones: int, weeks: int) -> Iterator[User]:
    """Its administrator; everything is counted, and no tenant is open inside."""
    try:
        with transaction.atomic():
            with world(0, milestones, undo=False) as place:
                fill(place, learners)
                user = administrator(place.tenant)
            started = time.perf_counter()
            keeping.count_whole(place.tenant.pk)
            print(f"{learners:9,} everything counted anew {time.perf_counter() - started:8.1f} s")
            with tenant_context(place.tenant.pk):
                started = time.perf_counter()
                with keeping.whole_sets():
                    rows = count_groups(keeping.today_here(), place.tenant.small_group)
            print(f"{learners:9,} groups among that, {rows:,} rows {time.perf_counter() - started:8.1f} s")
            with tenant_context(place.tenant.pk):
                keeping.run(DAYS, days=7 * weeks)
                keeping.run("ANALYZE reporting_levelcount, reporting_levelday, reporting_staycount")
                moves(learners)
                direct(learners)
            keeping_ms(place.tenant.pk, learners)
            yield user
            raise Rollback
    except Rollback:
        pass


def fill(place: World, learners: int) -> None:
    """Schools of 2,000, classes of 25, each class on every milestone; three in four pairs have a level."""
    tenant = place.tenant.pk
    schools = keys_of(
        School.objects.bulk_create(
            [School(name=f"School {n}") for n in range((learners - 1) // PER_SCHOOL + 1)], batch_size=1000
        )
    )
    classes = range((learners - 1) // PER_CLASS + 1)
    people = copied("learners_learner", (
        (tenant, uuid7(), f"L{n}", "", "", "", f"l{n}", "", str(n // PER_CLASS % GRADES + 1), schools[n // PER_SCHOOL],
         True) for n in range(learners)
    ))  # fmt: skip
    sections = copied("learners_section", (
        (tenant, uuid7(), f"C{n}", str(n), "scheduled", "", "", "", schools[n * PER_CLASS // PER_SCHOOL], True)
        for n in classes
    ))  # fmt: skip
    copied("learners_demographics", (
        (tenant, key, SEXES[n % 2], ETHNICITIES[n // 2 % len(ETHNICITIES)], "", True) for n, key in enumerate(people)
    ))  # fmt: skip
    KeptDimension.objects.bulk_create([KeptDimension(dimension=one) for one in ("sex", "ethnicity")])
    milestones = keys_of(Milestone.objects.order_by("id"))
    copied("learners_enrolment", ((tenant, key, sections[n // PER_CLASS], False) for n, key in enumerate(people)))
    copied("milestones_sectionmilestone", ((tenant, s, m, 0) for s in sections for m in milestones))
    copied("milestones_milestonestatus", (
        (tenant, learner, milestone, level, level, 0, 0, 0, AT, AT)
        for n, learner in enumerate(people) for k, milestone in enumerate(milestones)
        if (level := (n * 7 + k * 3 + n // 11) % 4)
    ))  # fmt: skip


def keys_of(rows: Iterable[Model]) -> list[int]:
    return [row.pk for row in rows]


def copied(table: str, rows: Iterable[tuple[Any, ...]]) -> list[int]:
    """Rows go in by COPY and, past row-level security, by one INSERT; their keys in order where others point at them.

    ANALYZE takes effect where the role may.
    """
    started, columns = time.perf_counter(), TABLES[table]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE staging ON COMMIT DROP AS SELECT {columns} FROM {table} WHERE false")
        with cursor.copy(f"COPY staging ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM staging")
        cursor.execute(f"DROP TABLE staging; ANALYZE {table}")
        print(f"  {table} {time.perf_counter() - started:.1f} s")
    if table not in {"learners_learner", "learners_section"}:
        return []
    order = "folded_name" if table == "learners_learner" else "code"
    found = keeping.fetch(f"SELECT id, {order} FROM {table} WHERE tenant_id = %(tenant)s AND {order} <> ''")
    return [key for key, _ in sorted(found, key=lambda row: int(row[1].lstrip("l")))]


def administrator(tenant: Tenant) -> User:
    user = User.objects.create_user(f"dst-{tenant.slug}@bench.example", None)
    Affiliation.objects.create(user=user, tenant=tenant)
    RoleGrant.objects.create(member=Member.objects.create(user=user, given_name="District"), role="DST")
    return user


def moves(learners: int) -> None:
    """A hundred learners moved on a milestone: marks, and the counters after them."""
    milestone = Milestone.objects.order_by("id")[0].pk
    rows = keeping.fetch("SELECT id FROM learners_learner WHERE tenant_id = %(tenant)s ORDER BY hashint8(id) LIMIT 100")
    CountMark.objects.all().delete()
    CountMark.objects.bulk_create([CountMark(learner=key, milestone=milestone) for (key,) in rows])


def keeping_ms(tenant: int, learners: int) -> None:
    started = time.perf_counter()
    done = keeping.follow_marks_of(tenant)
    print(f"{learners:9,} {done} moves counted {time.perf_counter() - started:16.1f} s")


def direct(learners: int) -> None:
    times = []
    for _ in range(3 if learners <= 100_000 else 1):
        started = time.perf_counter()
        with keeping.whole_sets():
            keeping.fetch(sql.base(is_whole=True), today=keeping.today_here())
        times.append(1000 * (time.perf_counter() - started))
    DIRECT[learners] = median(times)
    print(f"{learners:9,} direct GROUP BY {DIRECT[learners]:16.0f} ms", flush=True)


DIRECT: dict[int, float] = {}


def pages(user: User, rounds: int) -> dict[str, float]:
    """{page: median ms}."""
    client = Client()
    client.force_login(user)
    addresses = {
        "report": "/reports/", "trend": "/reports/trend/", "time in level": "/reports/time-in-level/",
        "gaps": "/reports/gaps/", "groups": "/reports/fairness/?by=ethnicity", "file": "/reports/milestones.csv",
    }  # fmt: skip
    size, found = max(DIRECT, key=lambda one: list(DIRECT).index(one)), {}
    for page, address in addresses.items():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, address
        count = sum(not one["sql"].startswith(CONTROL) for one in queries.captured_queries)
        times = []
        for _ in range(rounds):
            started = time.perf_counter()
            client.get(address)
            times.append(1000 * (time.perf_counter() - started))
        found[page] = median(times)
        ratio = DIRECT[size] / found[page]
        print(
            f"{size:9,} {page:15} {count:3} queries {found[page]:8.1f} ms, direct count {ratio:7.1f} × that", flush=True
        )
    return found


if __name__ == "__main__":
    main()
