"""The routes of portfolios in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import STAFF, Address, Entry, page

READ, UPLOAD, REMOVE = (("Artefact file", action) for action in ("read", "upload", "remove"))
LEARNERS, GUARDIANS = frozenset({"LRN"}), frozenset({"GRD"})


def of(end: str = "") -> Address:
    return lambda p, kind: f"/learners/{p.ids['learner'][kind]}/portfolio/{end}"


def artefact(end: str) -> Address:
    return lambda p, kind: f"/artefacts/{p.ids['artefact'][kind]}/{end}/"


PORTFOLIO_ENTRIES: tuple[Entry, ...] = (
    page("my_portfolio", READ, LEARNERS, lambda p, k: "/me/portfolio/"),
    page("add_my_work", UPLOAD, LEARNERS, lambda p, k: "/me/portfolio/new/"),
    page("add_my_work", UPLOAD, LEARNERS, lambda p, k: "/me/portfolio/new/", method="POST", good=422),
    page("portfolio", READ, STAFF, of(), what="learner"),
    page("add_work", UPLOAD, STAFF, of("new/"), what="learner"),
    page("add_work", UPLOAD, STAFF, of("new/"), what="learner", method="POST", good=422),
    page("child_portfolio", READ, GUARDIANS, lambda p, k: f"/family/{p.ids['learner'][k]}/portfolio/", what="learner"),
    page("artefact_file", READ, STAFF | LEARNERS | GUARDIANS, artefact("file"), what="artefact",
         good=404),  # texts have no file: the answer is the same for everybody
    page("share_artefact", UPLOAD, STAFF | LEARNERS, artefact("share"), what="artefact",
         method="POST", good=302),
    page("remove_artefact", REMOVE, STAFF | LEARNERS, artefact("remove"), what="artefact"),
    page("remove_artefact", REMOVE, STAFF | LEARNERS, artefact("remove"), what="artefact",
         method="POST", good=302),
)  # fmt: skip
