"""A roster from the upload to its undoing, in the browser; the worker is run where a worker would be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import ROOT, named
from tests.e2e.conftest import Opened
from tests.e2e.place import Place
from tests.e2e.test_policies import prove
from tests.integrations.roster_builders import school as roster
from tests.integrations.test_roster_pages import packed

pytestmark = pytest.mark.e2e
WORK = """
import sys, django
django.setup()
from integrations.roster_pages.work import run_imports
run_imports(int(sys.argv[1]))
"""


def work(place: Place) -> None:
    url = named(os.environ["DATABASE_URL"], place.database.rsplit("/", 1)[1])
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "waymark.settings"}
    subprocess.run([sys.executable, "-c", WORK, str(place.tenant)], cwd=ROOT, env=environment, check=True)


def test_upload_look_save_undo(opened: Opened, school: Place, tmp_path: Path) -> None:
    files = roster()
    files["users"][0]["givenName"] = ""
    (tmp_path / "north.zip").write_bytes(packed(files))
    tab = opened("DST", "/people/imports/")
    page = tab.page
    page.get_by_role("link", name="Upload a roster").click()
    prove(tab)
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the file that you want to import")
    page.get_by_label("OneRoster file (ZIP)").set_input_files(tmp_path / "north.zip")
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_text("Waiting for a free worker.")).to_be_visible()
    work(school)
    # The page notices by itself.
    expect(page.get_by_role("alert")).to_contain_text("rows cannot be saved")
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_role("row").filter(has_text="givenName is empty")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Save 12 people, skip")).click()
    expect(page.get_by_text("Waiting for a free worker.")).to_be_visible()
    work(school)
    page.get_by_role("button", name="Undo this import").click()
    work(school)
    expect(page.get_by_text(re.compile("^Undone"))).to_be_visible()
    tab.check()
