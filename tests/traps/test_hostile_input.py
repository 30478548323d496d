"""Inputs that made a plain Django or REST framework answer 500: here each is a 4xx that names the field."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from assessments.models import Evidence
from tenancy.context import tenant_context
from tests.permissions.places import Places


def cursor(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def api(places: Places) -> Client:
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {places.tokens['all']}"})


def fields_of(response: Any) -> set[str]:
    """Names of the fields that a problem document complains about."""
    assert response.headers["Content-Type"] == "application/problem+json", response.content
    body = json.loads(response.content)
    assert body["status"] == response.status_code
    return {error["field"] for error in body.get("errors", [])}


LISTS = ("frameworks", "competencies", "sections", "learners", "milestones", "statuses")
TEXTS = ("%00", "a%00b", "%ED%A0%80", "%FF", quote("\u0001"))
LIMITS = ("abc", "0", "-1", "1.5", "1e3", "201", "9" * 30, "%00", "", "%D9%A1")
FORGED = tuple(cursor(text) for text in ("-1", "-9" * 10, "9" * 30, "1.5", "\u0661"))
CURSORS = ("-1", "x", "%00", "%F0%9F%92%A9", "=" * 9, "A" * 5000, *FORGED)
IDS = ("x", "1", "%00", "-" * 36)
QUERIES = [
    *[(path, "limit", value) for path in LISTS for value in LIMITS],
    *[(path, "cursor", value) for path in LISTS for value in CURSORS],
    *[("competencies", name, value) for name in ("code", "identifier") for value in TEXTS],
    *[(path, "sourced_id", value) for path in ("sections", "learners") for value in TEXTS],
    *[("competencies", "framework", value) for value in ("x", "1", "%00", "../../etc")],
    *[("statuses", name, value) for name in ("learner", "milestone", "section") for value in IDS],
    *[("statuses", "level", value) for value in ("Meets", "3", "%00", "x" * 500)],
    *[("statuses", "explain", value) for value in ("1", "TRUE", "%00")],
    *[(path, "nothing", "1") for path in LISTS],
    *[(path, "tenant_id", "1") for path in LISTS],
]


@pytest.mark.parametrize("path", LISTS)
def test_query_parameters(places: Places, path: str) -> None:
    client = api(places)
    wrong = []
    for where, name, value in QUERIES:
        if where == path:
            response = client.get(f"/api/v1/{path}/?{name}={value}")
            harmless = response.status_code == 200 and name in {"code", "identifier", "sourced_id", "cursor"}
            if not harmless and (response.status_code != 400 or name not in fields_of(response)):
                wrong.append((name, value, response.status_code, response.content[:200]))
    assert wrong == []


@pytest.mark.parametrize("value", ["%00", "a%00b"])
def test_nul_in_a_filter_names_the_field(places: Places, value: str) -> None:
    for path, name in (("competencies", "code"), ("competencies", "identifier"), ("learners", "sourced_id")):
        response = api(places).get(f"/api/v1/{path}/?{name}={value}")
        assert response.status_code == 400
        assert fields_of(response) == {name}


def piece_with(places: Places, **values: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "learner": places.ids["learner"]["own"],
        "competency": places.ids["competency"]["own"],
        "score": 3,
        "possible": 4,
        "occurred_at": "2026-01-15T09:00:00+01:00",
        "task": "quiz",
        "kind": "formative",
        "method": "m",
        "title": "t",
        "form": "f",
        "weight": 1,
        "state": "counted",
        "due_at": "2026-01-15T09:00:00Z",
        "comment": "c",
        "attempt": "1",
        "pass_mark": 0.6,
        "hints": 0,
        "minutes": 5,
        "source_id": "s",
    }
    return {**data, **values}


FIELDS = (
    "learner",
    "competency",
    "score",
    "possible",
    "occurred_at",
    "task",
    "kind",
    "method",
    "title",
    "form",
    "weight",
    "state",
    "due_at",
    "comment",
    "attempt",
    "pass_mark",
    "hints",
    "minutes",
    "source_id",
)
ODD: list[Any] = [
    None,
    True,
    [],
    {},
    [[]],
    {"a": None},
    "",
    " ",
    "x" * 20_000,
    0,
    -1,
    1e300,
    -1e300,
    10**30,
    "null",
    "💩" * 300,
]
TIMES = [
    "2026-01-15T09:00:00+16:00",
    "2026-01-15T09:00:00-16:00",
    "2026-01-15T09:00:00+23:59",
    "2026-01-15T09:00:00+24:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-01-15T09:00:00",
    "2026-01-15",
    "2026-02-30T00:00:00Z",
    "2026-01-15T25:00:00Z",
    "2026-01-15T23:59:60Z",
    "now",
    "9999-99-99T99:99:99Z",
    "+2026-01-15T09:00:00Z",
    "1768467600",
]


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_evidence(places: Places, field: str) -> None:
    """Taken or refused with the field's name; alone and inside a list, where the row is reported."""
    client, wrong = api(places), []
    values = [*ODD, *(TIMES if field in {"occurred_at", "due_at"} else [])]
    for n, value in enumerate(values):
        data = piece_with(places, **{"source_id": f"{field}-{n}", field: value})
        response = client.post("/api/v1/evidence/", json.dumps(data), content_type="application/json")
        if response.status_code not in {200, 201} and (
            response.status_code not in {400, 409} or field not in fields_of(response)
        ):
            wrong.append((value, response.status_code, response.content[:200]))
        listed = client.post("/api/v1/evidence/", json.dumps([data]), content_type="application/json")
        assert listed.status_code == 200, (field, value)
        outcome = listed.json()["results"][0]
        assert outcome["outcome"] in {"created", "unchanged", "rejected"}
        if outcome["outcome"] == "rejected" and field not in {error["field"] for error in outcome["errors"]}:
            wrong.append((value, 200, outcome))
    assert wrong == []


