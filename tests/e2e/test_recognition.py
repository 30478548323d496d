"""Good words and certificates in the browser, from writing to what anybody may check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opened
from tests.e2e.place import Place

pytestmark = pytest.mark.e2e


def test_a_peers_word_is_let_through(opened: Opened, school: Place) -> None:
    page = opened("LRN", "/me/").page
    page.get_by_role("link", name="A good word for a classmate").click()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Choose a classmate from the list").click()
    expect(page.get_by_label("For whom")).to_be_focused()
    page.get_by_label("For whom").select_option("Ben LKV")
    page.get_by_label("What did you see?").fill("You made room for me")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("Sent.")
    expect(page.get_by_text("You made room for me")).to_have_count(0)
    staff = opened("TCH", school.grid).page
    staff.get_by_role("link", name="Good words").click()
    staff.get_by_role("button", name=re.compile("^Let through.*You made room")).click()
    expect(staff.get_by_role("region", name="Read in the last 14 days")).to_contain_text("Shown")
    staff.get_by_role("button", name=re.compile("^Undo.*You made room")).click()
    expect(staff.get_by_role("region", name="Waiting for you")).to_contain_text("You made room for me")


def test_a_certificate_reaches_the_family_and_is_genuine(opened: Opened, school: Place, tmp_path: Path) -> None:
    child = school.child.split("/")[2]
    staff = opened("TCH", f"/learners/{child}/recognition/").page
    issue = staff.get_by_role("button", name=re.compile("^Issue"))
    if issue.count():  # the place may have issued it already
        issue.first.click()
        expect(staff.get_by_role("status")).to_contain_text("Issued.")
    family = opened("GRD", school.child).page
    with family.expect_download() as download:
        family.get_by_role("link", name="PDF").first.click()
    download.value.save_as(tmp_path / "certificate.pdf")
    assert (tmp_path / "certificate.pdf").read_bytes().startswith(b"%PDF-")
    tenant, code = school.ask("SELECT tenant_id, code FROM milestones_certificate ORDER BY id DESC LIMIT 1")[0]
    public = opened(None, f"/verify/{tenant}-{code}/").page
    expect(public.get_by_role("heading", level=1)).to_contain_text("This certificate is genuine")
    expect(public.get_by_role("main")).not_to_contain_text("Ana")
