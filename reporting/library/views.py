"""The library. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions import library as services
from interventions.library import CHANGE, CREATE, READ
from interventions.models import Resource
from reporting.form_problems import add_problems
from reporting.levels import ALL_WORDS
from reporting.library.forms import ResourceForm, first_values, read_filters
from reporting.library.page import changeable, competency_choices, library_page, resource_page
from reporting.pages import PageRequest, page_errors, read_version
from tenancy.access import may_at_all
from tenancy.errors import Conflict, Invalid, NotFound
from tenancy.gate import requires


@require_GET
@requires(*READ)
@page_errors
def library(request: PageRequest) -> HttpResponse:
    filters = read_filters(request.GET)
    page = library_page(request.actor, filters, may_at_all(request.actor, *CREATE))
    context = {"page": page, "filters": filters, "kinds": Resource.Kind.choices, "levels": ALL_WORDS}
    return render(request, "library/library.html", context)


@require_GET
@requires(*READ)
@page_errors
def resource(request: PageRequest, resource_id: UUID) -> HttpResponse:
    page = resource_page(request.actor, resource_id, may_at_all(request.actor, *CREATE))
    return render(request, "library/resource.html", {"page": page})


@require_http_methods(["GET", "POST"])
@requires(*CREATE)
@page_errors
def new_resource(request: PageRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = ResourceForm(sent, competencies=competency_choices(request.actor))
    if form.is_valid():
        try:
            made = services.make_resource(request.actor, draft=form.draft())
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("It is in the library."))
            return redirect("resource", made.public_id)
    return _form(request, form)


@require_http_methods(["GET", "POST"])
@requires(*CHANGE)
@page_errors
def edit_resource(request: PageRequest, resource_id: UUID) -> HttpResponse:
    one = changeable(request.actor, resource_id)
    if one is None:
        raise NotFound
    first = first_values(one)
    keep = [UUID(value) for name, value in first.items() if name.startswith("tag_")]
    sent = request.POST if request.method == "POST" else None
    form = ResourceForm(sent, competencies=competency_choices(request.actor, keep), initial=first)
    if form.is_valid():
        return _save(request, form, one)
    version = one.version if sent is None else read_version(request)
    return _form(request, form, resource=one, version=version)


def _save(request: PageRequest, form: ResourceForm, one: Resource) -> HttpResponse:
    """Saved, or shown again: beside what somebody else wrote meanwhile, or with what is wrong."""
    version = read_version(request)
    try:
        services.edit_resource(request.actor, resource_id=one.public_id, version=version, draft=form.draft())
    except Conflict as error:
        one.refresh_from_db()
        return _form(request, form, resource=one, version=one.version, theirs=error.message, status=error.status)
    except Invalid as error:
        add_problems(form, error)
        return _form(request, form, resource=one, version=version)
    messages.success(request, _("Saved."))
    return redirect("resource", one.public_id)


@require_POST
@requires(*CREATE)
@page_errors
def copy(request: PageRequest, resource_id: UUID) -> HttpResponse:
    made = services.copy_resource(request.actor, resource_id=resource_id)
    messages.success(request, _("This is your copy. Change what you need."))
    return redirect("edit_resource", made.public_id)


@require_POST
@requires(*CHANGE)
@page_errors
def state(request: PageRequest, resource_id: UUID) -> HttpResponse:
    is_active = request.POST.get("on") == "1"
    services.set_in_use(request.actor, resource_id=resource_id, is_active=is_active)
    messages.success(request, _("It is offered again.") if is_active else _("It is switched off."))
    return redirect("resource", resource_id)


def _form(request: PageRequest, form: ResourceForm, status: int = 200, **more: Any) -> HttpResponse:
    status = 422 if form.errors else status
    return render(request, "library/resource_form.html", {"form": form, **more}, status=status)
