"""Personal milestones: the learner proposes, the teacher answers. Each view: parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from learners.models import Section
from milestones.models import Milestone
from milestones.own_milestones import confirm_milestone, decline_milestone, propose_milestone
from milestones.smart import smart_hints
from reporting.form_problems import add_problems
from reporting.pages import PageRequest, page_errors
from reporting.planning.own_goals import first_values, measures_for, waiting_goal, waiting_goals
from reporting.planning.rights import CONFIRM, LEARNERS, PROPOSE, TEACHERS, own_record
from reporting.planning.smart_words import HintWords, in_words
from reporting.planning.wish_forms import ConfirmForm, NotNowForm, WishForm
from reporting.reach import visible_section
from tenancy.errors import Invalid
from tenancy.gate import requires


@require_http_methods(["GET", "POST"])
@requires(*PROPOSE, LEARNERS)
@page_errors
def propose(request: PageRequest) -> HttpResponse:
    learner = own_record(request.actor, PROPOSE)
    data = request.POST if request.method == "POST" else None
    form = WishForm(data, measures=measures_for(learner, request.actor))
    hints = _hints(request, form, for_learner=True)
    if form.is_bound and form.is_valid() and not hints:
        try:
            propose_milestone(request.actor, learner=learner, wish=form.wish())
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Your teacher can see your goal now. The answer comes here."))
            return redirect("me")
    context = {"form": form, "hints": hints}
    return render(request, "planning/propose.html", context, status=422 if form.errors else 200)


@require_GET
@requires(*CONFIRM, TEACHERS)
@page_errors
def proposals(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *CONFIRM)
    context = {"section": section, "goals": waiting_goals(request.actor, section)}
    return render(request, "planning/proposals.html", context)


@require_http_methods(["GET", "POST"])
@requires(*CONFIRM, TEACHERS)
@page_errors
def answer_proposal(request: PageRequest, section_id: UUID, milestone_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *CONFIRM)
    milestone = waiting_goal(request.actor, section, milestone_id)
    is_no = request.POST.get("say") == "not_now"
    data = request.POST if request.method == "POST" else None
    not_now = NotNowForm(data if is_no else None)
    choices = measures_for(milestone.learner, request.actor, milestone)
    form = ConfirmForm(None if is_no else data, measures=choices, initial=first_values(milestone))
    hints = _hints(request, form)
    if is_no and not_now.is_valid():
        decline_milestone(request.actor, milestone=milestone, reason=not_now.cleaned_data["reason"])
        return _answered(
            request, section, _("Saved. %(name)s reads your answer on the page of their goals."), milestone
        )
    if form.is_bound and form.is_valid() and not hints:
        try:
            confirm_milestone(request.actor, milestone=milestone, wish=form.wish(), answer=form.cleaned_data["answer"])
        except Invalid as error:
            add_problems(form, error)
        else:
            return _answered(request, section, _("Confirmed. It is a milestone of %(name)s from now."), milestone)
    context = {"section": section, "milestone": milestone, "form": form, "not_now": not_now, "hints": hints}
    return render(request, "planning/answer.html", context, status=422 if form.errors or not_now.errors else 200)


def _answered(request: PageRequest, section: Section, text: str, milestone: Milestone) -> HttpResponse:
    messages.success(request, text % {"name": milestone.learner.name if milestone.learner else ""})
    return redirect("proposals", section.public_id)


def _hints(request: PageRequest, form: WishForm, *, for_learner: bool = False) -> list[HintWords]:
    """Advice on a form that could be saved; none where the person has said to save it as it is."""
    if "as_it_is" in request.POST or not form.is_bound or not form.is_valid():
        return []
    found = smart_hints(form.draft(get_language() or ""), request.actor.today)
    return in_words(found, for_learner=for_learner)
