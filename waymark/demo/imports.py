"""Two roster files by page: one that is saved and can be undone, and one that waits with its preview."""

import csv
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

from django.core.files.base import ContentFile

from integrations.roster_pages.keeping import ask_save, keep_roster
from integrations.roster_pages.work import run_imports
from tenancy.actor import DST, Actor
from tenancy.models import Member, RoleGrant, Tenant
from waymark.demo import rosters

Files = dict[str, list[rosters.Row]]


def add_imports(tenant: Tenant, system: Actor) -> None:
    """As the first administrator of the district; nothing where there is none."""
    grants = RoleGrant.objects.filter(role=DST).values("member_id")
    member = Member.objects.filter(id__in=grants).order_by("id").first()
    if member is None:
        return
    actor = Actor(tenant.pk, system.today, frozenset({DST}), member.pk, member.user_id, label=member.name)
    with tempfile.TemporaryDirectory() as folder:
        rosters.district(Path(folder), system.today)
        files = {path.stem: _read(path) for path in sorted(Path(folder).iterdir())}
    _with_corrections(files)
    saved = keep_roster(actor, upload=_packed(files, f"roster-{system.today:%Y-%m}.zip"), keeps_missing=True)
    run_imports(tenant.pk)
    saved.refresh_from_db()
    ask_save(actor, one=saved, have_left=False)
    run_imports(tenant.pk)
    _with_news_and_faults(files)
    keep_roster(actor, upload=_packed(files, f"roster-{system.today:%Y-%m-%d}.zip"), keeps_missing=True)
    run_imports(tenant.pk)


def _with_corrections(files: Files) -> None:
    """What a school office mends in a week: two numbers, and a name as the family writes it."""
    learners = _learners(files)
    learners[20]["identifier"] = f"{learners[20]['identifier']}-2"
    learners[31]["identifier"] = f"{learners[31]['identifier']}-2"
    learners[44]["familyName"] = f"{learners[44]['familyName']}-Reyes"


def _with_news_and_faults(files: Files) -> None:
    """A newcomer, a move to another class, two guardians who are missing, two rows that cannot be read."""
    users, seats = files["users"], files["enrollments"]
    learners = _learners(files)
    newcomer = {**learners[0], "sourcedId": "demo-newcomer", "givenName": "Niko", "familyName": "Vasquez",
                "username": "niko.vasquez", "email": "", "identifier": "20660", "agentSourcedIds": ""}  # fmt: skip
    users.append(newcomer)
    seat = next(row for row in seats if row["userSourcedId"] == learners[0]["sourcedId"])
    seats.append({**seat, "sourcedId": "demo-newcomer-seat", "userSourcedId": newcomer["sourcedId"]})
    for place in (7, 9):
        learners[place]["agentSourcedIds"] = ""
    learners[12]["givenName"] = ""
    learners[15]["enabledUser"] = "yes"
    learners[18]["familyName"] = "El-Sayed"
    classes = sorted({row["classSourcedId"] for row in seats if row["role"] == "student"})
    moved = next(row for row in seats if row["userSourcedId"] == learners[22]["sourcedId"])
    moved["classSourcedId"] = next(one for one in classes if one != moved["classSourcedId"])


def _learners(files: Files) -> list[rosters.Row]:
    return [row for row in files["users"] if row["role"] == "student"]


def _read(path: Path) -> list[rosters.Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _packed(files: Files, name: str) -> ContentFile[bytes]:
    out = BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for stem, rows in files.items():
            rosters.write(Path(folder), stem, rows)
            packed.write(Path(folder) / f"{stem}.csv", f"{stem}.csv")
    return ContentFile(out.getvalue(), name=name)
