"""Making and editing milestones, and ticking check-lists. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from learners.models import Section
from milestones.checklists import checklist_of, tick_item, untick_item
from milestones.making import edit_milestone, make_milestone, seen_of
from milestones.smart import smart_hints
from reporting.form_problems import add_problems
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.planning.making_forms import MilestoneForm, WordsForm, asked_of, criterion_forms, first_words
from reporting.planning.making_page import (
    curriculum_milestone,
    item_of,
    may_untick,
    measures_of,
    own_milestone,
    steps_of,
)
from reporting.planning.rights import DRAFT, EDITORS, MAKE, SCORE
from reporting.planning.smart_words import in_words
from reporting.reach import published_milestone, visible_learner, visible_section
from tenancy.errors import Conflict, Invalid, NotFound, Refused
from tenancy.gate import requires


@require_http_methods(["GET", "POST"])
@requires(*MAKE)
@page_errors
def new_milestone(request: PageRequest, section_id: UUID) -> HttpResponse:
    return _make(request, visible_section(request.actor, section_id, *MAKE))


@require_http_methods(["GET", "POST"])
@requires(*DRAFT, EDITORS)
@page_errors
def new_curriculum_milestone(request: PageRequest) -> HttpResponse:
    return _make(request, None)


def _make(request: PageRequest, section: Section | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = MilestoneForm(data, steps=steps_of(section))
    rows = criterion_forms(data, measures_of(section))
    is_good = data is not None and all([form.is_valid(), *(row.is_valid() for row in rows)])
    hints: list[Any] = []
    if is_good and "as_it_is" not in request.POST:
        hints = in_words(smart_hints(form.draft(asked_of(rows), get_language() or ""), request.actor.today))
    if is_good and not hints:
        try:
            making, due_on = form.whole(asked_of(rows)), form.cleaned_data["due_on"]
            made = make_milestone(request.actor, making=making, section=section, due_on=due_on)
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Saved: %(title)s.") % {"title": made.title})
            return redirect("class_plan", section.public_id) if section else redirect("curriculum")
    context = {"form": form, "rows": rows, "section": section, "hints": hints}
    is_bad = form.errors or any(row.errors for row in rows)
    return render(request, "planning/milestone.html", context, status=422 if is_bad else 200)


@require_http_methods(["GET", "POST"])
@requires(*MAKE)
@page_errors
def edit(request: PageRequest, section_id: UUID, milestone_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *MAKE)
    milestone = own_milestone(request.actor, section, milestone_id)
    data = request.POST if request.method == "POST" else None
    form = WordsForm(data, steps=steps_of(section, milestone), initial=first_words(milestone))
    if form.is_bound and form.is_valid():
        edit_milestone(request.actor, milestone=milestone, making=form.making())
        messages.success(request, _("Saved: %(title)s.") % {"title": form.cleaned_data["title"]})
        return redirect("class_plan", section.public_id)
    context = {"form": form, "section": section, "milestone": milestone}
    return render(request, "planning/edit_milestone.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(*MAKE, EDITORS)
@page_errors
def edit_curriculum_milestone(request: PageRequest, milestone_id: UUID) -> HttpResponse:
    milestone = curriculum_milestone(request.actor, milestone_id)
    data = request.POST if request.method == "POST" else None
    form = WordsForm(data, steps=steps_of(None, milestone), initial=first_words(milestone))
    theirs, status = None, 422 if form.errors else 200
    if form.is_bound and form.is_valid():
        seen = request.POST.get("seen", "")
        try:
            edit_milestone(request.actor, milestone=milestone, making=form.making(), seen=seen)
        except Conflict as error:
            theirs, status = {"message": error.message, "milestone": milestone}, 409
        else:
            messages.success(request, _("Saved: %(title)s.") % {"title": form.cleaned_data["title"]})
            return redirect("milestone", milestone_id)
    context = {"form": form, "milestone": milestone, "seen": seen_of(milestone), "theirs": theirs}
    return render(request, "planning/edit_milestone.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(*SCORE)
@page_errors
def checklist(request: PageRequest, learner_id: UUID, milestone_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *SCORE)
    milestone = published_milestone(request.actor, milestone_id, learner)
    items = checklist_of(milestone, learner)
    if request.method == "POST":
        item = item_of(items, read_uuid(request.POST.get("item")))
        if "tick" in request.POST:
            tick_item(request.actor, learner=learner, item=item)
        elif not may_untick(request.actor):
            raise Refused(_("Only who may correct evidence can take a tick back"))
        else:
            untick_item(request.actor, learner=learner, item=item)
        return redirect("checklist", learner_id, milestone_id)
    if not items:
        raise NotFound
    done = sum(one.ticked_at is not None for one in items)
    context = {"learner": learner, "milestone": milestone, "items": items, "done": done}
    return render(request, "planning/checklist.html", context)
