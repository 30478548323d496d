"""Report cards: released levels as of the end of the term, by page and PDF, one learner and a whole class."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.artefact_files import storage
from learners.models import Learner, Term
from milestones.card_batches import forget_cards
from milestones.models import CardBatch, Narrative, Release
from reporting.cards import batches
from reporting.cards.batches import make_cards
from tenancy.context import tenant_context
from tests.builders import Cast, World
from tests.reporting.conftest import As, text_of
from tests.stepping import step_up


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def past_term(home: World, days_ago: int = 5) -> Term:
    today = home.system.today
    term: Term = Term.objects.create(
        title="Summer *term* #1", kind="term", starts_on=today - timedelta(days=60),
        ends_on=today - timedelta(days=days_ago), school_year="2026",
    )  # fmt: skip
    return term


def release(home: World, level: int, days_ago: float, learner: Learner | None = None, **values: Any) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    Release.objects.create(
        learner=learner or home.learner, milestone=home.other_milestone, level=level, released_at=at, **values
    )


def test_levels_as_of_the_end_of_the_term(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        term = past_term(home)
        release(home, 2, 20)
        release(home, 4, 1)
    address = f"/learners/{home.learner.public_id}/report-card/?term={term.public_id}"
    for client, path in (
        (signed_in("TCH"), address), (signed_in("GRD"), address.replace("/learners/", "/family/")),
        (signed_in("LRN"), f"/me/report-card/?term={term.public_id}"),
    ):  # fmt: skip
        words = text_of(client.get(path))
        assert "Report card" in words
        assert "LKV Ratios" in words
        assert "Developing" in words.split("What the five levels mean")[0]
        assert "Mastery" not in words.split("What the five levels mean")[0]
        assert "LKV Fractions" not in words  # released after the term
    # Taken back since: nobody sees it, as it was then.
    with tenant_context(home.tenant.pk):
        release(home, 4, 0, is_withdrawn=True)
    words = text_of(signed_in("GRD").get(address.replace("/learners/", "/family/")))
    assert "Nothing was released in this term yet." in words
    current = text_of(signed_in("GRD").get(f"/family/{home.learner.public_id}/report-card/"))
    assert "Progress report" in current
    assert "LKV Fractions" in current
    with tenant_context(home.tenant.pk):
        values = {"learner": home.learner, "term": Term.objects.get(title="Year"), "subject": "Maths"}
        Narrative.objects.create(text="Sees #patterns", released_at=timezone.now(), written_by_name="T. Cher", **values)
        Narrative.objects.create(text="A draft", **values)
    words = text_of(signed_in("GRD").get(f"/family/{home.learner.public_id}/report-card/"))
    assert "Sees #patterns T. Cher" in words
    assert "A draft" not in words
    missing = f"/family/{home.learner.public_id}/report-card/?term={home.school.public_id}"
    assert signed_in("GRD").get(missing).status_code == 404


@pytest.mark.parametrize("name", ['Ana #import("x") *Bold* <tag> $x$ @ref `code`', "سلمى العلي", "Zoë _K_ \\ [x]"])
def test_the_file_shows_names_as_they_are(home: World, signed_in: As, name: str) -> None:
    with tenant_context(home.tenant.pk):
        Learner.objects.filter(pk=home.learner.pk).update(given_name=name, family_name="")
    response = signed_in("GRD").get(f"/family/{home.learner.public_id}/report-card.pdf")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert b"pdfuaid" in response.content
    data = signed_in("TCH").get(f"/learners/{home.learner.public_id}/report-card/")
    assert name in text_of(data)


def test_a_letter_that_no_font_has(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        Learner.objects.filter(pk=home.learner.pk).update(given_name="\U00013000", family_name="")
    response = signed_in("TCH").get(f"/learners/{home.learner.public_id}/report-card.pdf")
    assert response.status_code in {200, 403}
    if response.status_code == 403:
        assert "is in none of the fonts of this server" in text_of(response)


def cards_of(home: World) -> str:
    return f"/classes/{home.section.public_id}/report-cards/"


def test_a_whole_class_as_one_file(home: World, signed_in: As, monkeypatch: pytest.MonkeyPatch) -> None:
    school = signed_in("SCH")
    address = cards_of(home)
    assert "2 learners" in text_of(school.get(address))
    assert school.post(address).status_code == 302
    assert "0 of 2 report cards made." in text_of(school.get(address))
    # A worker that dies leaves it to the next one, from the beginning.
    with monkeypatch.context() as patch:
        patch.setattr(batches, "card_pdf", dies)
        with pytest.raises(KeyboardInterrupt):
            make_cards(home.tenant.pk)
    with tenant_context(home.tenant.pk):
        CardBatch.objects.update(leased_until=timezone.now())
    make_cards(home.tenant.pk)
    assert school.get(address, headers={"HX-Request": "true"}).status_code == 286
    with tenant_context(home.tenant.pk):
        batch = CardBatch.objects.get()
    file = school.get(f"{address}{batch.public_id}/download/")
    names = zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    assert names == ["001-ana-lkv-year.pdf", "002-ben-lkv-year.pdf"]
    other = signed_in("DST")
    step_up(other, home.users["DST"])
    assert other.get(f"{address}{batch.public_id}/download/").status_code == 404
    with tenant_context(home.tenant.pk):
        CardBatch.objects.update(asked_at=timezone.now() - timedelta(days=8))
        assert forget_cards() == 1
        assert not storage().exists(batch.stored_as)
    assert school.get(f"{address}{batch.public_id}/download/").status_code == 404


def dies(_card: object) -> bytes:
    raise KeyboardInterrupt


def test_stopped_and_without_the_right(home: World, signed_in: As) -> None:
    school = signed_in("SCH")
    address = cards_of(home)
    school.post(address)
    with tenant_context(home.tenant.pk):
        batch = CardBatch.objects.get()
    assert school.post(f"{address}{batch.public_id}/cancel/").status_code == 302
    assert school.post(f"{address}{batch.public_id}/cancel/").status_code == 409
    assert make_cards(home.tenant.pk) == 0
    school.post(address)
    with tenant_context(home.tenant.pk):
        home.members["SCH"].school_posts.update(ends_on=home.system.today - timedelta(days=1))
        make_cards(home.tenant.pk)
        assert CardBatch.objects.order_by("-id")[0].state == "failed"
    assert Client().get(address).status_code == 302
