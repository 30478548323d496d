"""The plan of a class, dates of single learners, giving beside the plan, and groups. Parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from learners.classes import learners_of
from learners.groups import end_group, save_group
from learners.models import Section
from milestones.assignment import give_milestone, move_dates, set_learner_date, take_back
from milestones.plans import plan_milestones
from reporting.form_problems import add_problems
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.planning.plan_forms import AddForm, GiveForm, GroupForm, LearnerDateForm, read_dates
from reporting.planning.plan_page import (
    assignments_here,
    class_plan,
    groups_of,
    may_give_to_grades,
    milestone_plan,
    more_milestones,
    planned_milestone,
)
from reporting.planning.rights import DATES, MAKE, PLAN
from reporting.reach import visible_section
from tenancy.access import can
from tenancy.errors import Conflict, Invalid, NotFound
from tenancy.gate import requires


@require_GET
@requires(*DATES)
@page_errors
def plan(request: PageRequest, section_id: UUID) -> HttpResponse:
    return _plan(request, visible_section(request.actor, section_id, *DATES))


@require_POST
@requires(*PLAN)
@page_errors
def dates(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *PLAN)
    try:
        wanted = read_dates(request.POST, class_plan(request.actor, request.tenant, section))
        moved = move_dates(request.actor, section=section, dates=wanted)
    except Invalid as error:
        return _plan(request, section, [one["message"] for one in error.problems], 422)
    except Conflict as error:
        return _plan(request, section, [error.message], 409)
    messages.success(request, ngettext("%(n)d date moved.", "%(n)d dates moved.", moved) % {"n": moved})
    return redirect("class_plan", section_id)


@require_POST
@requires(*PLAN)
@page_errors
def add_to_plan(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *PLAN)
    form = AddForm(request.POST, milestones=more_milestones(section))
    if not form.is_valid():
        return _plan(request, section, status=422, add=form)
    milestone = form.chosen()
    plan_milestones(request.actor, section=section, milestones=[(milestone, form.cleaned_data["due_on"])])
    messages.success(request, _("%(title)s stands in the plan.") % {"title": milestone.title})
    return redirect("class_plan", section_id)


def _plan(
    request: PageRequest, section: Section, problems: list[str] | None = None, status: int = 200, add: Any = None
) -> HttpResponse:
    may_plan = can(request.actor, *PLAN, section)
    context = {
        "section": section, "plan": class_plan(request.actor, request.tenant, section), "problems": problems or [],
        "may_plan": may_plan, "may_make": can(request.actor, *MAKE, section), "today": request.actor.today,
        "add": add or (AddForm(milestones=more_milestones(section)) if may_plan else None),
    }  # fmt: skip
    return render(request, "planning/plan.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(*PLAN)
@page_errors
def plan_milestone(request: PageRequest, section_id: UUID, milestone_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *PLAN)
    milestone = planned_milestone(request.actor, section, milestone_id)
    learners = learners_of(section.pk, request.actor.today)
    data, do = (request.POST, request.POST.get("do")) if request.method == "POST" else (None, None)
    one = LearnerDateForm(data if do == "date" else None, learners=learners)
    grades = {one.grade for one in learners} if may_give_to_grades(request.actor, section.school_id) else set()
    give = GiveForm(
        data if do == "give" else None, learners=learners, groups=groups_of(section), school=section.school,
        grades=sorted(grades - {""}),
    )  # fmt: skip
    try:
        if one.is_bound and one.is_valid():
            values = {name: one.cleaned_data[name] for name in ("due_on", "reason")}
            set_learner_date(request.actor, learner=one.chosen(), milestone=milestone, **values)
        elif give.is_bound and give.is_valid():
            give_milestone(request.actor, milestone=milestone, to=give.chosen(), due_on=give.cleaned_data["due_on"])
    except Invalid as error:
        add_problems(one if one.is_bound else give, error)
    if do and not one.errors and not give.errors:
        messages.success(request, _("Saved."))
        return redirect("plan_milestone", section_id, milestone_id)
    page = milestone_plan(request.actor, request.tenant, section, milestone)
    context = {"section": section, "page": page, "one": one, "give": give}
    return render(request, "planning/plan_milestone.html", context, status=422 if one.errors or give.errors else 200)


@require_POST
@requires(*PLAN)
@page_errors
def take_given_back(request: PageRequest, section_id: UUID, milestone_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *PLAN)
    milestone = planned_milestone(request.actor, section, milestone_id)
    rows = assignments_here(section, milestone, learners_of(section.pk, request.actor.today))
    if not may_give_to_grades(request.actor, section.school_id):
        rows = rows.filter(school=None)
    wanted = read_uuid(request.POST.get("given"))
    found = rows.filter(public_id=wanted).first() if wanted is not None else None
    if found is None:
        raise NotFound
    take_back(request.actor, assignment=found)
    messages.success(request, _("Taken back. What was shown stays shown."))
    return redirect("class_plan", section_id)


@require_http_methods(["GET", "POST"])
@requires(*PLAN)
@page_errors
def groups(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *PLAN)
    learners, known = learners_of(section.pk, request.actor.today), groups_of(section)
    wanted = read_uuid(request.POST.get("group") or request.GET.get("group"))
    group = next((one for one in known if one.public_id == wanted), None)
    if wanted is not None and group is None:
        raise NotFound
    here = {one.learner_id for one in group.places.all()} if group else set()
    initial = (
        {"name": group.name, "learners": [str(one.public_id) for one in learners if one.pk in here]} if group else {}
    )
    form = GroupForm(request.POST if request.method == "POST" else None, learners=learners, initial=initial)
    if request.method == "POST" and "end" in request.POST and group is not None:
        end_group(request.actor, group=group)
        messages.success(request, _("The group %(name)s is gone.") % {"name": group.name})
        return redirect("groups", section_id)
    if form.is_bound and form.is_valid():
        try:
            name, chosen = form.cleaned_data["name"], form.chosen()
            save_group(request.actor, section=section, name=name, learners=chosen, group=group)
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Saved: the group %(name)s.") % {"name": form.cleaned_data["name"]})
            return redirect("groups", section_id)
    context = {"section": section, "groups": known, "group": group, "form": form}
    return render(request, "planning/groups.html", context, status=422 if form.errors else 200)
