"""Keys of new rows are looked up one by one, whatever the planner is told while the tables are being filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from integrations.oneroster import importer
from integrations.oneroster.bulk import refresh_statistics
from tests.builders import Cast
from tests.integrations.roster_builders import put, school, seat, user

LEARNERS = 300
READ = "SELECT coalesce(sum(idx_tup_fetch + seq_tup_read), 0) FROM pg_stat_xact_user_tables WHERE relname = %s"


def rows_read(table: str) -> int:
    """How many rows of a table this transaction has looked at so far: a figure of plans, not of time."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [table])
        return int(cursor.fetchone()[0])


def test_keys_are_looked_up_by_id(
    cast: Cast, owner_connection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Autovacuum sees none of our rows and notes tables of hundreds down as empty, in the middle of an import."""
    files = school()
    learners = [f"new{n}" for n in range(LEARNERS)]
    files["users"] += [user(one) for one in learners]
    files["enrollments"] += [seat(section, one) for one in learners for section in ("c1", "c2")]
    monkeypatch.setattr(importer, "MANY", LEARNERS // 2)
    before = []

    def autovacuum_and_then_we(*tables: str) -> None:
        owner_connection.execute(f"ANALYZE {', '.join(tables)}")
        refresh_statistics(*tables)
        before.append(rows_read("learners_learner"))

    monkeypatch.setattr(importer, "refresh_statistics", autovacuum_and_then_we)
    report = put(cast.home.tenant, tmp_path, files, max_delete_percent=100)
    assert report.counts["enrolments"]["created"] == 2 * LEARNERS + 10
    # A few joins that read all, and one row a key; it was one learner after the other for every key: 148,000.
    assert rows_read("learners_learner") - before[0] < 12 * LEARNERS
