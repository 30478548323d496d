"""Certificates: frozen, accessible, hostile names are text, and what the public page says and does not say."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.certificates import find_genuine, initials_of, issue_certificate, new_code, printed_code
from milestones.models import Certificate, Release
from reporting.recognition.pdf import certificate_pdf
from tenancy.context import tenant_context
from tenancy.errors import NotFound, Refused
from tests.builders import World, add_milestone
from tests.reporting.conftest import As, text_of

HOSTILE = (
    '#read("/etc/passwd")', "#import sys: *", "$ x^2 $", "= Heading\n*b* _i_ `c`", '"}], #panic("no") //', "\\u{41}",
    "</script><b>", "<label> @ref", "#" * 50, "a" * 300, "عمر الخطيب", "Zoë Nguyễn Văn Đức", "O'Neil \"Dana\"",
)  # fmt: skip


@pytest.fixture
def fresh(home: World) -> World:
    """A cast in which nothing is released to Ana: what was is taken back."""
    with tenant_context(home.tenant.pk):
        Release.objects.create(learner=home.learner, milestone=home.milestone, level=3, is_withdrawn=True)
    return home


def certificate(world: World) -> Certificate:
    with tenant_context(world.tenant.pk):
        Release.objects.create(learner=world.learner, milestone=world.other_milestone, level=3)
        actor = replace(world.system, member_id=world.members["TCH"].pk, label="Ms Weber")
        return issue_certificate(actor, learner=world.learner, milestone=world.other_milestone)


def test_a_certificate_is_issued_downloaded_checked_and_withdrawn(
    fresh: World, teacher: Client, signed_in: As, client: Client
) -> None:
    page = f"/learners/{fresh.learner.public_id}/recognition/"
    refused = teacher.post(f"{page}certificates/", {"milestone": fresh.other_milestone.public_id})
    assert refused.status_code == 403
    assert "A certificate needs a released level at Meets or above. Release the level first." in text_of(refused)
    with tenant_context(fresh.tenant.pk):
        Release.objects.create(learner=fresh.learner, milestone=fresh.other_milestone, level=4)
    assert "LKV Ratios Mastery" in text_of(teacher.get(page))
    for _ in range(2):
        teacher.post(f"{page}certificates/", {"milestone": fresh.other_milestone.public_id})
    with tenant_context(fresh.tenant.pk):
        one = Certificate.objects.get()
    address, public = f"/certificates/{one.public_id}/", f"/verify/{printed_code(one)}/"
    for reader in ("LRN", "GRD", "TCH"):
        response = signed_in(reader).get(address)
        assert response.content.startswith(b"%PDF-")
        assert "attachment" in response["Content-Disposition"]
    assert "LKV Ratios" in text_of(signed_in("LRN").get("/me/"))
    for anybody in (client, signed_in("LRN")):
        words = text_of(anybody.get(public))
        assert "This certificate is genuine School LKV School Issued on" in words
        assert "Initials A. L. Milestones 1" in words
        assert "Ana" not in words
        assert "Ratios" not in words
    assert client.get(public.lower()).status_code == 200
    assert "Nobody can download it" in text_of(teacher.post(f"{address}withdraw/", follow=True))
    for reader in ("LRN", "GRD", "TCH"):
        assert signed_in(reader).get(address).status_code == 404
    assert client.get(public).status_code == 404


@pytest.mark.parametrize(
    "code", ["x", "1-AAAA-BBBB-CCCC-DDDD", "0-AAAA-BBBB-CCCC-DDDD", "9" * 30, "\u0661-AAAA-BBBB-CCCC-DDDD"]
)
def test_codes_that_never_were(fresh: World, client: Client, code: str) -> None:
    assert client.get(f"/verify/{code}/").status_code == 404


def test_the_code_of_one_tenant_is_nothing_in_another(fresh: World, cast: Any) -> None:
    one = certificate(fresh)
    assert find_genuine(printed_code(one)).milestones == 1
    with pytest.raises(NotFound):
        find_genuine(f"{cast.away.tenant.pk}-{one.code}")
    with pytest.raises(NotFound):
        find_genuine(printed_code(one), cast.away.tenant)


def test_codes_are_long_and_alike_in_form() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", code) for code in codes)


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ana Maria Ruiz", "A. R."), ("Ana", "A."), ("  zoë  ", "Z."), ("", ""), ("李 小龙", "李. 小.")],
)
def test_initials(name: str, initials: str) -> None:
    assert initials_of(name) == initials


def unpacked(pdf: bytes) -> bytes:
    """The file with its compressed streams opened."""
    found = [pdf]
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            found.append(zlib.decompress(part))
        except zlib.error:
            found.append(part)
    return b"".join(found)


def frozen(world: World, name: str, title: str) -> Certificate:
    """Not saved: as it would be printed."""
    return Certificate(
        learner=world.learner, milestone=world.milestone, level=3, learner_name=name, milestone_title=title,
        reached_on=world.system.today, code="ABCD-EFGH-IJKL-MNOP", issued_by_name="Ms Weber",
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_text(fresh: World, text: str) -> None:
    with tenant_context(fresh.tenant.pk):
        pdf = certificate_pdf(frozen(fresh, text, text), fresh.tenant, "https://school.example/verify/x/")
    content = unpacked(pdf)
    assert b"root:x:" not in content
    assert b"/StructTreeRoot" in content
    assert b"pdfuaid:part>1<" in content
    assert b"/Lang" in content
    assert b'<rdf:li xml:lang="x-default">Certificate' in content or b"Certificate" in content
    assert pdf.count(b"/Type /Page\n") + content.count(b"/Type/Page/") <= 1 or b"/Count 1" in content


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40))
def test_any_name_is_printed_or_refused_in_words(fresh: World, text: str) -> None:
    made = said = ""
    with tenant_context(fresh.tenant.pk):
        try:
            made = certificate_pdf(frozen(fresh, text, "Ratios"), fresh.tenant, "https://x.example/")[:4].decode()
        except Refused as error:
            said = error.message
    assert made == "%PDF" or "is in none of the fonts of this server" in said


def test_a_milestone_of_somebody_else_is_not_certified(fresh: World, teacher: Client) -> None:
    with tenant_context(fresh.tenant.pk):
        mine = add_milestone("LKV Own", [], learner=fresh.classmate, proposal="confirmed")
    page = f"/learners/{fresh.learner.public_id}/recognition/certificates/"
    assert teacher.post(page, {"milestone": mine.public_id}).status_code == 404
    assert teacher.post(page, {"milestone": "x"}).status_code == 404
