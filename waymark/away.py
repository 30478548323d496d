"""The answer while the database is away: 503 and when to come back."""

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout

from waymark.logging import request_number

# SQLSTATE classes that mean "the server is away or going away", not "the query is wrong".
AWAY = ("08", "57P")


def is_away(error: BaseException) -> bool:
    if isinstance(error, PoolTimeout | InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(AWAY)


def unavailable(request: HttpRequest) -> HttpResponse:
    title = _("We cannot reach the records right now")
    text = _("Nothing was lost. Try again in a few seconds.")
    response: HttpResponse
    if request.path_info.startswith("/api/"):
        body = {"type": "about:blank", "title": title, "detail": text, "status": 503, "code": "unavailable"}
        response = JsonResponse(body, status=503, content_type="application/problem+json")
    else:
        context = {"title": title, "text": text, "number": request_number.get(), "status": 503}
        response = HttpResponse(render_to_string("error.html", context), status=503)
    response["Retry-After"] = "3"
    return response