@pytest.mark.parametrize("text", TIMES)
def test_times(places: Places, text: str) -> None:
    """Days that are none, times without an offset, years out of range are refused. An offset beyond ±15:59, which
    PostgreSQL cannot read, is taken for the moment that it means.
    """
    is_moment = text.endswith(("+16:00", "-16:00", "+23:59")) and text.startswith("2026")
    for field in ("occurred_at", "due_at"):
        data = piece_with(places, **{field: text, "source_id": field})
        response = api(places).post("/api/v1/evidence/", json.dumps(data), content_type="application/json")
        assert response.status_code == (201 if is_moment else 400), response.content
        assert is_moment or fields_of(response) == {field}


def test_wide_offset_means_its_moment(places: Places) -> None:
    data = piece_with(places, occurred_at="2026-01-15T09:00:00-23:59", due_at=None)
    response = api(places).post("/api/v1/evidence/", json.dumps(data), content_type="application/json")
    with tenant_context(places.home.tenant.pk):
        stored = Evidence.objects.get(public_id=response.json()["id"])
    assert stored.occurred_at == datetime(2026, 1, 16, 8, 59, tzinfo=UTC)


BODIES: list[tuple[bytes, int]] = [
    (b"", 400),
    (b"null", 400),
    (b"[]", 400),
    (b"{}", 400),
    (b"1", 400),
    (b'"x"', 400),
    (b"[null]", 200),
    (b"[1, [], {}]", 200),
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b'{"task": "\xed\xa0\x80"}', 400),
    (b'{"task": "\\ud800"}', 400),
    (b'{"task": "a\\u0000b"}', 400),
    (b'{"a\\u0000b": 1}', 400),
    (b'{"\\udfff": 1}', 400),
    (b'{"score": NaN}', 400),
    (b'{"score": Infinity}', 400),
    (b'{"score": -Infinity}', 400),
    (b'{"score": 1e400}', 400),
    (b'{"score": ' + b"9" * 5000 + b"}", 400),
    (b"[" * 100_000, 400),
    (b"[" * 100_000 + b"]" * 100_000, 400),
    (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
    (b"[" * 21 + b"]" * 21, 400),
    (b'{"a": 1, "a": 2}', 400),
    (b"[" + b",".join([b"{}"] * 5001) + b"]", 400),
    (b" " * (8 * 1024 * 1024 + 1), 413),
]


@pytest.mark.parametrize(("body", "status"), BODIES, ids=[repr(body[:24]) for body, _ in BODIES])
def test_bodies(places: Places, body: bytes, status: int) -> None:
    for address in ("/api/v1/evidence/", "/api/v1/status-preview/"):
        response = api(places).post(address, body, content_type="application/json")
        if address == "/api/v1/evidence/":
            assert response.status_code == status, response.content[:300]
        assert response.status_code in {400, 413, 200}
        assert response.status_code != 200 or b"rejected" in response.content


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "", "a" * 300])
def test_other_content_types(places: Places, kind: str) -> None:
    for address in ("/api/v1/evidence/", "/api/v1/status-preview/"):
        response = api(places).generic("POST", address, b"{}", content_type=kind)
        assert response.status_code in {400, 415}
        assert response.headers["Content-Type"] == "application/problem+json"


