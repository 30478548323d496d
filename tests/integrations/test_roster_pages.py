"""Rosters by page: preview, saving without bad rows, who is not in the file, undo, a worker that dies, discarding."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from assessments.artefact_files import storage
from integrations.models import RosterChange, RosterImport, RosterImportRow
from integrations.oneroster.lines import BadCsv
from integrations.roster_pages import rows, work
from integrations.roster_pages.watching import Stopped
from integrations.roster_pages.work import forget_old_of, run_imports
from learners.models import Learner
from tenancy.context import tenant_context
from tenancy.models import AuditEntry, Member
from tests.builders import Cast, World
from tests.integrations.oneroster_builders import bundle_files
from tests.integrations.roster_builders import Rows, enrolled, learner, links, roles_of, school, seat, user, without
from tests.reporting.conftest import text_of
from tests.stepping import step_up

NEW = "/people/imports/new/"


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def district(home: World) -> Client:
    client = Client()
    client.force_login(home.users["DST"])
    step_up(client, home.users["DST"])
    return client


def packed(files: Rows) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in bundle_files(files).items():
            archive.writestr(name, data)
    return out.getvalue()


def send(client: Client, data: bytes, name: str = "roster.zip", missing: str = "stay") -> Any:
    return client.post(NEW, {"file": SimpleUploadedFile(name, data), "missing": missing})


def upload(world: World, client: Client, files: Rows, missing: str = "stay") -> str:
    """The address of the preview, worked out."""
    sent = send(client, packed(files), missing=missing)
    assert sent.status_code == 302
    run_imports(world.tenant.pk)
    return str(sent.headers["Location"])


def save(world: World, client: Client, address: str, **values: str) -> str:
    assert client.post(f"{address}save/", values).status_code == 302
    run_imports(world.tenant.pk)
    return text_of(client.get(address))


def put(world: World, client: Client, files: Rows, missing: str = "stay") -> str:
    address = upload(world, client, files, missing)
    save(world, client, address)
    return address


def with_faults() -> Rows:
    """The name of l0 is too long, a new learner has none; the rows that point to them cannot be saved either."""
    files = school()
    files["users"][0]["givenName"] = "x" * 200
    files["users"].append({**user("l77"), "givenName": ""})
    files["enrollments"].append(seat("c1", "l77"))
    return files


def test_preview_says_what_saving_does(home: World, district: Client) -> None:
    address = upload(home, district, with_faults())
    words = text_of(district.get(address))
    assert "7 rows cannot be saved" in words
    assert "nothing has been changed yet" in words
    assert "Row 2: givenName has 200 characters. Shorten it to 150" in words
    assert "Row 16: givenName is empty. Every row of users.csv needs it" in words
    assert "users.csv : Row 16" in words
    assert "enrollments.csv : Row 14" in words
    assert "New people 12" in words
    assert "Same as now 0" in words
    assert "Save 12 people, skip 7 rows" in words
    with tenant_context(home.tenant.pk):
        assert not Member.objects.filter(sourced_id="l1").exists()
    table = district.get(f"{address}problems/users.csv").content.decode()
    assert table.count("\r\n") == 4
    assert "Shorten it to 150" in table
    assert district.get(f"{address}problems/classes.csv").status_code == 404
    words = save(home, district, address)
    assert "7 rows were not saved" in words
    assert "Undo this import" in words
    with tenant_context(home.tenant.pk):
        assert enrolled("c1") == {"l1", "l2", "l3", "l4"}
        one = RosterImport.objects.get()
        assert (one.state, one.stored_as) == ("saved", "")
        assert not RosterImportRow.objects.exists()
        entry = AuditEntry.objects.get(action="roster.imported")
        assert entry.member_id == home.members["DST"].pk
    assert district.post(f"{address}save/").status_code == 409


def test_who_is_not_in_the_file_stays_and_who_is_passed_over_does(home: World, district: Client) -> None:
    put(home, district, school())
    files = without(without(school(), "users", "l1", "parent"), "roles", "l1-student-s1", "parent-parent-s1")
    files = without(files, "enrollments", "c1-l1")
    files["users"][0]["givenName"] = "x" * 200
    address = upload(home, district, files)
    words = text_of(district.get(address))
    assert "Not in the file 5 kept, not removed" in words
    assert "New people 0 Changed 0 Same as now 11" in words
    save(home, district, address)
    with tenant_context(home.tenant.pk):
        assert enrolled("c1") == {"l0", "l1", "l2", "l3", "l4"}
        assert links()["parent", "l0"] == "verified"
        assert Learner.objects.filter(is_active=True, sourced_id__in=("l0", "l1")).count() == 2
    # The same as the whole roster: who is missing has left, and who could not be read has not.
    address = upload(home, district, files, missing="left")
    assert "Has left L1 Silva" in text_of(district.get(address))
    save(home, district, address, have_left="1")
    with tenant_context(home.tenant.pk):
        assert learner("l0").is_active
        assert not learner("l1").is_active
        assert enrolled("c1") == {"l0", "l2", "l3", "l4"}


def test_a_guardian_who_loses_access_is_named(home: World, district: Client) -> None:
    files = school()
    files["users"][0]["agentSourcedIds"] = "parent"
    files["users"][-1]["agentSourcedIds"] = ""
    put(home, district, files)
    files["users"][0]["agentSourcedIds"] = ""
    files["enrollments"][1]["classSourcedId"] = "c2"
    files["users"][2]["identifier"] = "no-l3"
    address = upload(home, district, files)
    words = text_of(district.get(address))
    assert "1 guardian would lose access" in words
    assert "Parent Silva to L0 Silva" in words
    assert "Student number no-l3 is already used by L3 Silva. Give one of them another number" in words
    assert "Class c1 Class c2" in words or "Class c2 Class c1" in words
    save(home, district, address)
    with tenant_context(home.tenant.pk):
        assert links()["parent", "l0"] == "ended"
        assert "l1" in enrolled("c2")
        assert "l1" not in enrolled("c1")


def test_undo_sets_back_what_nobody_changed_since(home: World, district: Client) -> None:
    put(home, district, school())
    with tenant_context(home.tenant.pk):
        before = state()
    files = school()
    files["users"][1] |= {"grades": "07", "givenName": "Other"}
    files["users"][2] |= {"grades": "07"}
    files["users"].append(user("fresh"))
    files["roles"].append({**files["roles"][0], "sourcedId": "fresh-student", "userSourcedId": "fresh"})
    files["enrollments"][3] |= {"classSourcedId": "c2", "sourcedId": "moved"}
    address = put(home, district, files)
    with tenant_context(home.tenant.pk):
        assert learner("l1").grade == "07"
        assert learner("fresh").is_active
        Learner.objects.filter(sourced_id="l2").update(grade="08")
    assert district.post(f"{address}undo/").status_code == 302
    run_imports(home.tenant.pk)
    words = text_of(district.get(address))
    assert "Left as it is, because somebody changed it since: L2 Silva: the learner's record" in words
    with tenant_context(home.tenant.pk):
        assert not learner("fresh").is_active
        assert roles_of("fresh")["LRN"][1] is not None
        assert learner("l2").grade == "08"
        Learner.objects.filter(sourced_id="l2").update(grade="06")
        assert state() == before
        assert not RosterChange.objects.filter(roster_import__state="undone").exists()
    assert district.post(f"{address}undo/").status_code == 409
    put(home, district, files)
    with tenant_context(home.tenant.pk):
        assert learner("fresh").is_active
        assert learner("l1").given_name == "Other"


def state() -> tuple[Any, ...]:
    """Everybody's record, seats and links, without who came later."""
    rows = Learner.objects.filter(sourced_id__startswith="l").order_by("sourced_id")
    people = tuple(rows.values_list("sourced_id", "given_name", "grade", "is_active", "folded_name"))
    return people, enrolled("c1"), enrolled("c2"), links()


