"""Pages of the editor: a new framework, a new competency, a change, another state."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from competencies.editing import change_competency, create_competency, create_framework, seen_of
from competencies.lifecycle import move_competency, move_framework
from competencies.models import Competency, Framework
from reporting.curriculum.forms import parent_choices, read_wording, values_of
from reporting.curriculum.hints import hint_for
from reporting.curriculum.rights import EDIT, EDITORS, PUBLISH, visible_competency, visible_framework
from reporting.form_problems import problems_of
from reporting.pages import PageRequest, page_errors
from tenancy.errors import Conflict, Invalid, NotFound
from tenancy.gate import requires

BOTH = ["GET", "POST"]
STATES = {"draft": "active", "active": "retired", "retired": "active"}


@require_http_methods(BOTH)
@requires(*EDIT, EDITORS)
@page_errors
def new_framework(request: PageRequest) -> HttpResponse:
    problems: dict[str, str] = {}
    values = {name: request.POST.get(name, "") for name in ("title", "notes")}
    values["language"] = request.POST.get("language", get_language() or "en")
    if request.method == "POST":
        try:
            made = create_framework(request.actor, **{name: text.replace("\x00", "") for name, text in values.items()})
        except Invalid as error:
            problems = problems_of(error)
        else:
            messages.success(request, _("Saved as a draft. Now write its first competency."))
            return redirect("curriculum_framework", made.public_id)
    context = {"values": values, "problems": problems}
    return render(request, "curriculum/new_framework.html", context, status=422 if problems else 200)


@require_http_methods(BOTH)
@requires(*EDIT, EDITORS)
@page_errors
def new_competency(request: PageRequest, framework_id: UUID) -> HttpResponse:
    framework = visible_framework(request.actor, framework_id, EDIT)
    if request.method == "GET":
        return _editor(request, framework, None, values_of(None, framework, request.GET.get("parent", "")), {})
    wording, problems = read_wording(request.actor, request.POST, framework, None)
    if wording is not None:
        try:
            made = create_competency(request.actor, framework=framework, wording=wording)
        except Invalid as error:
            problems = problems_of(error)
        else:
            return _saved(request, made, _("Saved as a draft. Nobody else sees it until you activate it."))
    return _editor(request, framework, None, request.POST, problems, 422)


@require_http_methods(BOTH)
@requires(*EDIT, EDITORS)
@page_errors
def edit_competency(request: PageRequest, competency_id: UUID) -> HttpResponse:
    competency = visible_competency(request.actor, competency_id, EDIT)
    framework = competency.framework
    if request.method == "GET":
        return _editor(request, framework, competency, values_of(competency, framework), {})
    wording, problems = read_wording(request.actor, request.POST, framework, competency)
    if wording is not None:
        more = {"reason": request.POST.get("reason", ""), "seen": request.POST.get("seen", "")}
        try:
            saved = change_competency(request.actor, competency=competency, wording=wording, **more)
        except Invalid as error:
            problems = problems_of(error)
        except Conflict as error:
            theirs = visible_competency(request.actor, competency_id, EDIT)
            return _editor(request, framework, theirs, request.POST, {}, 409, {"message": error.message})
        else:
            return _saved(request, saved, _("Saved."))
    return _editor(request, framework, competency, request.POST, problems, 422)


def _saved(request: PageRequest, saved: Competency, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("curriculum_competency", saved.public_id)


def _editor(
    request: PageRequest, framework: Framework, competency: Competency | None, values: Any, problems: dict[str, str],
    status: int = 200, conflict: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    context = {
        "framework": framework,
        "competency": competency,
        "values": values,
        "problems": problems,
        "conflict": conflict,
        "seen": seen_of(competency) if competency else "",
        "parents": parent_choices(request.actor, framework, competency),
        "hint": hint_for(str(values.get("statement", "")), framework),
        "is_owned": framework.is_from_elsewhere,
    }
    return render(request, "curriculum/edit_competency.html", context, status=status)


@require_http_methods(BOTH)
@requires(*PUBLISH, EDITORS)
@page_errors
def competency_state(request: PageRequest, competency_id: UUID) -> HttpResponse:
    competency = visible_competency(request.actor, competency_id, PUBLISH)
    thing = {"competency": competency, "framework": competency.framework, "seen": seen_of(competency)}
    if request.method == "GET":
        return _state_page(request, competency.state, thing)
    values = {name: request.POST.get(name, "") for name in ("to", "reason", "seen")}
    if values["to"] not in STATES.values():
        raise NotFound
    try:
        move_competency(request.actor, competency=competency, **values)
    except Invalid as error:
        return _state_page(request, competency.state, thing, problems_of(error))
    messages.success(request, _done(values["to"]))
    return redirect("curriculum_competency", competency_id)


@require_http_methods(BOTH)
@requires(*PUBLISH, EDITORS)
@page_errors
def framework_state(request: PageRequest, framework_id: UUID) -> HttpResponse:
    framework = visible_framework(request.actor, framework_id, PUBLISH)
    thing = {"framework": framework, "seen": framework.state}
    if request.method == "GET":
        return _state_page(request, framework.state, thing)
    values = {name: request.POST.get(name, "") for name in ("to", "reason", "seen")}
    if values["to"] not in STATES.values():
        raise NotFound
    try:
        move_framework(request.actor, framework=framework, **values)
    except Invalid as error:
        return _state_page(request, framework.state, thing, problems_of(error))
    messages.success(request, _done(values["to"]))
    return redirect("curriculum_framework", framework_id)


def _state_page(
    request: PageRequest, state: str, thing: dict[str, Any], problems: dict[str, str] | None = None
) -> HttpResponse:
    drafts = thing["framework"].competencies.filter(is_draft=True).count() if "competency" not in thing else 0
    context = {**thing, "state": state, "to": STATES[state], "drafts": drafts, "problems": problems or {},
               "reason": request.POST.get("reason", "")}  # fmt: skip
    return render(request, "curriculum/state.html", context, status=422 if problems else 200)


def _done(to: str) -> str:
    if to == "active":
        return _("It is in use now.")
    return _("Retired. Evidence and levels stay as they are.")
