"""Good words and celebrations. Each view: parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners.models import School
from milestones import recognition
from milestones.models import ShoutOut
from reporting.form_problems import add_problems
from reporting.pages import PageRequest, page_errors
from reporting.recognition.forms import AS_DISTRICT, NEVER, CelebrationForm, ClassmateForm, WordsForm
from reporting.recognition.page import (
    MODERATE,
    READ,
    SAY,
    SET_RULES,
    classmates,
    learner_page,
    may_set_all,
    rules_of,
    schools_to_set,
    visible_learner,
    visible_section,
    visible_word,
    words_of_class,
)
from tenancy.actor import DST, LRN, SCH
from tenancy.errors import Invalid
from tenancy.gate import STAFF, requires

LEARNERS, ADMINISTRATORS = frozenset({LRN}), frozenset({SCH, DST})


@require_http_methods(["GET", "POST"])
@requires(*READ, STAFF)
@page_errors
def of_learner(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, READ if request.method == "GET" else SAY)
    form = WordsForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            recognition.say(request.actor, learner=learner, text=form.cleaned_data["text"])
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Said. Learner and family see it now."))
            return redirect("recognition", learner_id)
    context = {"learner": learner, "page": learner_page(request.actor, learner), "form": form}
    return render(request, "recognition/learner.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(*SAY, LEARNERS)
@page_errors
def to_classmate(request: PageRequest) -> HttpResponse:
    form = ClassmateForm(request.POST if request.method == "POST" else None, classmates=classmates(request.actor))
    if form.is_bound and form.is_valid():
        learner = visible_learner(request.actor, UUID(form.cleaned_data["learner"]), SAY)
        try:
            recognition.say(request.actor, learner=learner, text=form.cleaned_data["text"], is_from_peer=True)
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Sent."))
            return redirect("me")
    return render(request, "recognition/classmate.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@requires(*MODERATE, STAFF)
@page_errors
def of_class(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id)
    waiting, read = words_of_class(request.actor, section)
    return render(request, "recognition/class.html", {"section": section, "waiting": waiting, "read": read})


@require_POST
@requires(*MODERATE, STAFF)
@page_errors
def moderate(request: PageRequest, shout_out_id: UUID) -> HttpResponse:
    shout_out, state = visible_word(request.actor, shout_out_id), request.POST.get("state", "")
    recognition.moderate(request.actor, shout_out=shout_out, state=state)
    said = {
        ShoutOut.State.SHOWN: _("Let through. Learner and family see it now."),
        ShoutOut.State.DECLINED: _("Not shown. Nobody is told."),
        ShoutOut.State.WAITING: _("Put back to waiting."),
    }
    messages.success(request, said[ShoutOut.State(state)])
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back) if is_ours else redirect("recognition", shout_out.learner.public_id)


@require_http_methods(["GET", "POST"])
@requires(*SET_RULES, ADMINISTRATORS)
@page_errors
def celebrations(request: PageRequest) -> HttpResponse:
    schools, may_all = schools_to_set(request.actor), may_set_all(request.actor)
    choices = [(str(one.public_id), one.name) for one in schools]
    form = CelebrationForm(request.POST if request.method == "POST" else None, schools=choices, may_all=may_all)
    if form.is_bound and form.is_valid():
        school = next((one for one in schools if str(one.public_id) == form.cleaned_data["school"]), None)
        _set_rule(request, form.cleaned_data["level"], school)
        messages.success(request, _("Saved. It holds from now on."))
        return redirect("celebrations")
    of_all, rows = rules_of(schools)
    context = {"form": form, "of_all": of_all, "rows": rows}
    return render(request, "recognition/celebrations.html", context, status=422 if form.errors else 200)


def _set_rule(request: PageRequest, level: str, school: School | None) -> None:
    if school is not None and level == AS_DISTRICT:
        recognition.follow_tenant(request.actor, school=school)
    else:
        recognition.set_celebration(request.actor, school=school, level=None if level == NEVER else int(level))