def test_a_worker_that_dies_and_an_import_that_is_discarded(
    home: World, district: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = str(send(district, packed(school())).headers["Location"])
    assert "Waiting for a free worker." in text_of(district.get(address))
    with monkeypatch.context() as patch:
        patch.setattr(work, "_check", dies)
        with pytest.raises(KeyboardInterrupt):
            run_imports(home.tenant.pk)
    assert district.get(address, headers={"HX-Request": "true"}).status_code == 200
    run_imports(home.tenant.pk)
    assert district.get(address, headers={"HX-Request": "true"}).status_code == 286
    with tenant_context(home.tenant.pk):
        key = RosterImport.objects.get().stored_as
    # Discarded while it is saved: nothing of it stays.
    district.post(f"{address}save/")
    with monkeypatch.context() as patch:
        patch.setattr(work, "keep_changes", lambda _key: discard_beside(home))
        run_imports(home.tenant.pk)
    with tenant_context(home.tenant.pk):
        assert not Member.objects.filter(sourced_id="l1").exists()
    assert storage().exists(key)
    assert district.post(f"{address}discard/").status_code == 302
    assert not storage().exists(key)
    assert district.post(f"{address}discard/").status_code == 409


def dies(*_args: object) -> None:
    raise KeyboardInterrupt


def discard_beside(home: World) -> int:
    """As if somebody pressed the button in this moment."""
    raise Stopped


def test_rights_end_before_the_job_runs(home: World, district: Client) -> None:
    address = str(send(district, packed(school())).headers["Location"])
    with tenant_context(home.tenant.pk):
        home.members["DST"].role_grants.update(ends_on=home.system.today - timedelta(days=1))
    run_imports(home.tenant.pk)
    with tenant_context(home.tenant.pk):
        home.members["DST"].role_grants.update(ends_on=None)
    assert "may no longer import rosters" in text_of(district.get(address))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"sourcedId,name", "roster.csv is not a ZIP. Send the OneRoster export as one ZIP, with manifest.csv in it"),
        (None, "Choose the file that you want to import"),
    ],
)
def test_what_is_no_roster(district: Client, data: bytes | None, sentence: str) -> None:
    values = {} if data is None else {"file": SimpleUploadedFile("roster.csv", data)}
    response = district.post(NEW, values)
    assert response.status_code == 422
    assert sentence in text_of(response)


