"""One request of a role to a route, undone afterwards, and its answer without what differs from request to request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tests.permissions.entries import Entry
from tests.permissions.places import Places

MASK = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"')
OF_THE_REQUEST = {
    "x-request-number", "date", "server-timing", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` and `headers` are masked: what is left has to be equal where nobody may tell two identifiers apart."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]

    @property
    def everything(self) -> bytes:
        return self.body + repr(self.headers).encode()


def ask(places: Places, entry: Entry, role: str, kind: str, token: str = "", **headers: str) -> Answer:
    """`role` ANON, LRN … DST signs in by session; INT sends a token."""
    if role == "INT":
        headers["Authorization"] = f"Bearer {places.tokens[token]}"
    client = places.clients["ANON" if role == "INT" else role]
    data = entry.data(places, kind) if entry.data else None
    path = entry.address(places, kind)
    with transaction.atomic():
        response: Any
        if entry.method == "GET":
            response = client.get(path, headers=headers)
        elif entry.method == "PUT":
            response = client.put(path, data or "", content_type="application/x-www-form-urlencoded", headers=headers)
        elif entry.is_api:
            response = client.post(path, data, content_type="application/json", headers=headers)
        else:
            response = client.post(path, data or {}, headers=headers)
        transaction.set_rollback(True)
    return answer_of(response)


def answer_of(response: Any) -> Answer:
    number = response.headers.get("X-Request-Number", "").encode()
    body = MASK.sub(b"", response.content)
    if number:
        body = body.replace(number, b"")
    kept = ((name, value) for name, value in response.headers.items() if name.lower() not in OF_THE_REQUEST)
    cookies = ((f"set-cookie:{name}", "") for name in response.cookies)
    return Answer(response.status_code, body, tuple(sorted([*kept, *cookies])))
