"""The routes of narratives and of the comment bank in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import STAFF, Address, Entry, page

READ, WRITE = (("Feedback to learner", action) for action in ("read", "write"))
KEEP, DROP = (("Rubric and task in the library", action) for action in ("create", "update, retire"))


def about(end: str = "") -> Address:
    return lambda p, kind: f"/learners/{p.ids['learner'][kind]}/narratives/{end}"


def one(end: str = "") -> Address:
    return lambda p, kind: f"/narratives/{p.ids['narrative'][kind]}/{end}"


def phrase(p: object, kind: str) -> str:
    return f"/settings/phrases/{p.ids['phrase'][kind]}/remove/"  # type: ignore[attr-defined]


NARRATIVES_ENTRIES: tuple[Entry, ...] = (
    page("narratives", READ, STAFF, about(), what="learner"),
    page("new_narrative", WRITE, STAFF, about("new/"), what="learner"),
    page("new_narrative", WRITE, STAFF, about("new/"), what="learner", method="POST", good=422),
    page("narrative", WRITE, STAFF, one(), what="narrative"),
    # The cast's narratives were written by nobody who signs in.
    page("narrative", WRITE, STAFF, one(), what="narrative", method="POST", good=422),
    page("correct_narrative", WRITE, STAFF, one("correct/"), what="narrative", method="POST", good=403),
    page("discard_narrative", WRITE, STAFF, one("discard/"), what="narrative", method="POST", good=403),
    page("phrases", KEEP, STAFF, lambda p, k: "/settings/phrases/"),
    page("phrases", KEEP, STAFF, lambda p, k: "/settings/phrases/", method="POST", good=422),
    page("remove_phrase", DROP, STAFF, phrase, what="phrase", method="POST", good=302),
)
