"""The browser, and a tab that notes everything that must not happen on any page."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
# Chromium writes a line for each answer that is not 2xx; a form with mistakes and a missing page are meant.
MEANT = re.compile(r"Failed to load resource: the server responded with a status of (404|409|422) ")
STORED = "() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]"


def find_browser() -> str | None:
    given = os.environ.get("BROWSER_PATH")
    return given or next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Tab:
    """A page of the app with what went wrong in it."""

    page: Page
    url: str
    live: str = "data:"  # where else the page may ask: the live process
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not MEANT.match(message.text):
            self.faults.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.url, self.live, "data:")):
            self.faults.append(f"request to another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure and "ERR_ABORTED" not in request.failure:  # leaving a page ends its requests
            self.faults.append(f"failed: {request.url} {request.failure}")

    def open(self, address: str, status: int = 200) -> Response:
        response = self.page.goto(self.url + address)
        assert response is not None
        assert response.status == status, (address, response.status)
        return response

    @property
    def path(self) -> str:
        """Path and query of where the tab is."""
        return self.page.url.removeprefix(self.url)

    def one(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def check(self) -> None:
        """Raises where the page complained, spoke to somebody else, or left something in the browser."""
        stored: list[str] = self.page.evaluate(STORED) if self.page.url.startswith(self.url) else []
        assert self.faults == []
        assert stored == [], "left in the browser's storage"


def sign_in(context: BrowserContext, url: str, email: str, password: str) -> Page:
    page = context.new_page()
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/accounts/login" not in address)
    return page


__all__ = ["FLAGS", "Browser", "Tab", "find_browser", "sign_in"]
