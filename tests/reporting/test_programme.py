"""Professional development and needs of schools: written down, added up, taken as a file."""

from __future__ import annotations

import pytest

from interventions.models import DevelopmentRecord, ResourceNeed
from tenancy.context import tenant_context
from tests.builders import Cast, World
from tests.reporting.conftest import As, text_of


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def test_development_is_written_down_and_added_up(home: World, signed_in: As) -> None:
    school = signed_in("SCH")
    address = "/people/development/"
    wrong = text_of(school.post(f"{address}new/", {"hours": "1e9", "kind": "party", "on": "2999-01-01"}))
    for sentence in (
        "Choose a kind from the list", "Enter the day, today or earlier, like 2026-11-19", "Choose who took part",
        "Enter the hours, from 0.25 to 100, like 1.5", "Enter what it is, like Feedback that helps",
        "Choose a school from the list",
    ):  # fmt: skip
        assert sentence in wrong
    values = {
        "kind": "mentor", "title": "Feedback", "on": home.system.today.isoformat(), "hours": "1,5",
        "school": str(home.school.public_id), "people": [str(home.members["TCH"].public_id)],
    }  # fmt: skip
    assert "Choose who mentored or observed" in text_of(school.post(f"{address}new/", values))
    values["lead"] = str(home.members["SCH"].public_id)
    assert school.post(f"{address}new/", values).status_code == 302
    words = text_of(school.get(address))
    assert "Mentor pair 1 1.5 hours" in words
    assert "LKV TCH Person 1.5" in words
    assert "1 person who works here has none yet." in words
    assert "Feedback,LKV School,1.5,LKV SCH Person,1" in school.get("/people/development.csv").content.decode()
    other = {**values, "school": str(home.other_school.public_id)}
    assert school.post(f"{address}new/", other).status_code == 422
    with tenant_context(home.tenant.pk):
        record = DevelopmentRecord.objects.get()
    assert school.post(f"{address}{record.public_id}/remove/").status_code == 302
    assert school.post(f"{address}{record.public_id}/remove/").status_code == 409
    assert "Nothing was written down in the last year." in text_of(school.get(address))


def test_needs_are_written_down_moved_and_added_up(home: World, signed_in: As) -> None:
    district = signed_in("DST")
    wrong = text_of(district.post("/people/needs/new/", {"amount": "0", "cost": "NaN", "why": "x" * 501}))
    for sentence in (
        "Enter how many, a whole number like 24", "Enter what one costs, like 12.50",
        "The reason has 501 characters. Shorten it to 500",
    ):  # fmt: skip
        assert sentence in wrong
    values = {"title": "Fraction strips", "amount": "24", "cost": "2.5", "school": str(home.school.public_id)}
    assert district.post("/people/needs/new/", values).status_code == 302
    assert "Asked for 60.00 1 entry" in text_of(district.get("/people/needs/"))
    with tenant_context(home.tenant.pk):
        need = ResourceNeed.objects.get()
    assert district.post(f"/people/needs/{need.public_id}/state/", {"state": "stolen"}).status_code == 422
    assert district.post(f"/people/needs/{need.public_id}/state/", {"state": "approved"}).status_code == 302
    assert "Approved 60.00" in text_of(signed_in("SCH").get("/people/needs/"))
    assert "Fraction strips,,24,2.50,60.00,,Approved" in district.get("/people/needs.csv").content.decode()
