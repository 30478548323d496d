"""Policies in the browser: the way of a draft without script, the panel that polls, axe, phones."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connections
from playwright.sync_api import expect

from competencies.models import PolicyDraft
from milestones.trials import run_trials
from tenancy.context import tenant_context
from tenancy.models import Tenant
from tests.builders import PASSWORD
from tests.conftest import use_database
from tests.e2e.browsing import Tab
from tests.e2e.conftest import Opened
from tests.e2e.looking import look, resize
from tests.e2e.place import Place

Work = Callable[[], None]


@pytest.fixture
def work(school: Place, django_db_blocker: pytest.FixtureRequest) -> Iterator[Work]:
    """A worker's turn in the app's own database: trials of policies that wait are worked out."""
    before = str(connections["default"].settings_dict["NAME"])

    def turn() -> None:
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            use_database(os.environ["DATABASE_URL"], urlsplit(school.database).path[1:])
            for tenant_id in list(Tenant.objects.values_list("id", flat=True)):
                run_trials(tenant_id)
            use_database(os.environ["DATABASE_URL"], before)

    yield turn
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        use_database(os.environ["DATABASE_URL"], urlsplit(school.database).path[1:])
        with tenant_context(Tenant.objects.get(slug="lakeview").pk):
            PolicyDraft.objects.all().delete()
        use_database(os.environ["DATABASE_URL"], before)


def to_the_draft(tab: Tab) -> None:
    tab.page.get_by_role("link", name="House rule").click()
    tab.page.get_by_role("button", name="Make a draft").or_(tab.page.get_by_role("link", name="Open the draft")).click()
    expect(tab.page.get_by_role("heading", name="From pieces to a value")).to_be_visible()


def prove(tab: Tab) -> None:
    """Asked for once in fifteen minutes, and the tests share their session."""
    if "/accounts/reauthenticate/" in tab.page.url:
        tab.page.get_by_label("Password").fill(PASSWORD)
        tab.page.get_by_role("button", name="Confirm").click()


def test_the_way_of_a_policy_without_script(opened: Opened, work: Work) -> None:
    tab = opened("DST", "/policies/", java_script_enabled=False)
    page = tab.page
    to_the_draft(tab)
    page.get_by_label("share of the newest piece in percent").last.fill("1oo")
    page.get_by_label("Days in one level before we say").fill("2")
    page.get_by_role("button", name="Work out again").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_contain_text("Enter a whole number of days from 3 to 120, like 14")
    page.locator("#method-highest").check()
    page.get_by_label("Days in one level before we say").fill("14")
    page.get_by_role("button", name="Work out again").click()
    expect(page.locator("#trial")).to_contain_text("Waiting for a free worker")
    work()
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("#trial")).to_contain_text("Nobody's level has changed.")
    expect(page.locator("#trial svg.bar")).to_have_count(2)
    page.get_by_role("link", name="Compare with what is in force").click()
    expect(page.locator("ins").first).to_have_text("The best piece counts.")
    page.go_back()
    page.get_by_role("link", name="Propose this version").click()
    prove(tab)
    expect(page.get_by_role("heading", level=1)).to_have_text("Propose a new version: House rule")
    page.get_by_label("Reason").fill("The best piece shows what somebody can do.")
    page.get_by_role("button", name="Propose", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("A second person has 72 hours")
    page.get_by_role("link", name="Look at the proposal").click()
    expect(page.locator("main")).to_contain_text("You proposed this yourself.")
    expect(page.get_by_role("button", name="Approve and publish")).to_have_count(0)
    page.get_by_role("button", name="Withdraw the proposal").click()
    expect(page.get_by_role("button", name="Work out again")).to_be_visible()
    page.get_by_role("button", name="Discard draft").click()
    expect(page.get_by_role("button", name="Make a draft")).to_be_visible()


def test_panel_polls_until_it_is_worked_out(opened: Opened, work: Work) -> None:
    tab = opened("DST", "/policies/")
    to_the_draft(tab)
    tab.page.get_by_role("button", name="Work out again").click()
    trial = tab.page.locator("#trial")
    expect(trial).to_have_attribute("aria-busy", "true")
    work()
    expect(trial).to_contain_text("Nobody's level has changed.")
    expect(trial).not_to_have_attribute("hx-trigger", re.compile("."))


def test_pages_are_accessible(opened: Opened, work: Work) -> None:
    tab = opened("DST", "/policies/", reduced_motion="reduce")
    found = [f"list: {line}" for line in look(tab)]
    resize(tab, 1440)
    tab.page.get_by_role("link", name="House rule").click()
    found += [f"policy: {line}" for line in look(tab)]
    resize(tab, 1440)
    tab.open("/policies/")
    to_the_draft(tab)
    tab.page.locator("#method-highest").check()
    tab.page.get_by_role("button", name="Work out again").click()
    work()
    expect(tab.page.locator("#trial")).to_contain_text("Nobody's level has changed.")
    found += [f"draft: {line}" for line in look(tab)]
    resize(tab, 1440)
    tab.page.get_by_role("link", name="See who would go up").click()
    prove(tab)
    found += [f"who: {line}" for line in look(tab)]
    resize(tab, 1440)
    tab.page.locator("tbody th a").first.click()
    found += [f"learner: {line}" for line in look(tab)]
    assert not found, "\n".join(["", *found])


def test_only_chosen_pages_load_the_style_of_policies(opened: Opened) -> None:
    tab = opened("DST", "/reports/")
    assert "policies.css" not in tab.page.content()
    tab.page.get_by_role("link", name="Policies").first.click()
    assert "policies.css" in tab.page.content()
