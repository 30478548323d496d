"""How long a district's roster takes to come in, how much memory, and how long the same bundle takes again (OR-9).

    python3 benchmarks/ingest_roster.py [--users 4441] [--enrolments 31045]

Starts a database of its own and deletes it afterwards. The limits: 60 s and 500 MB on two cores, and less than 10 %
of the first time for the second run. The third run is the same bundle with the fingerprints forgotten: what it costs
to compare every row.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from integrations.oneroster.tables import TABLES  # noqa: E402 - the path comes first

PER_SECTION = 25
COURSES = 40
DAYS = ("2026-08-15", "2027-06-10")
Row = dict[str, str]


def make_bundle(folder: Path, users: int, enrolments: int) -> None:
    """A 1.1 bundle: schools of about 500 learners, a teacher per 15, a guardian for two learners."""
    learners = users * 10 // 16
    teachers = learners // 15
    sections = enrolments // PER_SECTION
    schools = max(1, learners // 500)
    made = {
        "orgs": [{"sourcedId": _id("org", n), "name": f"School {n}", "type": "school" if n else "district"}
                 | ({"parentSourcedId": _id("org", 0)} if n else {}) for n in range(schools + 1)],
        "academicSessions": [{"sourcedId": _id("term", 0), "title": "Year", "type": "schoolYear",
                              "startDate": DAYS[0], "endDate": DAYS[1], "schoolYear": "2027"}],
        "courses": [{"sourcedId": _id("course", n), "title": f"Course {n}", "orgSourcedId": _id("org", 1)}
                    for n in range(COURSES)],
        "classes": [{"sourcedId": _id("class", n), "title": f"Class {n}", "courseSourcedId": _id("course", n % COURSES),
                     "classType": "scheduled", "schoolSourcedId": _id("org", 1 + n % schools),
                     "termSourcedIds": _id("term", 0), "grades": "06"} for n in range(sections)],
        "users": [*_people("student", learners, schools), *_people("teacher", teachers, schools),
                  *_people("guardian", users - learners - teachers, schools)],
        "enrollments": [_seat(n, sections, teachers, learners, schools) for n in range(enrolments)],
    }  # fmt: skip
    for row in made["users"][: min(learners, 2 * (users - learners - teachers))]:
        row["agentSourcedIds"] = _id("guardian", int(row["identifier"]) // 2)
    modes = [
        {"propertyName": "manifest.version", "value": "1.0"},
        {"propertyName": "oneroster.version", "value": "1.1"},
    ]
    modes += [{"propertyName": f"file.{name}", "value": "bulk"} for name in made]
    _write(folder / "manifest.csv", ["propertyName", "value"], modes)
    for name, rows in made.items():
        _write(folder / f"{name}.csv", [column.name for column in TABLES["1.1"][name].columns], rows)


def _id(kind: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}{number}"))


def _people(role: str, number: int, schools: int) -> list[Row]:
    return [
        {"sourcedId": _id(role, n), "enabledUser": "true", "orgSourcedIds": _id("org", 1 + n % schools), "role": role,
         "username": f"{role}{n}", "givenName": f"Given{n}", "familyName": f"Family{n % 700}", "identifier": str(n),
         "email": f"{role}{n}@school.example", "grades": "06"}
        for n in range(number)
    ]  # fmt: skip


def _seat(n: int, sections: int, teachers: int, learners: int, schools: int) -> Row:
    """The first row of a class is its teacher's."""
    place = n % sections
    learner = (place * 7 + n // sections * 101) % learners
    person, role = (_id("teacher", n % teachers), "teacher") if n < sections else (_id("student", learner), "student")
    return {"sourcedId": _id("seat", n), "classSourcedId": _id("class", place), "userSourcedId": person, "role": role,
            "schoolSourcedId": _id("org", 1 + place % schools), "beginDate": DAYS[0], "endDate": DAYS[1]}  # fmt: skip


def _write(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def measure(users: int, enrolments: int) -> int:
    import django  # noqa: PLC0415 - only once the environment names a database

    django.setup()
    from integrations.oneroster import importer  # noqa: PLC0415
    from tenancy.context import tenant_context  # noqa: PLC0415
    from tenancy.models import Tenant  # noqa: PLC0415

    tenant = Tenant.objects.create(slug=f"bench-{os.getpid()}", name="Benchmark")
    with tempfile.TemporaryDirectory() as place:
        make_bundle(Path(place), users, enrolments)
        times = []
        for run in ("first", "same again", "same, every row compared"):
            if run.endswith("compared"):
                importer.__dict__["last_report"] = lambda _digest: None
            begun = time.perf_counter()
            with tenant_context(tenant.pk):
                report = importer.import_bundle(Path(place))
            times.append(time.perf_counter() - begun)
            share = f" = {times[-1] / times[0]:.1%} of the first" if len(times) > 1 else ""
            state = (
                "nothing changed"
                if report.is_unchanged
                else ", ".join(f"{k} {c['created']}" for k, c in report.counts.items())
            )
            print(f"{run}: {times[-1]:.2f} s{share}; {state}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the process: {peak:.0f} MB; {enrolments / times[0]:,.0f} enrolments a second")
    good = times[0] < 60 and peak < 500 and times[1] < times[0] / 10
    print("within the limits" if good else "OUTSIDE the limits of OR-9")
    return 0 if good else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--users", type=int, default=4_441)
    parser.add_argument("--enrolments", type=int, default=31_045)
    options = parser.parse_args()
    if os.environ.get("BENCH_READY"):
        return measure(options.users, options.enrolments)
    from waymark.local.test import servers  # noqa: PLC0415

    with servers() as urls:
        environment = {**os.environ, **urls, "DJANGO_SETTINGS_MODULE": "waymark.settings", "WAYMARK_NO_BOOTSTRAP": "1",
                       "WAYMARK_ENV": "test", "SECRET_KEY": "benchmark" * 8}  # fmt: skip
        owner = {**environment, "WAYMARK_DATABASE_ROLE": "owner"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=owner, check=True)
        command = [sys.executable, __file__, "--users", str(options.users), "--enrolments", str(options.enrolments)]
        return subprocess.run(command, cwd=ROOT, env={**environment, "BENCH_READY": "1"}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
