"""The routes of report cards in the table of routes. The term is the newest of the cast."""

from __future__ import annotations

from tests.permissions.entries import STAFF, Address, Entry, page
from tests.permissions.places import Places

READ, BATCH = ("Report card, transcript", "read"), ("Report cards, batch", "generate, publish")
GRD, LRN, ADMINISTRATORS = frozenset({"GRD"}), frozenset({"LRN"}), frozenset({"SCH", "DST"})


def of_learner(end: str) -> Address:
    return lambda p, kind: f"/learners/{p.ids['learner'][kind]}/{end}"


def of_child(end: str) -> Address:
    return lambda p, kind: f"/family/{p.ids['learner'][kind]}/{end}"


def of_class(end: str = "") -> Address:
    return lambda p, kind: f"/classes/{p.ids['section'][kind]}/report-cards/{end}"


def batch(end: str) -> Address:
    """Nobody made any yet."""
    return lambda p, kind: f"/classes/{p.ids['section'][kind]}/report-cards/{p.ids['learner']['never']}/{end}/"


def at(address: str) -> Address:
    def of(places: Places, kind: str) -> str:
        return address

    return of


CARDS_ENTRIES: tuple[Entry, ...] = (
    page("learner_card", READ, STAFF, of_learner("report-card/"), what="learner"),
    page("learner_card_pdf", READ, STAFF, of_learner("report-card.pdf"), what="learner"),
    page("child_card", READ, GRD, of_child("report-card/"), what="learner"),
    page("child_card_pdf", READ, GRD, of_child("report-card.pdf"), what="learner"),
    page("my_card", READ, LRN, at("/me/report-card/")),
    page("my_card_pdf", READ, LRN, at("/me/report-card.pdf")),
    page("class_cards", BATCH, ADMINISTRATORS, of_class(), what="section"),
    page("class_cards", BATCH, ADMINISTRATORS, of_class(), what="section", method="POST", good=302),
    page("cancel_class_cards", BATCH, ADMINISTRATORS, batch("cancel"), what="section", method="POST", good=404),
    page("download_class_cards", BATCH, ADMINISTRATORS, batch("download"), what="section", good=404),
)
