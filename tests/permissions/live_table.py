"""The addresses of open boards in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import Entry, page

STAFF = frozenset({"TCH", "SCH", "DST"})

LIVE_ENTRIES: tuple[Entry, ...] = (
    page("live_class", ("Class grid", "read"), STAFF, lambda p, k: f"/live/classes/{p.ids['section'][k]}/",
         what="section"),
    page("live_today", ("Alert about a learner", "read, acknowledge"), frozenset({"TCH"}), lambda p, k: "/live/today/"),
)  # fmt: skip
