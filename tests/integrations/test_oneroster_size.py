"""OR-9, reading half: a district of 4,441 users and 31,045 enrolments in bounded memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from integrations.oneroster.bundle import rows
from integrations.oneroster.check import check_path
from integrations.oneroster.records import EnrollmentRow
from tests.integrations.oneroster_builders import BULK, as_1_1, bundle_files, write_zip

USERS, ENROLLMENTS = 4_441, 31_045


def test_a_district_is_checked_in_bounded_memory(tmp_path: Path) -> None:
    user, enrollment = BULK["users"][0], BULK["enrollments"][0]
    files = as_1_1(
        BULK
        | {
            "users": [user | {"sourcedId": f"00000000-0000-0000-0000-{n:012d}"} for n in range(USERS)],
            "enrollments": [
                enrollment
                | {
                    "sourcedId": f"10000000-0000-0000-0000-{n:012d}",
                    "userSourcedId": f"00000000-0000-0000-0000-{n % USERS:012d}",
                }
                for n in range(ENROLLMENTS)
            ],
        }
    )
    path = write_zip(tmp_path / "district.zip", bundle_files(files, version="1.1"))
    tracemalloc.start()
    try:
        bundle, report = check_path(path)
        assert bundle is not None
        count = sum(1 for _ in rows(bundle, EnrollmentRow))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert report.problems == ()
    assert (report.files["users"].rows, report.files["enrollments"].rows, count) == (USERS, ENROLLMENTS, ENROLLMENTS)
    assert peak < 30 * 1024 * 1024
