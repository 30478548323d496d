"""Giving from the library. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from interventions.giving import GIVE, Given, give_resource, give_to_group
from interventions.models import Resource
from reporting.form_problems import problems_of
from reporting.library.forms import read_filters
from reporting.library.giving_page import choices_for, to_group, to_one
from reporting.pages import PageRequest, page_errors, read_uuid
from tenancy.actor import SCH, TCH
from tenancy.errors import Conflict, Invalid
from tenancy.gate import requires

FOR = frozenset({TCH, SCH})


@require_http_methods(["GET", "POST"])
@requires(*GIVE, roles=FOR)
@page_errors
def give(request: PageRequest, learner_id: UUID, milestone_id: UUID) -> HttpResponse:
    to = to_one(request.actor, learner_id, milestone_id, read_uuid(request.GET.get("plan")))
    problems = None
    if request.method == "POST":
        try:
            given = give_resource(
                request.actor, resource_id=read_uuid(request.POST.get("resource")), learner=to.learner,
                milestone=to.milestone, way=request.POST.get("way", ""), plan=to.plan,
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            problems = error
        else:
            messages.success(request, _words(given))
            return (
                redirect("support_plan", to.plan.public_id)
                if to.plan
                else redirect("learner_milestone", learner_id, milestone_id)
            )
    filters = read_filters(request.GET)
    choices = choices_for(to.milestone, to.learner, to.level, filters.text, filters.kind)
    return _page(request, to, choices, problems)


@require_http_methods(["GET", "POST"])
@requires(*GIVE, roles=FOR)
@page_errors
def give_group(request: PageRequest, group_id: UUID) -> HttpResponse:
    to = to_group(request.actor, group_id)
    problems = None
    if request.method == "POST":
        try:
            given = give_to_group(
                request.actor, resource_id=read_uuid(request.POST.get("resource")), group=to.group,
                milestone=to.milestone, way=request.POST.get("way", ""),
            )  # fmt: skip
        except Invalid as error:
            problems = error
        else:
            messages.success(request, _words(given))
            return redirect("gaps")
    filters = read_filters(request.GET)
    choices = choices_for(to.milestone, None, None, filters.text, filters.kind)
    return _page(request, to, choices, problems)


def _page(request: PageRequest, to: Any, choices: Any, error: Invalid | Conflict | None) -> HttpResponse:
    status = 200 if error is None else error.status if isinstance(error, Conflict) else 422
    context = {
        "to": to, "choices": choices, "filters": read_filters(request.GET), "kinds": Resource.Kind.choices,
        "problems": list(problems_of(error).items()) if error else None, "chosen": request.POST.get("resource"),
        "way": request.POST.get("way") or ("offered" if choices.is_offer else "assigned"),
    }  # fmt: skip
    return render(request, "library/give.html", context, status=status)


def _words(given: Given) -> str:
    text = ngettext("Given to %(n)d learner.", "Given to %(n)d learners.", given.given) % {"n": given.given}
    if not given.had:
        return text
    had = ngettext("%(n)d had it already.", "%(n)d had it already.", given.had) % {"n": given.had}
    return f"{text} {had}"