def test_a_zip_that_is_no_bundle_and_one_that_changed_meanwhile(home: World, district: Client) -> None:
    files = school()
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    address = str(send(district, out.getvalue()).headers["Location"])
    run_imports(home.tenant.pk)
    assert "There is no manifest.csv. Add one that names version and files" in text_of(district.get(address))
    first, second = upload(home, district, files), upload(home, district, files)
    save(home, district, first)
    district.post(f"{second}save/")
    run_imports(home.tenant.pk)
    run_imports(home.tenant.pk)
    assert "Something here changed after the preview, so nothing was saved." in text_of(district.get(second))


def test_rows_that_cannot_be_read_again_are_not_taken_for_missing(
    home: World, district: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passed over without a look at them, their people would have left the roster."""
    monkeypatch.setattr(rows, "records", broken)
    address = upload(home, district, with_faults(), missing="left")
    words = text_of(district.get(address))
    assert "This file cannot be saved" in words
    assert (
        "The rows that cannot be saved could not be read again: the quotes or commas do not add up. "
        "Make the file again and upload it"
    ) in words


def broken(_stream: Any) -> Any:
    raise BadCsv(7, "the quotes or commas do not add up")


def test_files_and_undo_go_after_their_days(home: World, district: Client) -> None:
    upload(home, district, with_faults())
    saved = put(home, district, school())
    long_ago = timezone.now() - timedelta(days=31)
    with tenant_context(home.tenant.pk):
        keys = list(RosterImport.objects.exclude(stored_as="").values_list("stored_as", flat=True))
        RosterImport.objects.update(made_at=long_ago)
        RosterImport.objects.exclude(saved_at=None).update(saved_at=long_ago)
    forget_old_of(home.tenant.pk)
    assert keys
    assert not any(storage().exists(key) for key in keys)
    with tenant_context(home.tenant.pk):
        assert not RosterChange.objects.exists()
        assert not RosterImportRow.objects.exists()
        assert not RosterImport.objects.exclude(problems=[]).exists()
    assert district.post(f"{saved}undo/").status_code == 409


def test_saving_needs_the_word_that_many_have_left(home: World, district: Client) -> None:
    put(home, district, school())
    gone = [f"l{n}" for n in range(6)]
    files = without(school(), "users", *gone)
    files = without(files, "roles", *(f"{one}-student-s1" for one in gone))
    files = without(files, "enrollments", *(f"c1-{one}" for one in gone), "c2-l5")
    files["users"][-1]["agentSourcedIds"] = ""
    address = upload(home, district, files, missing="left")
    refused = district.post(f"{address}save/")
    assert refused.status_code == 422
    assert "Say that these learners have really left, or upload a file that has them" in text_of(refused)
    save(home, district, address, have_left="1")
    with tenant_context(home.tenant.pk), connection.cursor():
        assert not learner("l3").is_active
