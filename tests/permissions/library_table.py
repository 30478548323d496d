"""The routes of the library, of asking and of tutoring in the table of routes."""

from __future__ import annotations

from typing import Any

from tests.permissions.entries import STAFF, Address, Entry, page
from tests.permissions.places import Places

READ, CREATE, CHANGE = (("Rubric and task in the library", one) for one in ("read", "create", "update, retire"))
GIVE, CHOOSE = (("Resource given to a learner", one) for one in ("give", "choose"))
ASK, ANSWER = (("Request of a learner", one) for one in ("ask, take back", "answer"))
PAIRS, PROPOSE, AGREE = (("Peer tutoring", one) for one in ("read", "propose, record, end", "agree, leave"))
OPEN = ("Intervention case", "open, assign, update, close")
LEVEL = ("Current level", "read")
LEARNERS, TEACHERS, TCH = frozenset({"LRN"}), frozenset({"TCH", "SCH"}), frozenset({"TCH"})


def post(name: str, row: tuple[str, str], roles: frozenset[str], address: Address, good: int, **values: Any) -> Entry:
    return page(name, row, roles, address, method="POST", good=good, **values)


def resource(end: str = "") -> Address:
    return lambda p, kind: f"/library/{p.ids['resource'][kind]}/{end}"


def by_learner(end: str) -> Address:
    return lambda p, kind: f"/learners/{p.ids['learner'][kind]}/milestones/{p.home.milestone.public_id}/{end}"


def group(end: str) -> Address:
    return lambda p, kind: f"/groups/{p.ids['group'][kind]}/{end}"


def mine(end: str = "") -> Address:
    return lambda p, kind: f"/me/milestones/{p.ids['milestone'][kind]}/{end}"


def pair(end: str = "") -> Address:
    return lambda p, kind: f"/tutoring/{p.ids['pair'][kind]}/{end}"


def my_pair(end: str = "") -> Address:
    return lambda p, kind: f"/me/tutoring/{p.ids['pair'][kind]}/{end}"


def answered(p: Places, kind: str) -> dict[str, str]:
    return {"request": p.ids["request"].get(kind, ""), "answer": "Come to me at lunch"}


IT = {"what": "resource"}
LIBRARY_ENTRIES: tuple[Entry, ...] = (
    page("library", READ, STAFF, lambda p, k: "/library/"),
    page("resource", READ, STAFF, resource(), **IT),
    page("new_resource", CREATE, STAFF, lambda p, k: "/library/new/"),
    post("new_resource", CREATE, STAFF, lambda p, k: "/library/new/", 422),
    page("edit_resource", CHANGE, STAFF, resource("edit/"), **IT),
    post("edit_resource", CHANGE, STAFF, resource("edit/"), 422, **IT, data=lambda p, k: {"version": "1"}),
    post("copy_resource", CREATE, STAFF, resource("copy/"), 302, **IT),
    post("resource_state", CHANGE, STAFF, resource("state/"), 302, **IT),
    page("give_resource", GIVE, TEACHERS, by_learner("give/"), what="learner"),
    post("give_resource", GIVE, TEACHERS, by_learner("give/"), 422, what="learner"),
    page("give_to_group", GIVE, TEACHERS, group("give/"), what="group"),
    post("give_to_group", GIVE, TEACHERS, group("give/"), 422, what="group"),
    # Whoever is in a group of the standing cast has got there: a teacher set the level.
    post("renew_group", OPEN, TCH, group("renew/"), 302, what="group"),
    post("choose_given", CHOOSE, LEARNERS, lambda p, k: f"/me/given/{p.ids['use'][k]}/", 302, what="use",
         data=lambda p, k: {"choice": "taken"}),
    page("my_milestone", LEVEL, LEARNERS, mine(), what="learner", kinds_of="milestone"),
    post("ask_teacher", ASK, LEARNERS, mine("ask/"), 302, what="learner", kinds_of="milestone",
         data=lambda p, k: {"kind": "look"}),
    page("my_asking", ASK, LEARNERS, lambda p, k: "/me/ask/"),
    # The requests of the standing cast are answered.
    post("take_back_request", ASK, LEARNERS, lambda p, k: f"/me/requests/{p.ids['request'][k]}/take-back/", 409,
         what="request"),
    page("answer_request", ANSWER, TEACHERS, by_learner("asked/"), what="learner"),
    post("answer_request", ANSWER, TEACHERS, by_learner("asked/"), 422, what="learner",
         data=lambda p, k: {**answered(p, k), "answer": " "}),
    page("tutoring", PAIRS, TEACHERS, lambda p, k: "/tutoring/"),
    page("propose_pair", PROPOSE, TEACHERS, by_learner("peer/"), what="learner"),
    post("propose_pair", PROPOSE, TEACHERS, by_learner("peer/"), 422, what="learner"),
    page("peer_pair", PAIRS, TEACHERS, pair(), what="pair"),
    # The pairs of the standing cast are over.
    post("log_peer_session", PROPOSE, TEACHERS, pair("sessions/"), 409, what="pair"),
    post("end_pair", PROPOSE, TEACHERS, pair("end/"), 409, what="pair"),
    page("my_tutoring", PAIRS, LEARNERS, my_pair(), what="pair"),
    post("answer_pair", AGREE, LEARNERS, my_pair("answer/"), 409, what="pair"),
    post("my_peer_session", AGREE, LEARNERS, my_pair("sessions/"), 409, what="pair"),
    post("leave_pair", AGREE, LEARNERS, my_pair("leave/"), 409, what="pair"),
)  # fmt: skip
