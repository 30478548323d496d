"""A milestone into several plans at once, and out of one. Parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from milestones.assignment import assign_milestone, take_out
from milestones.models import SectionMilestone
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.planning.assign_page import AssignForm, assigning
from reporting.planning.plan_page import planned_milestone, with_a_level
from reporting.planning.rights import PLAN
from reporting.reach import visible_section
from tenancy.errors import NotFound
from tenancy.gate import requires


@require_http_methods(["GET", "POST"])
@requires(*PLAN)
@page_errors
def assign(request: PageRequest, milestone_id: UUID) -> HttpResponse:
    page = assigning(request.actor, milestone_id, read_uuid(request.POST.get("school") or request.GET.get("school")))
    form = AssignForm(request.POST if request.method == "POST" else None, places=page.places)
    if form.is_bound and form.is_valid():
        (sections, to), due_on = form.chosen(), form.cleaned_data["due_on"]
        n = assign_milestone(request.actor, milestone=page.milestone, sections=sections, to=to, due_on=due_on)
        text = ngettext("%(title)s: assigned to one.", "%(title)s: assigned to %(n)d at once.", n)
        messages.success(request, text % {"title": page.milestone.title, "n": n})
        return redirect("milestone", milestone_id)
    return render(request, "planning/assign.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(*PLAN)
@page_errors
def take_out_of_plan(request: PageRequest, section_id: UUID, milestone_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *PLAN)
    milestone = planned_milestone(request.actor, section, milestone_id)
    if request.method == "POST":
        take_out(request.actor, section=section, milestone=milestone)
        text = _("%(title)s is out of the plan. Evidence and levels stay; add it below and it is back.")
        messages.success(request, text % {"title": milestone.title})
        return redirect("class_plan", section_id)
    if not SectionMilestone.objects.filter(section_id=section.pk, milestone_id=milestone.pk).exists():
        raise NotFound
    context = {"section": section, "milestone": milestone, "shown": with_a_level(request.actor, section, milestone)}
    return render(request, "planning/take_out.html", context)