MEAN = {"method": "mean", "points_possible": 4, "meets_at": 3}
ODD_PIECES: tuple[dict[str, Any], ...] = (
    {"score": "x"},
    {"score": []},
    {"score": -1},
    {"score": 10**30},
    {"possible": 0},
    {"possible": None},
    {"occurred_at": "2026-01-15T09:00:00+23:59"},
    {"occurred_at": "9999-12-31T23:59:59-23:59"},
    {"occurred_at": "0001-01-01T00:00:00+23:59"},
    {"occurred_at": 5},
    {"task": 5},
    {"task": None},
    {"kind": "nothing"},
    {"kind": []},
    {"weight": 0},
    {"weight": None},
    {"weight": 10**30},
    {"nothing": 1},
)
PREVIEWS: list[Any] = [
    {"policy": None, "evidence": []},
    {"policy": {}, "evidence": None},
    {"policy": {"method": None}, "evidence": []},
    {"policy": {"method": "mean", "points_possible": 4, "meets_at": 3}, "evidence": [None]},
    {"policy": {"method": "mean", "points_possible": None, "meets_at": 3}, "evidence": []},
    {"policy": {"method": "mean", "points_possible": 10**30, "meets_at": 3}, "evidence": []},
    {"policy": {"method": "ewma", "weight": "0.65", "points_possible": 4, "meets_at": 3}, "evidence": []},
    {"policy": {"method": "ewma", "weight": None, "points_possible": 4, "meets_at": 3}, "evidence": []},
    {"policy": {"method": "mean", "points_possible": 4, "meets_at": 3, "gates": None}, "evidence": []},
    {"policy": {"method": "mean", "points_possible": 4, "meets_at": 3, "gates": {"meets": []}}, "evidence": []},
    {"policy": {"method": [], "points_possible": [], "meets_at": {}}, "evidence": []},
    {"policy": {"method": "mean", "points_possible": True, "meets_at": False}, "evidence": []},
    {"policy": {"method": "n_times", "n": 10**30, "points_possible": 4, "meets_at": 3}, "evidence": []},
    *[{"policy": MEAN, "evidence": [{"score": 1, "possible": 4, **odd}]} for odd in ODD_PIECES],
]


@pytest.mark.parametrize("data", PREVIEWS, ids=lambda data: json.dumps(data)[:80])
def test_previews(places: Places, data: Any) -> None:
    response = api(places).post("/api/v1/status-preview/", json.dumps(data), content_type="application/json")
    assert response.status_code in {200, 400}, response.content
    if response.status_code == 400:
        assert "policy" not in data or fields_of(response)


@pytest.mark.parametrize("key", ["x" * 256, "a\tb", "a\x00b", "é\x7f", "a\x01"])
def test_idempotency_keys(places: Places, key: str) -> None:
    headers = {"Idempotency-Key": key}
    response = api(places).post(
        "/api/v1/evidence/", json.dumps(piece_with(places)), content_type="application/json", headers=headers
    )
    assert response.status_code == 400
    assert fields_of(response) == {"Idempotency-Key"}


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "bearer wm_",
        "Bearer wm_1_x",
        "Basic YTpi",
        "Bearer \x00",
        "Bearer é",
        "Bearer " + "x" * 10_000,
        "Bearer wm_999999999999999999_" + "a" * 43 + "00000000",
        "Bearer wm_-1_" + "a" * 51,
    ],
)
def test_authorization_headers(places: Places, header: str) -> None:
    response = Client(raise_request_exception=False).get("/api/v1/learners/", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_eleven_hundred_parameters(places: Places) -> None:
    many = "&".join(f"a{n}=1" for n in range(1100))
    assert api(places).get(f"/api/v1/learners/?{many}").status_code == 400
    client = places.clients["TCH"]
    assert client.get(f"/classes/?{many}").status_code in {200, 400}
    assert client.get(f"/classes/{places.ids['section']['own']}/grid/?{many}").status_code in {200, 400}
    response = client.post("/accounts/theme/", {f"a{n}": "1" for n in range(1100)})
    assert response.status_code == 400
    repeated = "&".join(["limit=5"] * 900)
    assert api(places).get(f"/api/v1/learners/?{repeated}").status_code in {200, 400}
