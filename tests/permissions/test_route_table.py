"""Route × role × identifier: what the matrix says is what the address answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db.models import Q
from django.urls import path

from api.keys import SCOPES
from learners.models import Enrolment, Learner, Section
from tenancy.context import tenant_context
from tests.architecture.route_checks import THIRD_PARTY, routes, walk
from tests.permissions.asking import Answer, answer_of, ask
from tests.permissions.entries import Entry
from tests.permissions.matrix import MATRIX, OUTSIDE, REFUSED, ROLES, reached
from tests.permissions.places import Places
from tests.permissions.table import ENTRIES, HOME, PUBLIC
from waymark.views import home

TOKENS: dict[str, frozenset[str]] = {
    **{scope: frozenset({scope}) for scope in SCOPES},
    "all": frozenset(SCOPES),
    "none": frozenset(),
    "one school": frozenset(SCOPES),
}
STAFF_ROLES = ("TCH", "SCH", "DST")
ROUTES = {route.name: route for route in routes()}


LISTED = {entry.name for entry in ENTRIES} | set(PUBLIC) | set(THIRD_PARTY) | {"home"}


def table_faults(names: set[str], listed: set[str]) -> list[str]:
    faults = [f"{name}: needs its line in tests/permissions/table.py" for name in sorted(names - listed)]
    return faults + [f"{name}: a line without a route" for name in sorted(listed - names)]


def test_every_route_is_in_the_table() -> None:
    assert table_faults(set(ROUTES), LISTED) == []


def test_planted_route_is_found() -> None:
    planted = walk([path("planted/", home, name="planted")])
    found = table_faults({route.name for route in planted} | set(ROUTES) - {"me"}, LISTED)
    assert found == ["planted: needs its line in tests/permissions/table.py", "me: a line without a route"]


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_route_declares_what_the_table_says(entry: Entry) -> None:
    declared = ROUTES[entry.name].declared
    assert declared is not None
    assert (declared.resource, declared.action) == (entry.resource, entry.action)
    if not entry.is_api:
        assert declared.roles == entry.roles


def kinds_to_try(places: Places, entry: Entry) -> list[str]:
    return list(places.ids[entry.ids]) if entry.ids in places.ids else [""]


def kinds_for(places: Places, entry: Entry, caller: str) -> list[str]:
    """All identifiers for whoever the page lets in; two for who is turned away before the address is looked at.

    A fresh proof of identity is tried where the page asks for one: elsewhere nothing looks at it.
    """
    kinds = kinds_to_try(places, entry)
    role, _, step = caller.partition("+")
    if step and (role not in entry.roles or "STEP" not in MATRIX[entry.resource, entry.action][role]):
        return []
    if entry.is_api or role in entry.roles:
        return kinds
    return [kind for kind in kinds if kind in {"", "own", "other_tenant"}]


def expected_of_page(entry: Entry, caller: str, kind: str) -> int:
    """`caller`: a role, or a role that has just proved its identity again ("SCH+STEP")."""
    if kind == "wrong_type":
        return 404
    role, _, step = caller.partition("+")
    if role in {"ANON", "INT"}:
        return 302  # to the sign-in
    if role not in entry.roles:
        return 404
    if "STEP" in MATRIX[entry.resource, entry.action][role] and not step:
        return 302  # to the proof of identity, whatever stands in the address
    found = reached(entry.resource, entry.action, role, entry.what or "learner", has_stepped_up=bool(step))
    if not found:
        return 404
    if entry.ids not in {"", entry.what}:  # a second object in the address: only the right one belongs there
        return entry.good if kind == "own" else 404
    return entry.good if kind in {"", *found} else 404


def expected_of_api(entry: Entry, role: str, kind: str, token: str) -> int:
    if kind == "wrong_type" and entry.method == "GET":
        return 404
    if role != "INT":
        return 401  # a session is no credential here
    found = reached(
        entry.resource, entry.action, "INT", entry.what or "learner",
        scopes=TOKENS[token], one_school=token == "one school",
    )  # fmt: skip
    if found is None:
        return 403
    if not kind or kind in found:
        return entry.good
    return 404 if entry.method == "GET" else 400


def differences(places: Places, entry: Entry) -> set[tuple[str, str]]:
    """(role, kind) whose answer is not the expected one."""
    wrong = {(who[0], who[2]) for who, (want, got) in outcomes(places, entry).items() if want != got.status}
    return {(caller.removesuffix("+STEP"), kind) for caller, kind in wrong}


def entry_named(text: str) -> Entry:
    return next(entry for entry in ENTRIES if str(entry) == text)


PLANTED_RULES = (
    # scope that is too wide, the entry that has to notice, who gets too much
    (Learner, "SEC", "GET learner by learner", {("TCH", "same_school"), ("TCH", "other_school")}),
    (Learner, "LINK", "GET child by learner", {("GRD", k) for k in ("same_section", "same_school", "other_school")}),
    (Learner, "SCHOOLS", "GET api_learner by learner", {("INT", "other_school")}),
    (Section, "SCH", "GET class_grid by section", {("SCH", "other_school")}),
)


@pytest.mark.parametrize(("model", "code", "entry", "finding"), PLANTED_RULES, ids=[rule[1] for rule in PLANTED_RULES])
def test_planted_wide_rule_is_found(
    places: Places, monkeypatch: pytest.MonkeyPatch, model: Any, code: str, entry: str, finding: set[tuple[str, str]]
) -> None:
    monkeypatch.setitem(model.SCOPES, code, lambda actor: Q())
    assert differences(places, entry_named(entry)) == finding


def test_planted_narrow_rule_is_found(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Learner.SCOPES, "SEC", lambda actor: Q(pk__in=[]))
    assert differences(places, entry_named("GET learner by learner")) == {("TCH", "own"), ("TCH", "same_section")}


def outcomes(places: Places, entry: Entry) -> dict[tuple[str, str, str], tuple[int, Answer]]:
    """{(role, token, kind): (expected status, answer)}."""
    found = {}
    callers = [("ANON", ""), *((role, "") for role in ROLES), *((f"{role}+STEP", "") for role in STAFF_ROLES)]
    callers += [("INT", token) for token in (TOKENS if entry.is_api else ("all",))]
    for role, token in callers:
        for kind in kinds_for(places, entry, role):
            expected = (
                expected_of_api(entry, role, kind, token) if entry.is_api else expected_of_page(entry, role, kind)
            )
            found[role, token, kind] = (expected, ask(places, entry, role, kind, token))
    return found


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_route(places: Places, entry: Entry) -> None:
    found = outcomes(places, entry)
    wrong = {who: (want, got.status) for who, (want, got) in found.items() if want != got.status}
    assert wrong == {}, "expected and answered"
    # 404s are byte for byte the same, whatever is behind the identifier.
    by_caller: dict[tuple[str, str], set[Answer]] = {}
    for (role, token, kind), (_, answer) in found.items():
        if answer.status == 404 and (kind != "wrong_type" or not entry.is_api):
            by_caller.setdefault((role, token), set()).add(answer)
    assert {who: answers for who, answers in by_caller.items() if len(answers) > 1} == {}
    # TEN-11: nothing made for one person is kept by anybody in between.
    for who, (_, answer) in found.items():
        caching = dict(answer.headers)["Cache-Control"]
        assert "no-store" in caching, who
        assert "private" in caching, who
    # Nothing of the other tenant stands in any byte of any answer.
    assert {who for who, (_, answer) in found.items() if b"HRB" in answer.everything} == set()
    # Nothing of a learner out of reach stands in the answer to somebody else.
    if entry.what == "learner" or not entry.what:
        assert traces_out_of_reach(places, entry, found) == []


def traces_out_of_reach(
    places: Places, entry: Entry, found: dict[tuple[str, str, str], tuple[int, Answer]]
) -> list[tuple[str, str]]:
    leaks = []
    for (caller, token, kind), (_, answer) in found.items():
        role = caller.removesuffix("+STEP")
        what = ("Class grid", "read") if role in STAFF_ROLES else (entry.resource, entry.action)
        if role == "INT":
            seen = reached(*what, role, "learner", scopes=TOKENS[token], one_school=token == "one school")
        else:
            seen = reached(*what, role, "learner") if role != "ANON" else None
        for other, traces in places.traces.items():
            if other not in (seen or ()) and other != kind:
                leaks += [(f"{caller} {token} {kind}", text) for text in traces if text.encode() in answer.body]
    return leaks


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.is_api and e.method == "POST" and e.ids], ids=str)
def test_references_in_bodies_answer_alike(places: Places, entry: Entry) -> None:
    """A learner or competency out of reach is answered as one that does not exist, but for the identifier itself."""
    answers = set()
    for kind in ("other_tenant", "deleted", "never"):
        answer = ask(places, entry, "INT", kind, "all")
        answers.add(answer.body.replace(places.ids[entry.ids][kind].encode(), b"ID").replace(kind.encode(), b"KIND"))
        assert answer.status == 400
    assert len(answers) == 1
    assert json.loads(answers.pop())["errors"][0]["code"] == "not_found"


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_route(places: Places, name: str) -> None:
    """The same for everybody, and without a word of any tenant."""
    paths = {
        "healthz": "/healthz", "readyz": "/readyz", "api_docs": "/api/docs/", "api_schema": "/api/v1/schema/",
        "verify_certificate": "/verify/1-AAAA-BBBB-CCCC-DDDD/", "oauth_token": "/oauth/token",
    }  # fmt: skip
    for client in places.clients.values():
        answer = answer_of(client.get(paths.get(name, "/api/v1/nothing/")))
        assert answer.status == PUBLIC[name]
        assert b"HRB" not in answer.everything
        assert b"LKV" not in answer.everything


@pytest.mark.parametrize("name", sorted(THIRD_PARTY))
def test_third_party_route(places: Places, name: str) -> None:
    """Account pages of allauth: never an error, never another tenant, and what needs a sign-in asks for it."""
    address = "/" + ROUTES[name].path.replace("^", "").replace("$", "").replace("\\Z", "")
    address = address.split("(?P")[0] + "x/" if "(?P" in address else address
    address = address.replace("<uidb36>", "1").replace("<key>", "x")
    for role, client in places.clients.items():
        answer = answer_of(client.get(address))
        assert answer.status in {200, 302, 404}, (role, address)
        assert b"HRB" not in answer.everything
    needs_sign_in = "the view asks for a sign-in" in THIRD_PARTY[name]
    if needs_sign_in:
        assert answer_of(places.clients["ANON"].get(address)).status == 302


def test_front_door(places: Places) -> None:
    for role, address in HOME.items():
        response = places.clients[role].get("/")
        assert (response.status_code, response.headers["Location"]) == (302, address)
    assert places.clients["ANON"].get("/").headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("entry", [e for e in ENTRIES if not e.is_api and e.method == "GET"], ids=str)
def test_fragment_without_sign_in(places: Places, entry: Entry) -> None:
    answer = ask(places, entry, "ANON", kinds_to_try(places, entry)[0], **{"HX-Request": "true"})
    assert answer.status == 401
    assert dict(answer.headers)["HX-Redirect"] == "/accounts/login/"


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_other_methods_are_refused(places: Places, entry: Entry) -> None:
    known = {e.method for e in ENTRIES if e.name == entry.name} | {"OPTIONS", "HEAD"}
    role = "INT" if entry.is_api else sorted(entry.roles)[0]
    headers = {"Authorization": f"Bearer {places.tokens['all']}"} if entry.is_api else {}
    client = places.clients["ANON" if role == "INT" else role]
    address = entry.address(places, "own" if entry.ids else "")
    for method in ("GET", "POST", "DELETE"):
        if method not in known:
            assert client.generic(method, address, headers=headers).status_code == 405, method


def test_lists_show_what_single_reads_show(places: Places) -> None:
    """AUZ-4: a list is the set of single reads that succeed, for each token."""
    for what in ("learner", "section", "framework", "competency", "milestone"):
        plural = {"competency": "competencies"}.get(what, f"{what}s")
        many = next(e for e in ENTRIES if e.name == f"api_{plural}")
        one = next(e for e in ENTRIES if e.name == f"api_{what}")
        for token in ("all", "one school"):
            listed = {row["id"] for row in json.loads(ask(places, many, "INT", "", token).body)["results"]}
            single = {
                places.ids[what][kind] for kind in places.ids[what]
                if ask(places, one, "INT", kind, token).status == 200
            }  # fmt: skip
            assert single <= listed, (what, token)
            assert listed.isdisjoint(set(places.ids[what].values()) - single), (what, token)


@pytest.mark.parametrize("name", ["learner", "section", "milestone"])
def test_filters_by_foreign_identifiers(places: Places, name: str) -> None:
    """A filter that names something out of reach answers like one that names nothing."""
    client = places.clients["ANON"]
    for token in ("all", "one school"):
        headers = {"Authorization": f"Bearer {places.tokens[token]}"}
        answers = set()
        for kind in ("other_tenant", "deleted", "never", *(["other_school"] if token == "one school" else [])):
            if kind in places.ids[name]:
                response = client.get(f"/api/v1/statuses/?{name}={places.ids[name][kind]}", headers=headers)
                answers.add((response.status_code, response.content))
        assert answers == {(200, b'{"results":[],"next":null}')}, token


@pytest.mark.parametrize(
    ("address", "scope"),
    [("learners", "learners.read"), ("milestones", "frameworks.read"), ("statuses", "status.read")],
)
def test_filter_by_a_section_out_of_reach(places: Places, address: str, scope: str) -> None:
    """Rule 3: naming a section in a query needs the right to see it; else the answer is that of an unknown one."""
    client = places.clients["ANON"]

    def rows(token: str, kind: str) -> list[object]:
        headers = {"Authorization": f"Bearer {places.tokens[token]}"}
        response = client.get(f"/api/v1/{address}/?section={places.ids['section'][kind]}", headers=headers)
        assert response.status_code == 200
        found: list[object] = response.json()["results"]
        return found

    with tenant_context(places.home.tenant.pk):  # a learner of the token's school who also goes to another school
        Enrolment.objects.create(learner=places.home.learner, section=places.home.other_section)
    assert rows("all", "own")
    assert rows("all", "other_school")
    assert rows("one school", "own")
    assert rows("one school", "other_school") == []
    # Which milestones and learners a section has is roster data; its levels are the class grid's.
    assert bool(rows(scope, "own")) == (scope == "status.read")


def test_matrix_uses_known_words() -> None:
    """Outside kinds are refused to everybody; the interpreter of the tests knows every code that is in use."""
    for entry in ENTRIES:
        for role in (*ROLES, "INT"):
            found = reached(entry.resource, entry.action, role, entry.what or "learner", scopes=frozenset(SCOPES))
            assert not set(found or ()).intersection(OUTSIDE)
    assert "never" in REFUSED
