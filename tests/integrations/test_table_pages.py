"""Uploading a table, reading its preview, saving it: by page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from competencies.models import Competency, Framework
from integrations.models import CurriculumUpload
from tenancy.context import tenant_context
from tests.builders import Cast, World
from tests.reporting.conftest import text_of
from tests.stepping import step_up

ADDRESS = "/curriculum/import/"
HEAD = "code,statement,state\r\n"
BIG = b"x" * 5_300_000


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def district(home: World) -> Client:
    client = Client()
    client.force_login(home.users["DST"])
    return client


def send(client: Client, text: str | bytes, **values: Any) -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(ADDRESS, {"kind": "csv", "file": SimpleUploadedFile("table.csv", data), **values})


def seen_of(response: Any) -> str:
    found = re.search(r'name="seen" value="(\w+)"', response.content.decode())
    assert found is not None
    return found.group(1)


def test_preview_then_save(home: World, district: Client) -> None:
    place = str(home.framework.public_id)
    sent = send(district, f"{HEAD}N.1,Counts to ten,\r\nLKV.0,New words,active\r\n", framework=place)
    preview = district.get(sent.headers["Location"])
    words = text_of(preview)
    assert "table.csv → LKV Framework · nothing is written yet" in words
    assert "statement: Can do LKV.0 New words" in words
    assert "Not in the file, kept 3" in words
    saved = district.post(sent.headers["Location"], {"seen": seen_of(preview), "then": "all"}, follow=True)
    assert "2 rows are saved." in text_of(saved)
    with tenant_context(home.tenant.pk):
        assert Competency.objects.get(code="N.1").is_draft
        assert Competency.objects.get(code="LKV.0").statement == "New words"
        assert not CurriculumUpload.objects.exists()


def test_problems_come_first_and_the_good_rows_are_asked_for(home: World, district: Client) -> None:
    sent = send(district, f"{HEAD}N.1,Counts,\r\nN.2,,\r\n", framework="new", title="Numbers")
    preview = district.get(sent.headers["Location"])
    words = text_of(preview)
    assert words.index("The statement is empty.") < words.index("Counts")
    assert "Save the 1 good row" in words
    refused = district.post(sent.headers["Location"], {"seen": seen_of(preview), "then": "all"})
    assert refused.status_code == 400
    assert "Repair the file and send it again, or save the good rows only." in text_of(refused)
    saved = district.post(sent.headers["Location"], {"seen": seen_of(preview), "then": "good"}, follow=True)
    assert "1 row is saved." in text_of(saved)
    with tenant_context(home.tenant.pk):
        made = Framework.objects.get(title="Numbers")
        assert (made.state, made.competencies.count()) == ("draft", 1)


def test_putting_into_use_asks_for_a_proof_of_identity(home: World, district: Client) -> None:
    sent = send(district, f"{HEAD}N.1,Counts,active\r\n", framework=str(home.framework.public_id))
    seen = {"seen": seen_of(district.get(sent.headers["Location"])), "then": "all"}
    asked = district.post(sent.headers["Location"], seen)
    assert "reauthenticate" in asked.headers["Location"]
    with tenant_context(home.tenant.pk):
        assert not Competency.objects.filter(code="N.1").exists()
    step_up(district, home.users["DST"])
    assert district.post(sent.headers["Location"], seen).status_code == 302
    with tenant_context(home.tenant.pk):
        assert not Competency.objects.get(code="N.1").is_draft


def test_somebody_was_faster(home: World, district: Client) -> None:
    sent = send(district, f"{HEAD}LKV.0,Mine,\r\n", framework=str(home.framework.public_id))
    seen = seen_of(district.get(sent.headers["Location"]))
    with tenant_context(home.tenant.pk):
        Competency.objects.filter(code="LKV.0").update(statement="Theirs")
    response = district.post(sent.headers["Location"], {"seen": seen, "then": "all"})
    assert response.status_code == 409
    assert "The framework was changed since this preview was made. Look at it again, then save." in text_of(response)
    assert "statement: Theirs Mine" in text_of(response)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"file": ""}, "Choose the file that you want to import"),
        ({"kind": "pdf"}, "Choose what kind of file it is"),
        ({"framework": "x"}, "Choose a framework from the list"),
        ({"framework": "new"}, "Choose the framework it belongs to, or enter the name of a new one"),
        ({"file": SimpleUploadedFile("t.csv", b"a,b\r\n1,2\r\n")}, "There is no column “code”."),
        ({"file": SimpleUploadedFile("t.csv", BIG)}, "The file is 5.1 MB. Send one of up to 5 MB, or split"),
    ],
)  # fmt: skip
def test_mistakes_of_the_form(home: World, district: Client, values: dict[str, Any], sentence: str) -> None:
    data = {"framework": str(home.framework.public_id), **values}
    response = send(district, f"{HEAD}N.1,Counts,\r\n", **data)
    assert response.status_code == 422
    assert sentence in text_of(response)


def test_export_is_a_file_and_of_no_other_kind(home: World, district: Client) -> None:
    place = f"/curriculum/frameworks/{home.framework.public_id}/export."
    response = district.get(f"{place}csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="lkv-framework.csv"'
    assert response.content.startswith("\ufeffcode,statement".encode())
    assert district.get(f"{place}xlsx").content[:2] == b"PK"
    assert district.get(f"{place}exe").status_code == 404
