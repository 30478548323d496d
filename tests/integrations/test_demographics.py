"""demographics.csv: only what the tenant keeps, taken back by a later file, by an undo, and by keeping it no longer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from integrations.models import RosterChange, RosterImportRow
from integrations.roster_pages.work import run_imports
from learners.demographics import kept_dimensions
from learners.models import Demographics, KeptDimension, Learner
from tenancy.context import tenant_context
from tenancy.models import AuditEntry, Tenant
from tests.builders import Cast
from tests.integrations.roster_builders import Rows, put, school
from tests.integrations.test_roster_pages import packed
from tests.reporting.conftest import text_of
from tests.stepping import step_up

pytestmark = pytest.mark.django_db
KEEP = "/settings/privacy/keep/"


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="periwinkle", name="Periwinkle", time_zone="America/Los_Angeles")


def keeping(tenant: Tenant, *dimensions: str) -> None:
    with tenant_context(tenant.pk):
        KeptDimension.objects.bulk_create([KeptDimension(dimension=one) for one in dimensions])


def rows_of(tenant: Tenant) -> dict[str, list[Any]]:
    with tenant_context(tenant.pk):
        rows = Demographics.objects.order_by("learner__sourced_id").values_list(
            "learner__sourced_id", "sex", "ethnicity", "language", "support_plan", "free_meals"
        )
        return {str(one[0]): list(one[1:]) for one in rows}


def some() -> Rows:
    return {
        **school(),
        "demographics": [
            {"sourcedId": "l0", "birthDate": "2015-03-04", "sex": "female", "asian": "true", "white": "true"},
            {"sourcedId": "l1", "sex": "male", "hispanicOrLatinoEthnicity": "true", "white": "true"},
            {
                "sourcedId": "l2", "sex": "ext:x", "blackOrAfricanAmerican": "true", "metadata.homeLanguage": " es ",
                "metadata.IEP": "Yes", "metadata.freeMeals": "paid",
            },
            {"sourcedId": "l3", "cityOfBirth": "Paris"},
            {"sourcedId": "teacher", "sex": "female"},
        ],
    }  # fmt: skip


def test_only_what_is_kept_and_never_a_birth_date(tenant: Tenant, tmp_path: Path) -> None:
    keeping(tenant, "sex", "ethnicity", "language", "support_plan", "free_meals")
    report = put(tenant, tmp_path, some())
    assert report.counts["demographics"]["created"] == 3
    assert not [one for one in report.problems if one.code == "not_stored" and one.file == "demographics.csv"]
    assert rows_of(tenant) == {
        "l0": ["female", "two_or_more", "", None, None],
        "l1": ["male", "hispanic", "", None, None],
        "l2": ["other", "black", "es", True, False],
    }
    changed = some()
    changed["demographics"] = [changed["demographics"][1] | {"sex": "female"}, *changed["demographics"][2:]]
    again = put(tenant, tmp_path, changed).counts["demographics"]
    assert (again["created"], again["updated"], again["deactivated"]) == (0, 1, 1)
    assert rows_of(tenant)["l0"] == ["", "", "", None, None]
    assert rows_of(tenant)["l1"][0] == "female"


def test_what_is_not_kept_is_passed_over_and_the_choice_makes_the_same_file_another(
    tenant: Tenant, tmp_path: Path
) -> None:
    assert put(tenant, tmp_path, some()).counts["demographics"] == {"skipped": 5}
    assert rows_of(tenant) == {}
    keeping(tenant, "sex")
    assert put(tenant, tmp_path, some()).counts["demographics"]["created"] == 4 - 1
    assert rows_of(tenant)["l2"] == ["other", "", "", None, None]


def test_preview_names_no_value_and_an_undo_empties_it(cast: Cast) -> None:
    home, client = cast.home, Client()
    client.force_login(home.users["DST"])
    step_up(client, home.users["DST"])
    keeping(home.tenant, "sex", "ethnicity")
    sent = client.post("/people/imports/new/", {"file": SimpleUploadedFile("a.zip", packed(some())), "missing": "stay"})
    address = sent.headers["Location"]
    run_imports(home.tenant.pk)
    assert "sensitive fields: Sex, Ethnicity" in text_of(client.get(address))
    with tenant_context(home.tenant.pk):
        stored = repr(list(RosterImportRow.objects.values_list("detail", flat=True)))
        assert "two_or_more" not in stored
        assert "hispanic" not in stored
    client.post(f"{address}save/")
    run_imports(home.tenant.pk)
    assert rows_of(home.tenant)["l0"][:2] == ["female", "two_or_more"]
    client.post(f"{address}undo/")
    run_imports(home.tenant.pk)
    assert rows_of(home.tenant)["l0"][:2] == ["", ""]


def test_keeping_it_no_longer_deletes_it_everywhere_and_asks_first(cast: Cast) -> None:
    home, client = cast.home, Client()
    client.force_login(home.users["DST"])
    assert client.post(KEEP, {"keep": "sex"}).status_code == 302  # to the proof of identity
    with tenant_context(home.tenant.pk):
        assert kept_dimensions() == []
    step_up(client, home.users["DST"])
    client.post(KEEP, {"keep": ["sex", "ethnicity"]})
    sent = client.post("/people/imports/new/", {"file": SimpleUploadedFile("a.zip", packed(some())), "missing": "stay"})
    run_imports(home.tenant.pk)
    client.post(f"{sent.headers['Location']}save/")
    run_imports(home.tenant.pk)
    assert "Sex · kept of 3 learners" in text_of(client.get("/settings/privacy/"))
    asked = client.post(KEEP, {"keep": ["ethnicity"]})
    assert asked.status_code == 409
    assert "deleted at once" in text_of(asked)
    assert client.post(KEEP, {"keep": ["shoe size"]}).status_code == 422
    assert rows_of(home.tenant)["l0"][0] == "female"
    assert client.post(KEEP, {"keep": ["ethnicity"], "delete": "1"}).status_code == 302
    assert {tuple(values[:2]) for values in rows_of(home.tenant).values()} == {
        ("", "two_or_more"), ("", "hispanic"), ("", "black"),
    }  # fmt: skip
    with tenant_context(home.tenant.pk):
        kept = RosterChange.objects.filter(kind="learners_demographics").values_list("after", flat=True)
        assert {one["sex"] for one in kept} == {""}
        entry = AuditEntry.objects.filter(action="settings.sensitive_fields_kept").order_by("-id")[0]
        assert entry.detail == {"added": [], "dropped": {"sex": 3}}
        assert Learner.objects.filter(sourced_id="l0").exists()


def test_one_learner_is_seen_by_who_may_and_each_look_is_kept(cast: Cast) -> None:
    home = cast.home
    keeping(home.tenant, "sex", "language", "free_meals")
    address = f"/people/learners/{home.learner.public_id}/sensitive/"
    clients = {}
    for role in ("SCH", "DST", "TCH", "GRD"):
        clients[role] = Client()
        clients[role].force_login(home.users[role])
    assert "Not known" in text_of(clients["SCH"].get(address))
    assert clients["DST"].get(address).status_code == 302  # to the proof of identity
    assert clients["TCH"].get(address).status_code == clients["GRD"].get(address).status_code == 404
    assert clients["SCH"].post(f"{address}edit/", {"sex": "female"}).status_code == 302
    assert rows_of(home.tenant) == {}
    step_up(clients["SCH"], home.users["SCH"])
    refused = clients["SCH"].post(f"{address}edit/", {"sex": "f", "language": "x" * 41})
    assert refused.status_code == 422
    page = text_of(refused)
    assert "Choose a value from the list" in page
    assert "The home language has 41 characters. Shorten it to 40" in page
    good = {"sex": "female", "language": " Tagalog ", "free_meals": "no", "ethnicity": "white"}
    assert clients["SCH"].post(f"{address}edit/", good).headers["Location"] == address
    page = text_of(clients["SCH"].get(address))
    assert "Female" in page
    assert "Tagalog" in page
    assert "White" not in page
    step_up(clients["DST"], home.users["DST"])
    assert clients["DST"].get(address).status_code == 200
    assert clients["DST"].get(f"{address}edit/").status_code == 404
    with tenant_context(home.tenant.pk):
        assert AuditEntry.objects.filter(action="learner.sensitive_fields_seen").count() >= 3
        changed = AuditEntry.objects.get(action="learner.sensitive_fields_changed")
        assert changed.detail == {"fields": ["sex", "language", "free_meals"]}
