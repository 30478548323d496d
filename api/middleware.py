"""Around every call of the API: it is counted against the rate of its key, and kept in the log."""

import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from api.models import ApiRequest

ADDRESSES = "/api/v1/"


class ApiLog:
    """Inside the tenant that the token names; a call without a good token is nobody's and is not kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADDRESSES):
            return self.get_response(request)
        at, started = timezone.now(), time.perf_counter()
        response = self.get_response(request)
        for name, value in getattr(request, "rate_headers", {}).items():
            response[name] = value
        client = getattr(request, "api_client", None)
        if client is not None:
            body = getattr(response, "data", None)
            said = body if response.status_code >= 400 and isinstance(body, dict) else {}
            ApiRequest.objects.create(
                client=client, at=at, method=plain(request.method or "", 8), path=plain(request.path, 300),
                parameters=plain(", ".join(sorted(request.GET)), 200), status=response.status_code,
                code=plain(str(said.get("code", "")), 40), sentence=plain(sentence(said), 400),
                ms=round(1000 * (time.perf_counter() - started)),
            )  # fmt: skip
        return response


def plain(text: str, most: int) -> str:
    """What PostgreSQL can keep and a page can show of whatever was sent."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text[:most])


def sentence(body: dict[str, Any]) -> str:
    """What was wrong and how to mend it, as the answer said it."""
    errors = body.get("errors") or []
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    text, field = str(first.get("message") or body.get("detail") or ""), str(first.get("field") or "")
    return f"{field}: {text}" if field and field not in text else text
