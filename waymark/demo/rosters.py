"""The sample rosters as OneRoster bundles in a folder, so that they come in through the same door as anybody's.

Dates move so that today lies fourteen weeks into the school year, whenever the demo is started.
"""

import csv
import lzma
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from waymark.demo.frameworks import DATA

WRITTEN_FOR = date(2025, 11, 21)  # the day of the generated school that lies fourteen weeks after its start
GIVEN = (
    "Aisha Bruno Carla Dmitri Elif Farid Greta Hugo Ines Jonas Kira Luca Mona Noel Olga Pavel Quinn Rosa Samir Tess "
    "Umar Vera Wanda Xenia Yara Zoltan"
).split()

CREW = (
    "Adebayo Bergstrom Castellano Dvorak Eriksen Ferreira Grigoryan Haddad Ibarra Jovanovic Kaminski Lindgren Moreau "
    "Nakamura Okonkwo Petrov"
).split()

TRAINERS = (("Sana", "Qureshi"), ("Lars", "Holm"))
MENTORS = (("Dolores", "Ruiz"), ("Tom", "Abara"))
STAMP = "2025-09-01T00:00:00.000Z"
Row = dict[str, str]


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "/".join(("waymark-demo-roster", *parts))))


def read(name: str) -> list[Row]:
    file = DATA / "roster" / f"{name}.csv"
    packed = file.with_suffix(".csv.xz")
    data = lzma.decompress(packed.read_bytes()) if packed.exists() else file.read_bytes()
    return list(csv.DictReader(StringIO(data.decode())))


def write(folder: Path, name: str, rows: Sequence[Row]) -> None:
    """The file with all columns of its kind, in their order."""
    columns = list(rows[0]) if name == "manifest" else list(read(name)[0])
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def manifest(folder: Path, files: Iterable[str]) -> None:
    rows = [{"propertyName": "manifest.version", "value": "1.0"}, {"propertyName": "oneroster.version", "value": "1.1"}]
    rows += [{"propertyName": f"file.{name}", "value": "bulk"} for name in files]
    write(folder, "manifest", rows)


def shifted(row: Row, days: int, *names: str) -> Row:
    """The row with these dates moved by whole weeks."""
    return {**row, **{n: (date.fromisoformat(row[n]) + timedelta(days=days)).isoformat() for n in names if row[n]}}


def district(folder: Path, today: date) -> None:
    """One school of 72 learners in six grades, with a district office above it and a guardian for every learner."""
    days = (today - WRITTEN_FOR).days // 7 * 7
    orgs, users = read("orgs"), read("users")
    office = {
        **orgs[0],
        "sourcedId": _id("district"),
        "name": "Periwinkle Unified District",
        "type": "district",
        "identifier": "1",
    }
    write(folder, "orgs", [office, *({**row, "parentSourcedId": office["sourcedId"]} for row in orgs)])
    sessions = [shifted(row, days, "startDate", "endDate") for row in read("academicSessions")]
    for row in sessions:
        first, last = row["startDate"][:4], row["endDate"][:4]
        row["schoolYear"] = last
        row["title"] = f"{first}–{last} school year" if row["type"] == "schoolYear" else row["title"]
    write(folder, "academicSessions", sessions)
    courses = read("courses")
    write(folder, "courses", courses)
    titles = {row["sourcedId"]: row["title"] for row in courses}
    classes = [{**row, "title": f"{titles[row['courseSourcedId']]} · {row['title']}"} for row in read("classes")]
    write(folder, "classes", classes)
    write(folder, "enrollments", [shifted(row, days, "beginDate", "endDate") for row in read("enrollments")])
    learners = [row for row in users if row["role"] == "student"]
    guardians = [_guardian(n, learner) for n, learner in enumerate(learners)]
    # Two families have a second child at the school.
    for older, younger in ((0, 13), (25, 49)):
        learners[younger]["agentSourcedIds"] = guardians[older]["sourcedId"]
        guardians[younger]["enabledUser"] = "false"
    for learner, guardian in zip(learners, guardians, strict=True):
        learner["agentSourcedIds"] = learner["agentSourcedIds"] or guardian["sourcedId"]
    staff = [row for row in users if row["role"] != "student"]
    director = _user(
        "director", "administrator", "Imani", "Fairweather", "imani.fairweather@school.example", office["sourcedId"]
    )
    # Two people of the district: who proposes a policy cannot approve it.
    second = _user("second", "administrator", "Rafael", "Okafor", "rafael.okafor@school.example", office["sourcedId"])
    write(folder, "users", [director, second, *staff, *learners, *guardians])
    manifest(folder, ("academicSessions", "orgs", "courses", "classes", "users", "enrollments"))


