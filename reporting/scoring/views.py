"""Scoring a class. Each view: parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from learners.classes import learners_of, seated_learners_of
from learners.models import Learner
from learners.seating import set_seating
from milestones.models import ScoreEntry, ScoreSheet
from milestones.score_sheets import Slower, open_sheet, release_sheet, save_score, undo_release
from reporting.pages import PageRequest, page_errors
from reporting.reach import visible_section
from reporting.scoring.forms import HeadForm, read_score
from reporting.scoring.page import (
    SCORE,
    one_row,
    open_sheets,
    planned,
    sheet_page,
    visible_sheet,
)
from tenancy.errors import Conflict, Invalid, NotFound
from tenancy.gate import requires


@require_http_methods(["GET", "POST"])
@requires(*SCORE)
@page_errors
def start(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *SCORE)
    plans = {str(one.milestone.public_id): one.milestone for one in planned(section)}
    names = [(key, f"{one.code} {one.title}".strip()) for key, one in plans.items()]
    chosen = {"milestone": request.GET.get("milestone", "")}
    data = request.POST if request.method == "POST" else None
    form = HeadForm(data, milestones=names, today=request.actor.today, initial=chosen)
    if request.method == "POST" and form.is_valid():
        milestone = plans[form.cleaned_data["milestone"]]
        sheet = open_sheet(request.actor, section=section, milestone=milestone, head=form.head())
        return redirect("score_sheet", section_id, sheet.public_id)
    context = {"section": section, "form": form, "has_milestones": bool(plans), "open_sheets": open_sheets(section)}
    return render(request, "scoring/start.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(*SCORE)
@page_errors
def sheet(request: PageRequest, section_id: UUID, sheet_id: UUID) -> HttpResponse:
    found = visible_sheet(request.actor, section_id, sheet_id)
    problems = _save_all(request, found) if request.method == "POST" else []
    if request.method == "POST" and not problems:
        messages.success(request, _("Saved. Nothing reaches families until you release it."))
        return redirect("release_scores" if "release" in request.POST else "score_sheet", section_id, sheet_id)
    context = {"page": sheet_page(request.actor, found, request.tenant), "problems": problems}
    return render(request, "scoring/sheet.html", context, status=409 if problems else 200)


def _save_all(request: PageRequest, found: ScoreSheet) -> list[str]:
    """Every row of the page, as the form without script sends it. Returns what was not saved and why."""
    problems = []
    for learner in seated_learners_of(found.section_id, request.actor.today):
        end = f"-{learner.public_id}"
        if f"version{end}" not in request.POST:
            continue
        score, version = read_score(request.POST, end)
        if version == 0 and not score.mark and not score.comment:
            continue
        try:
            save_score(request.actor, sheet=found, learner=learner, score=score, version=version)
        except Slower as slower:
            problems.append(_faster(learner, slower))
        except Invalid as error:
            problems += [f"{learner.name}: {one['message']}" for one in error.problems]
    return problems


def _faster(learner: Learner, slower: Slower) -> str:
    text = _("Somebody else changed the score of %(name)s a moment ago. Theirs is shown. Change it again to use yours.")
    return text % {"name": learner.name}


@require_http_methods(["PUT"])
@requires(*SCORE)
@page_errors
def row(request: PageRequest, section_id: UUID, sheet_id: UUID, learner_id: UUID) -> HttpResponse:
    found = visible_sheet(request.actor, section_id, sheet_id)
    learners = learners_of(found.section_id, request.actor.today)
    learner = next((one for one in learners if one.public_id == learner_id), None)
    if learner is None:
        raise NotFound
    score, version = read_score(QueryDict(request.body))
    try:
        entry = save_score(request.actor, sheet=found, learner=learner, score=score, version=version)
    except Slower as slower:
        return _row(request, found, learner, slower.theirs, status=409)
    except (Invalid, Conflict) as error:
        status = 422 if isinstance(error, Invalid) else error.status
        return render(request, "scoring/sheet.html#refused", {"message": _sentence(error)}, status=status)
    return _row(request, found, learner, entry)


def _sentence(error: Invalid | Conflict) -> str:
    return "; ".join(one["message"] for one in error.problems) if isinstance(error, Invalid) else error.message


def _row(
    request: PageRequest, found: ScoreSheet, learner: Learner, entry: ScoreEntry, status: int = 200
) -> HttpResponse:
    """The cell with the level after; where somebody was faster (409) with theirs and the choice."""
    context = {"row": one_row(found, learner, entry, request.tenant), "is_theirs": status == 409}
    return render(request, "scoring/sheet.html#after", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(*SCORE)
@page_errors
def release(request: PageRequest, section_id: UUID, sheet_id: UUID) -> HttpResponse:
    found = visible_sheet(request.actor, section_id, sheet_id)
    page = sheet_page(request.actor, found, request.tenant)
    problems: list[str] = []
    if request.method == "POST":
        drops = {row.learner_pk: request.POST.get(f"drop-{row.learner_id}", "") for row in page.drops}
        try:
            done = release_sheet(request.actor, sheet=found, tenant=request.tenant, drops=drops)
        except Invalid as error:
            problems = [one["message"] for one in error.problems]
        else:
            text = ngettext("%(n)d score is released.", "%(n)d scores are released.", done.scores)
            messages.success(request, text % {"n": done.scores})
            return redirect("score_sheet", section_id, sheet_id)
    context = {"page": page, "problems": problems}
    return render(request, "scoring/release.html", context, status=422 if problems else 200)


@require_POST
@requires(*SCORE)
@page_errors
def undo(request: PageRequest, section_id: UUID, sheet_id: UUID) -> HttpResponse:
    undo_release(request.actor, sheet=visible_sheet(request.actor, section_id, sheet_id))
    messages.success(
        request, _("The release is undone. Families see what they saw before; your scores are still here.")
    )
    return redirect("score_sheet", section_id, sheet_id)


@require_http_methods(["GET", "POST"])
@requires(*SCORE)
@page_errors
def seating(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *SCORE)
    learners = seated_learners_of(section.pk, request.actor.today)
    if request.method == "POST":
        set_seating(request.actor, section=section, learners=learners, wanted=request.POST)
        messages.success(request, _("The order is saved. Score sheets of this class use it."))
        return redirect("score_class", section_id)
    return render(request, "scoring/seating.html", {"section": section, "learners": learners})
