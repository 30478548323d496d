"""Pages of developers: is my program working, and if not, why? Each view: parse, one call, render."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from api.developers.forms import KeyForm
from api.developers.page import CHANGE, LIST, keys_of, last_day, log_of, visible_client
from api.keys import create_client, revoke_client, rotate_client, scopes_of
from learners.posts import schools_of
from reporting.form_problems import add_problems
from reporting.pages import PageRequest, page_errors, read_uuid
from tenancy.actor import DST, SCH
from tenancy.errors import Invalid
from tenancy.gate import requires

FOR = frozenset({SCH, DST})
OVERLAPS = (0, 1, 24, 24 * 7)
SHORT_LOG = 5


@require_GET
@requires(*LIST, FOR)
@page_errors
def overview(request: PageRequest) -> HttpResponse:
    actor = request.actor
    context = {
        "keys": keys_of(actor), "day": last_day(actor), "base": request.build_absolute_uri("/").rstrip("/"),
        "log": log_of(actor, failed=True, client=None, before=None, count=SHORT_LOG), "tab": "developers",
    }  # fmt: skip
    return render(request, "developers/overview.html", context)


@require_GET
@requires(*LIST, FOR)
@page_errors
def keys(request: PageRequest) -> HttpResponse:
    return render(request, "developers/keys.html", {"keys": keys_of(request.actor), "tab": "api_keys"})


@require_http_methods(["GET", "POST"])
@requires(*CHANGE, FOR)
@page_errors
def new_key(request: PageRequest) -> HttpResponse:
    actor, data = request.actor, request.POST if request.method == "POST" else None
    form = KeyForm(data, scopes_of(actor), schools_of(actor), request.tenant.time_zone, actor.today)
    if form.is_valid():
        try:
            client, text = create_client(actor, **form.values())
        except Invalid as error:
            add_problems(form, error)
        else:
            return shown_once(request, client, text)
    return render(request, "developers/new_key.html", {"form": form}, status=422 if form.errors else 200)


def shown_once(request: PageRequest, client: Any, text: str) -> HttpResponse:
    """The one answer that holds the key: it is not stored, and loading the page anew does not bring it back."""
    context = {"client": client, "text": text, "token_address": request.build_absolute_uri(reverse("oauth_token")),
               "base": request.build_absolute_uri("/").rstrip("/")}  # fmt: skip
    return render(request, "developers/shown_once.html", context)


@require_http_methods(["GET", "POST"])
@requires(*CHANGE, FOR)
@page_errors
def rotate(request: PageRequest, client_id: UUID) -> HttpResponse:
    client, problems = visible_client(request.actor, client_id), []
    if request.method == "POST":
        hours = request.POST.get("hours", "")
        try:
            overlap = timedelta(hours=int(hours) if hours in map(str, OVERLAPS) else -1)
            return shown_once(request, client, rotate_client(request.actor, client=client, overlap=overlap))
        except Invalid as error:
            problems = error.problems
    context = {"client": client, "problems": problems, "overlaps": OVERLAPS}
    return render(request, "developers/rotate.html", context, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
@requires(*CHANGE, FOR)
@page_errors
def revoke(request: PageRequest, client_id: UUID) -> HttpResponse:
    client = visible_client(request.actor, client_id)
    if request.method == "POST":
        revoke_client(request.actor, client=client)
        messages.success(request, _("%(name)s is revoked: its next call is refused.") % {"name": client.name})
        return redirect("api_keys")
    return render(request, "developers/revoke.html", {"client": client})


@require_GET
@requires(*LIST, FOR)
@page_errors
def log(request: PageRequest) -> HttpResponse:
    get = request.GET.get
    before, failed, client = get("before", ""), get("show", "failed") != "all", read_uuid(get("key"))
    is_number = before.isascii() and before.isdigit() and len(before) < 18
    found = log_of(request.actor, failed=failed, client=client, before=int(before) if is_number else None)
    context = {"log": found, "failed": failed, "chosen": client, "keys": keys_of(request.actor), "tab": "api_log"}
    return render(request, "developers/log.html", context)
