"""Support plans. Each view: parse, one call, render."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions import plans as services
from interventions.peer_matches import READ as TUTORING
from reporting.form_problems import add_problems
from reporting.pages import PageRequest, page_errors, read_version
from reporting.plans.forms import CloseForm, NewForm, ReviewForm, SessionForm, StartForm
from reporting.plans.page import OPEN, READ, plan_page, plans_board, protocols_for
from reporting.reach import published_milestone, section_of, visible_learner
from tenancy.access import may_at_all
from tenancy.errors import Invalid
from tenancy.gate import requires

REVIEW_AFTER = timedelta(days=14)
Write = Callable[[dict[str, Any]], object]


@require_GET
@requires(*READ)
@page_errors
def plans(request: PageRequest) -> HttpResponse:
    may_tutor = may_at_all(request.actor, *TUTORING)
    return render(request, "plans/board.html", {"board": plans_board(request.actor), "may_tutor": may_tutor})


@require_GET
@requires(*READ)
@page_errors
def plan(request: PageRequest, plan_id: UUID) -> HttpResponse:
    return _plan(request, plan_id)


@require_http_methods(["GET", "POST"])
@requires(*OPEN)
@page_errors
def new(request: PageRequest, learner_id: UUID, milestone_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *OPEN)
    milestone = published_milestone(request.actor, milestone_id, learner)
    sent = request.POST if request.method == "POST" else None
    form = NewForm(protocols_for(request.actor), sent, initial={"review_on": request.actor.today + REVIEW_AFTER})
    if form.is_valid():
        section = section_of(request.actor, learner, None, milestone)
        try:
            made = services.open_plan(request.actor, learner=learner, milestone=milestone, section=section, **form.says)
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The plan has begun."))
            return redirect("support_plan", plan_id=made.public_id)
    context = {"form": form, "learner": learner, "milestone": milestone}
    return render(request, "plans/new.html", context, status=422 if form.errors else 200)


@require_POST
@requires(*OPEN)
@page_errors
def start(request: PageRequest, plan_id: UUID) -> HttpResponse:
    return _write(request, plan_id, "start_form", StartForm(request.POST), lambda values: services.start_plan(
        request.actor, plan_id=plan_id, version=read_version(request), **values
    ))  # fmt: skip


@require_POST
@requires(*OPEN)
@page_errors
def review(request: PageRequest, plan_id: UUID) -> HttpResponse:
    return _write(request, plan_id, "review_form", ReviewForm(request.POST), lambda values: services.review_plan(
        request.actor, plan_id=plan_id, version=read_version(request), **values
    ))  # fmt: skip


@require_POST
@requires(*OPEN)
@page_errors
def close(request: PageRequest, plan_id: UUID) -> HttpResponse:
    return _write(request, plan_id, "close_form", CloseForm(request.POST), lambda values: services.close_plan(
        request.actor, plan_id=plan_id, version=read_version(request), **values
    ))  # fmt: skip


@require_POST
@requires(*OPEN)
@page_errors
def log(request: PageRequest, plan_id: UUID) -> HttpResponse:
    return _write(request, plan_id, "session_form", SessionForm(request.POST), lambda values: services.log_session(
        request.actor, plan_id=plan_id, **values
    ))  # fmt: skip


@require_POST
@requires(*OPEN)
@page_errors
def withdraw(request: PageRequest, plan_id: UUID, session_id: UUID) -> HttpResponse:
    services.withdraw_session(request.actor, plan_id=plan_id, session_id=session_id)
    messages.success(request, _("The session is taken back. It stays in the list, struck out."))
    return redirect("support_plan", plan_id=plan_id)


def _write(request: PageRequest, plan_id: UUID, name: str, form: forms.Form, write: Write) -> HttpResponse:
    """A form of the page of a plan: saved, or shown again with what is wrong."""
    if form.is_valid():
        try:
            write(form.cleaned_data)
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("support_plan", plan_id=plan_id)
    return _plan(request, plan_id, status=422, **{name: form})


def _plan(request: PageRequest, plan_id: UUID, status: int = 200, **given: forms.Form) -> HttpResponse:
    page = plan_page(request.actor, plan_id)
    today, one = request.actor.today, page.card.plan
    again = {"review_on": today + REVIEW_AFTER}
    context = {
        "page": page,
        "start_form": StartForm(initial=again),
        "review_form": ReviewForm(initial={**again, "approach": one.approach, "is_shared": one.is_shared}),
        "session_form": SessionForm(initial={"on": today, "minutes": 15}),
        "close_form": CloseForm(),
        "wrong": next(iter(given.values()), None),
        **given,
    }
    return render(request, "plans/plan.html", context, status=status)
