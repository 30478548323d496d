"""Protocols. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions.models import Protocol
from interventions.protocols import change_protocol, create_protocol, switch_protocol
from reporting.form_problems import add_problems
from reporting.pages import PageRequest, page_errors
from reporting.protocols.forms import ProtocolForm
from reporting.protocols.page import TO_CHANGE, TO_MAKE, TO_READ, changeable_protocol, protocols_page
from tenancy.errors import Conflict, Invalid
from tenancy.gate import requires


@require_GET
@requires(*TO_READ)
@page_errors
def protocols(request: PageRequest) -> HttpResponse:
    return render(request, "protocols/protocols.html", {"page": protocols_page(request.actor)})


@require_http_methods(["GET", "POST"])
@requires(*TO_MAKE)
@page_errors
def new(request: PageRequest) -> HttpResponse:
    form = ProtocolForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            create_protocol(request.actor, **_said(form))
        except Invalid as error:
            add_problems(form, error)
        else:
            return _saved(request)
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@requires(*TO_CHANGE)
@page_errors
def edit(request: PageRequest, protocol_id: UUID) -> HttpResponse:
    one = changeable_protocol(request.actor, protocol_id)
    form, slower = ProtocolForm(request.POST if request.method == "POST" else None, one), False
    if form.is_valid():
        try:
            change_protocol(request.actor, protocol_id=protocol_id, version=_version(request), **_said(form))
        except Invalid as error:
            add_problems(form, error)
        except Conflict:
            slower = True
        else:
            return _saved(request)
    return _form(request, form, one, slower=slower)


@require_POST
@requires(*TO_CHANGE)
@page_errors
def switch(request: PageRequest, protocol_id: UUID) -> HttpResponse:
    is_active = request.POST.get("on") == "1"
    switch_protocol(request.actor, protocol_id=protocol_id, version=_version(request), is_active=is_active)
    messages.success(request, _("It is on.") if is_active else _("It is off: it is offered no longer."))
    return redirect("protocols")


def _said(form: ProtocolForm) -> dict[str, Any]:
    return {"name": form.cleaned_data["name"], "summary": form.cleaned_data["summary"], "steps": form.steps}


def _saved(request: PageRequest) -> HttpResponse:
    messages.success(request, _("Saved. Plans that stand keep their steps."))
    return redirect("protocols")


def _version(request: PageRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _form(request: PageRequest, form: ProtocolForm, one: Protocol | None, *, slower: bool = False) -> HttpResponse:
    context = {"form": form, "protocol": one, "slower": slower}
    return render(request, "protocols/form.html", context, status=422 if form.errors else 409 if slower else 200)
