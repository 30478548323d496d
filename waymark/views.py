"""The front door and the error pages."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from reporting.context import shell
from tenancy.actor import DST, GRD, LRN, MEN, SCH, TCH
from tenancy.gate import public, sign_in
from waymark.away import is_away, unavailable
from waymark.logging import request_number

# First match wins: a teacher who is also a guardian starts with the day and switches in the menu.
HOMES = (
    (TCH, "today"), (SCH, "mastery_report"), (DST, "mastery_report"), (GRD, "family"),
    (MEN, "mentees"), (LRN, "me"),
)  # fmt: skip


@public("sends each role to its own first page")
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return sign_in(request)
    actor = request.actor  # type: ignore[attr-defined]
    for role, page in HOMES:
        if actor is not None and actor.has(role):
            return redirect(page)
    return not_found(request)


def error_page(request: HttpRequest, status: int, title: str, text: str, **more: object) -> HttpResponse:
    """A page that needs neither database nor session: it must work when they do not."""
    context = {"title": title, "text": text, "number": request_number.get(), "status": status, **more}
    return HttpResponse(render_to_string("error.html", context), status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Hidden, gone and never there: the same page, to the byte. Who is signed in keeps menu and colours."""
    frame = shell(request) if getattr(request, "actor", None) else {}
    return error_page(
        request,
        404,
        _("We cannot show this page"),
        _("It may have moved, or it is not for this account. Go back to your start page, or ask your school office."),
        menu=frame.get("menu", []),
        dark_media=frame.get("dark_media", ""),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request, 400, _("We could not read that"), _("Go back, check what you entered and send it again.")
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _("The page was open for too long or cookies are off. Go back, reload the page and send it again.")
    return error_page(request, 403, _("That did not save"), text)


def server_fault(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    if error is not None and is_away(error):
        return unavailable(request)
    return error_page(
        request,
        500,
        _("That did not work"),
        _("The fault is ours. Nothing was changed. Try again, or write to your school office with the number below."),
    )