def _user(key: str, role: str, given: str, family: str, email: str, org: str, **values: Any) -> Row:
    row = dict.fromkeys(read("users")[0], "")
    identity = {
        "sourcedId": _id(key),
        "status": "active",
        "dateLastModified": STAMP,
        "enabledUser": "true",
        "role": role,
    }
    person = {
        "givenName": given,
        "familyName": family,
        "email": email,
        "username": email.split("@", maxsplit=1)[0],
        "orgSourcedIds": org,
    }
    return {**row, **identity, **person, **values}


def _guardian(n: int, learner: Row) -> Row:
    given = GIVEN[n * 7 % len(GIVEN)]
    email = f"{given}.{learner['familyName']}@family.example".lower().replace(" ", "")
    return _user(f"guardian-{n}", "guardian", given, learner["familyName"], email, learner["orgSourcedIds"])


def company(folder: Path, today: date) -> None:
    """A training company: one academy, two cohorts of eight, two trainers, a mentor for each trainee."""
    begin, end = today - timedelta(weeks=12), today + timedelta(weeks=14)
    academy, course, term = _id("academy"), _id("course"), _id("term")
    head = {"status": "active", "dateLastModified": STAMP}
    firm = {**head, "sourcedId": _id("company"), "name": "Northlight Rail", "type": "district"}
    branch = {**head, "sourcedId": academy, "name": "Northlight Academy", "type": "school"}
    write(folder, "orgs", [{**firm, "parentSourcedId": ""}, {**branch, "parentSourcedId": firm["sourcedId"]}])
    dates = {"startDate": begin.isoformat(), "endDate": end.isoformat(), "schoolYear": str(end.year)}
    session = {**head, "sourcedId": term, "title": "Track safety intake", "type": "term", **dates}
    write(folder, "academicSessions", [{**session, "parentSourcedId": ""}])
    about = {"title": "Working safely on the track", "courseCode": "TS1", "orgSourcedId": academy, "subjects": "Safety"}
    write(folder, "courses", [{**head, "sourcedId": course, **about}])
    cohorts = [_cohort(letter, course, academy, term) for letter in "AB"]
    write(folder, "classes", cohorts)
    people, seats = _crew(academy, cohorts, begin, end)
    write(folder, "users", people)
    write(folder, "enrollments", seats)
    manifest(folder, ("academicSessions", "orgs", "courses", "classes", "users", "enrollments"))


def _cohort(letter: str, course: str, academy: str, term: str) -> Row:
    row = dict.fromkeys(read("classes")[0], "")
    head = {"sourcedId": _id("cohort", letter), "status": "active", "dateLastModified": STAMP}
    about = {"title": f"Track safety · Cohort {letter}", "classCode": f"TS1-{letter}", "classType": "scheduled"}
    place = {"courseSourcedId": course, "schoolSourcedId": academy, "termSourcedIds": term, "subjects": "Safety"}
    return {**row, **head, **about, **place}


def _crew(academy: str, cohorts: list[Row], begin: date, end: date) -> tuple[list[Row], list[Row]]:
    def mail(given: str, family: str) -> str:
        return f"{given}.{family}@northlight.example".lower()

    def seat(user: Row, cohort: Row, role: str) -> Row:
        row = dict.fromkeys(read("enrollments")[0], "")
        return {**row, "sourcedId": _id("seat", user["sourcedId"], cohort["sourcedId"]), "status": "active",
                "dateLastModified": STAMP, "classSourcedId": cohort["sourcedId"], "schoolSourcedId": academy,
                "userSourcedId": user["sourcedId"], "role": role, "primary": "true" if role == "teacher" else "",
                "beginDate": begin.isoformat(), "endDate": end.isoformat()}  # fmt: skip

    manager = _user("manager", "administrator", "Ruth", "Osei", mail("ruth", "osei"), _id("company"))
    second = _user("second", "administrator", "Noor", "Lindqvist", mail("noor", "lindqvist"), _id("company"))
    head = _user("head", "administrator", "Piet", "Vanderberg", mail("piet", "vanderberg"), academy)
    trainers = [_user(f"trainer-{n}", "teacher", *name, mail(*name), academy) for n, name in enumerate(TRAINERS)]
    mentors = [_user(f"mentor-{n}", "guardian", *name, mail(*name), academy) for n, name in enumerate(MENTORS)]
    crew = [
        _user(
            f"trainee-{n}",
            "student",
            given,
            family,
            mail(given, family),
            academy,
            agentSourcedIds=mentors[n % 2]["sourcedId"],
        )
        for n, family in enumerate(CREW)
        for given in (GIVEN[n * 5 % len(GIVEN)],)
    ]
    seats = [seat(trainer, cohort, "teacher") for trainer, cohort in zip(trainers, cohorts, strict=True)]
    seats += [seat(user, cohorts[n // 8], "student") for n, user in enumerate(crew)]
    return [manager, second, head, *trainers, *mentors, *crew], seats
