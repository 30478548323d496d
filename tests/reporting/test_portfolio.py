"""Portfolios: files by their content, pictures without where they were taken, downloads that run nowhere."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assessments.artefact_files import kind_of, safe_name, sweep
from assessments.models import Artefact
from tenancy.context import tenant_context
from tests.builders import World
from tests.reporting.conftest import As, text_of

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ADDED = "Added to the portfolio."


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "kept"}}
    settings.STORAGES = {**settings.STORAGES, "artefacts": local}


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 80, 40)).save(out, kind, **more)
    return out.getvalue()


def taken_somewhere() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x0112] = 6  # lies on its side
    return picture(exif=exif)


def add(client: Client, world: World, whose: str = "mine", **data: Any) -> Any:
    address = "/me/portfolio/new/" if whose == "mine" else f"/learners/{world.learner.public_id}/portfolio/new/"
    return client.post(address, {"title": "My bridge", **data})


def sent(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/octet-stream")


def only(world: World) -> Artefact:
    with tenant_context(world.tenant.pk):
        found: Artefact = Artefact.objects.select_related("learner").get()
        return found


def test_a_picture_is_kept_upright_and_without_where_it_was_taken(home: World, signed_in: As, teacher: Client) -> None:
    learner = signed_in("LRN")
    competency = str(home.competencies[0].public_id)
    done = add(
        learner, home, file=sent(taken_somewhere(), "bridge.jpg"), reflection="It held", competencies=[competency]
    )
    assert done.status_code == 302
    page = text_of(learner.get("/me/portfolio/"))
    assert all(words in page for words in ("My bridge", "It held", home.competencies[0].code))
    artefact = only(home)
    response = teacher.get(f"/artefacts/{artefact.public_id}/file/")
    content = response.content
    assert b"SecretCamera" not in content
    with Image.open(io.BytesIO(content)) as kept:
        assert kept.size == (20, 40)
        assert not kept.getexif()
    assert response.headers["Content-Disposition"] == 'attachment; filename="bridge.jpg"'
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "private, no-store"


def test_the_name_on_disk_is_none_of_the_senders(home: World, signed_in: As, tmp_path: Path) -> None:
    add(signed_in("LRN"), home, file=sent(PDF, "../../etc/pass\u202ewd.pdf"))
    [kept] = [path for path in (tmp_path / "kept").rglob("*") if path.is_file()]
    assert kept.parent.name == str(home.tenant.pk)
    assert "pass" not in kept.name
    assert only(home).file_name == "passwd.pdf"


def test_the_family_sees_what_is_shared_and_nothing_else(home: World, signed_in: As, teacher: Client) -> None:
    add(teacher, home, whose="staff", title="A poem", text="Rain on the roof")
    guardian, artefact = signed_in("GRD"), only(home)
    address = f"/family/{home.learner.public_id}/portfolio/"
    assert "Nothing was shared yet." in text_of(guardian.get(address))
    learner = signed_in("LRN")
    assert "Rain on the roof" in text_of(learner.get("/me/portfolio/"))
    learner.post(f"/artefacts/{artefact.public_id}/share/", {"share": "1"})
    assert "Rain on the roof" in text_of(guardian.get(address))
    learner.post(f"/artefacts/{artefact.public_id}/share/", {"share": "0"})
    assert "Rain on the roof" not in text_of(guardian.get(address))
    assert guardian.get(f"/family/{home.classmate.public_id}/portfolio/").status_code == 404


def test_a_file_that_no_scanner_saw_stays_at_school(home: World, signed_in: As, settings: Any) -> None:
    learner, guardian = signed_in("LRN"), signed_in("GRD")
    add(learner, home, file=sent(PDF, "essay.pdf"))
    artefact = only(home)
    refused = learner.post(f"/artefacts/{artefact.public_id}/share/", {"share": "1"})
    assert refused.status_code == 400
    assert guardian.get(f"/artefacts/{artefact.public_id}/file/").status_code == 404
    settings.ARTEFACT_SCANNER = "tests.reporting.test_portfolio:scan"
    bad = add(learner, home, file=sent(PDF + b"EICAR", "virus.pdf"))
    assert "The scanner found something harmful in this file. It was not kept" in text_of(bad)
    assert add(learner, home, title="Scanned", file=sent(PDF, "essay2.pdf")).status_code == 302
    with tenant_context(home.tenant.pk):
        scanned = Artefact.objects.get(title="Scanned")
    learner.post(f"/artefacts/{scanned.public_id}/share/", {"share": "1"})
    assert guardian.get(f"/artefacts/{scanned.public_id}/file/").status_code == 200


def scan(content: bytes, content_type: str) -> bool:
    return b"EICAR" not in content


def test_taken_out_is_gone_for_everybody(home: World, signed_in: As, teacher: Client) -> None:
    learner = signed_in("LRN")
    add(learner, home, file=sent(picture(), "a.jpg"))
    artefact = only(home)
    assert learner.post(f"/artefacts/{artefact.public_id}/remove/").status_code == 302
    for client in (learner, teacher):
        assert client.get(f"/artefacts/{artefact.public_id}/file/").status_code == 404
    assert "My bridge" not in text_of(teacher.get(f"/learners/{home.learner.public_id}/portfolio/"))


def zipped(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return out.getvalue()


WORD = {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}
REFUSED = [
    ("page.html", b"<!DOCTYPE html><script>alert(1)</script>", "page.html is not a kind of file we keep."),
    ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "drawing.svg is not a kind of file we"),
    ("drawing.txt", b"  <SVG onload=alert(1)>", "drawing.txt is not a kind of file we keep."),
    ("picture.png", b"<html>", "picture.png is not a kind of file we keep."),
    ("program.exe", b"MZ" + b"\0" * 100, "program.exe is not a kind of file we keep."),
    ("photo.pdf", picture(), "photo.pdf says it is “pdf”, but its content is image/jpeg."),
    ("photo.jpg.exe", picture(), "photo.jpg.exe says it is “exe”, but its content is image/jpeg."),
    ("half.jpg", picture()[:60], "The picture half.jpg cannot be read. Save it again, or take a new one"),
    ("empty.pdf", b"", "The file empty.pdf is empty. Choose it again"),
    ("archive.zip", zipped({"a.txt": b"a"}), "archive.zip is not a kind of file we keep."),
    ("macro.docx", zipped({**WORD, "word/vbaProject.bin": b"x"}), "macro.docx is not a kind of file we keep."),
    ("bomb.docx", zipped({**WORD, "word/big": b"\0" * 210_000_000}), "bomb.docx is not a kind of file we keep."),
    ("noise.txt", b"a\x00b", "noise.txt is not a kind of file we keep."),
    ("old.txt", "äöü".encode("latin-1"), "old.txt is not a kind of file we keep."),
]


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED, ids=[one[0] for one in REFUSED])
def test_refused_files(home: World, signed_in: As, tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    response = add(signed_in("LRN"), home, file=sent(content, name))
    assert response.status_code == 422
    assert sentence in text_of(response)
    with tenant_context(home.tenant.pk):
        assert not Artefact.objects.exists()
    assert not [path for path in (tmp_path / "kept").rglob("*") if path.is_file()]


KEPT = [
    ("a.png", picture("PNG"), "image"), ("a.webp", picture("WEBP"), "image"), ("a.pdf", PDF, "file"),
    ("a.txt", "Grüße\n".encode(), "file"), ("a.docx", zipped(WORD), "file"),
    ("a.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x21" + b"\0" * 300, "audio"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "kind"), KEPT, ids=[one[0] for one in KEPT])
def test_kept_files(home: World, signed_in: As, name: str, content: bytes, kind: str) -> None:
    assert add(signed_in("LRN"), home, file=sent(content, name)).status_code == 302
    assert only(home).kind == kind


BAD = [
    ({"title": "", "text": "x"}, "Enter a title, like My bridge of spaghetti"),
    ({}, "Add a file, a link or a text"),
    ({"text": "x", "url": "https://a.example/"}, "Add a file, a link or a text, one of them."),
    ({"url": "javascript:alert(1)"}, "The link was “javascript:alert(1)”. Enter one that begins with https://"),
    ({"url": "https://me:pw@a.example/"}, "Enter one that begins with https://"),
    ({"url": "http://[bad"}, "The link was “http://[bad”. Enter one that begins with https://"),
    ({"text": "x" * 20_001}, "This has 20001 characters. Shorten it to 20000"),
    ({"title": "a\x01", "text": "x"}, "This contains a control character. Type it again"),
    ({"text": "x", "competencies": ["00000000-0000-0000-0000-000000000000"]}, "Choose competencies from the list"),
]


@pytest.mark.parametrize(("data", "sentence"), BAD, ids=[one[1] for one in BAD])
def test_bad_forms(home: World, signed_in: As, data: dict[str, Any], sentence: str) -> None:
    response = add(signed_in("LRN"), home, **data)
    assert response.status_code == 422
    assert sentence in text_of(response)
    with tenant_context(home.tenant.pk):
        assert not Artefact.objects.exists()


def test_too_big_and_no_space(home: World, signed_in: As, settings: Any) -> None:
    learner = signed_in("LRN")
    settings.ARTEFACT_MOST_MB = 1
    big = add(learner, home, file=sent(PDF + b" " * 1_900_000, "big.pdf"))
    assert "The file is 2 MB. Send one under 1 MB, or take it again at a smaller size" in text_of(big)
    settings.ARTEFACT_QUOTA_MB = 0
    full = add(learner, home, file=sent(PDF, "a.pdf"))
    assert "The portfolio holds 0 of 0 MB." in text_of(full)


def test_pixel_flood(home: World, signed_in: As) -> None:
    flood = picture("PNG", size=(9_000, 9_000))
    response = add(signed_in("LRN"), home, file=sent(flood, "flood.png"))
    assert "The picture flood.png has more than 50 million points." in text_of(response)


def test_a_file_without_a_row_is_swept_away_after_a_day(home: World, signed_in: As, tmp_path: Path) -> None:
    add(signed_in("LRN"), home, file=sent(PDF, "kept.pdf"))
    folder = tmp_path / "kept" / str(home.tenant.pk)
    for name in ("lost", "fresh"):
        (folder / name).write_bytes(b"x")
    os.utime(folder / "lost", (time.time() - 90_000,) * 2)
    with tenant_context(home.tenant.pk):
        assert sweep() == 1
        assert sweep() == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(["fresh", Path(only(home).stored_as).name])


def test_a_row_that_cannot_be_written_leaves_no_file(
    home: World, signed_in: As, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("assessments.portfolio.record_audit", fail)
    client = signed_in("LRN")
    client.raise_request_exception = False
    assert add(client, home, file=sent(PDF, "a.pdf")).status_code == 500
    assert not [path for path in (tmp_path / "kept").rglob("*") if path.is_file()]


def test_s3_by_setting(settings: Any) -> None:
    """The other store is made from its settings alone; nothing is sent in this test."""
    options = {"bucket_name": "work", "endpoint_url": "http://127.0.0.1:9", "default_acl": "private"}
    settings.STORAGES = {
        **settings.STORAGES, "artefacts": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    }  # fmt: skip
    store: Any = storages["artefacts"]
    assert (store.bucket_name, store.endpoint_url, store.default_acl) == ("work", "http://127.0.0.1:9", "private")


@given(st.binary(max_size=400))
def test_any_bytes_have_a_kind_or_none(content: bytes) -> None:
    assert kind_of(content) in {"", "text/plain"} or len(content) > 1


@given(st.text(max_size=300))
def test_any_name_is_made_safe(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= 161
    assert not set(safe) & set('/\\:*?"<>|\x00\n\r\u202e')
    assert safe not in {".", ".."}
