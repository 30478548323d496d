"""Pages of guardians, and the words for them. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milestones import recognition
from milestones.home_words import write_home_words
from reporting.family.forms import HomeWordsForm
from reporting.family.home_words import language_of, words_to_edit
from reporting.family.page import kin_of, milestones_for, narratives_for, week_of
from reporting.family.timeline import page_of, timeline_of
from reporting.form_problems import Problems, add_problems, problems_of
from reporting.info_sessions.home import invited_to
from reporting.learning.page import notes_of
from reporting.levels import ALL_WORDS
from reporting.library.giving_page import seen_at_home
from reporting.pages import PageRequest, page_errors
from reporting.planning.rights import MAKE
from reporting.portal import my_learners
from reporting.reach import visible_learner
from tenancy.actor import GRD
from tenancy.errors import Conflict, Invalid
from tenancy.gate import requires

LEVEL, CHEER = ("Current level", "read"), ("Recognition", "cheer")
GUARDIANS = frozenset({GRD})


@require_GET
@requires(*LEVEL, GUARDIANS)
@page_errors
def family(request: PageRequest) -> HttpResponse:
    children = my_learners(request.actor)
    if len(children) == 1:
        return redirect("child", children[0].public_id)
    return render(request, "reporting/family.html", {"children": children})


@require_GET
@requires(*LEVEL, GUARDIANS)
@page_errors
def child(request: PageRequest, learner_id: UUID) -> HttpResponse:
    return _child(request, learner_id)


@require_GET
@requires(*LEVEL, GUARDIANS)
@page_errors
def milestones(request: PageRequest, learner_id: UUID) -> HttpResponse:
    kin, subjects = milestones_for(request.actor, learner_id)
    context = {"kin": kin, "subjects": subjects, "all_levels": ALL_WORDS, "here": "milestones"}
    return render(request, "family/milestones.html", context)


@require_GET
@requires("Level history", "read", GUARDIANS)
@page_errors
def timeline(request: PageRequest, learner_id: UUID) -> HttpResponse:
    kin = kin_of(request.actor, learner_id)
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 4 and int(asked) else 1
    events, has_older = page_of(timeline_of(request.actor, kin.learner), number)
    context = {"kin": kin, "events": events, "older": number + 1 if has_older else 0, "newer": number - 1}
    return render(request, "family/timeline.html", {**context, "here": "timeline"})


@require_GET
@requires("Feedback to learner", "read", GUARDIANS)
@page_errors
def reports(request: PageRequest, learner_id: UUID) -> HttpResponse:
    kin = kin_of(request.actor, learner_id)
    context = {"kin": kin, "narratives": narratives_for(request.actor, kin.learner), "here": "reports"}
    return render(request, "family/reports.html", {**context, "learner": kin.learner})


@require_POST
@requires(*CHEER, GUARDIANS)
@page_errors
def cheer(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *CHEER)
    text = request.POST.get("text", "")
    try:
        recognition.cheer(request.actor, learner=learner, text=text)
    except (Invalid, Conflict) as error:
        return _child(request, learner_id, problems=problems_of(error), text=text)
    messages.success(request, _("Sent. %(name)s sees it on the next visit.") % {"name": learner.given_name})
    return redirect("child", learner_id)


@require_http_methods(["GET", "POST"])
@requires(*MAKE)
@page_errors
def home_words(request: PageRequest, milestone_id: UUID) -> HttpResponse:
    language = language_of(request.GET.get("in", ""))
    milestone, start, written = words_to_edit(request.actor, milestone_id, language)
    form = HomeWordsForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid() and _saved(form, request, milestone, language):
        messages.success(request, _("Saved. Families read it at once."))
        return redirect("milestone", milestone_id)
    context = {"form": form, "milestone": milestone, "language": language, "written": written}
    return render(request, "family/home_words.html", context, status=422 if form.errors else 200)


def _saved(form: HomeWordsForm, request: PageRequest, milestone: Any, language: str) -> bool:
    try:
        write_home_words(request.actor, milestone=milestone, language=language, **form.cleaned_data)
    except Invalid as error:
        add_problems(form, error)
        return False
    return True


def _child(request: PageRequest, learner_id: UUID, problems: Problems | None = None, text: str = "") -> HttpResponse:
    page = week_of(request.actor, learner_id)
    context = {
        "page": page, "kin": page.kin, "all_levels": ALL_WORDS, "here": "week", "problems": problems, "text": text,
        "notes": notes_of(request.actor, page.kin.learner.pk),
        "given": seen_at_home(request.actor, page.kin.learner.pk), "invited": invited_to(request.actor),
    }  # fmt: skip
    return render(request, "family/child.html", context, status=422 if problems else 200)
