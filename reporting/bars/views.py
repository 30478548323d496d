"""A milestone's own page, its bar, its split, and the health of milestones. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from milestones.bars import ROW, Bar, bar_of, bar_problems, move_bar, try_bar
from milestones.models import Criterion, Milestone
from milestones.reviews import decisions_of
from milestones.splits import MOST_PARTS, Part, split_milestone, split_problems, try_split
from reporting.bars.forms import read_bar, read_parts
from reporting.bars.page import (
    READ,
    criteria_of,
    earlier_words,
    health_page,
    level_choices,
    milestone_page,
    preview_of,
    rule_choices,
    visible_milestone,
)
from reporting.pages import PageRequest, page_errors
from reporting.planning.rights import PLAN
from reporting.retired_words import gone_of
from tenancy.access import may_at_all
from tenancy.errors import Invalid
from tenancy.gate import requires


@require_GET
@requires(*READ)
@page_errors
def milestone(request: PageRequest, milestone_id: UUID) -> HttpResponse:
    page = milestone_page(request.actor, visible_milestone(request.actor, milestone_id, READ))
    decisions = decisions_of(request.actor, page.milestone.pk)
    may_assign = page.milestone.is_active and page.milestone.learner_id is None and may_at_all(request.actor, *PLAN)
    gone = gone_of(page.milestone.pk, None)
    context = {"page": page, "decisions": decisions, "may_assign": may_assign, "gone": gone}
    context["wordings"] = earlier_words(page.milestone)
    return render(request, "bars/milestone.html", context)


@require_http_methods(["GET", "POST"])
@requires(*ROW)
@page_errors
def bar(request: PageRequest, milestone_id: UUID) -> HttpResponse:
    found = visible_milestone(request.actor, milestone_id, ROW)
    context: dict[str, Any] = {"milestone": found, "problems": [], "keeps_met": request.POST.get("keep") != "no"}
    new = bar_of(found)
    if request.method == "POST":
        try:
            new = read_bar(criteria_of(found), request.POST)
            if "apply" in request.POST:
                return _apply(request, found, new, keeps_met=context["keeps_met"])
            context |= _tried(request, found, new, keeps_met=context["keeps_met"])
        except Invalid as error:
            context["problems"] = [one["message"] for one in error.problems]
    context |= _boxes(request, found, new)
    return render(request, "bars/bar.html", context, status=422 if context["problems"] else 200)


def _tried(request: PageRequest, found: Milestone, new: Bar, *, keeps_met: bool) -> dict[str, Any]:
    criteria = list(Criterion.objects.filter(milestone_id=found.pk).order_by("position", "id"))
    problems = bar_problems(found, criteria, new, request.POST.get("reason", ""))
    if problems:
        raise Invalid(problems)
    return {"preview": preview_of(request.actor, try_bar(found, new), keeps_met=keeps_met)}


def _apply(request: PageRequest, found: Milestone, new: Bar, *, keeps_met: bool) -> HttpResponse:
    version = request.POST.get("version", "")
    moves = move_bar(
        request.actor, milestone=found, bar=new, reason=request.POST.get("reason", ""), keeps_met=keeps_met,
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 5 else 0,
    )  # fmt: skip
    kept = sum(one.is_kept for one in moves) if keeps_met else 0
    text = ngettext(
        "The goal is changed. %(n)d learner keeps what was met.",
        "The goal is changed. %(n)d learners keep what was met.", kept,
    )  # fmt: skip
    messages.success(request, text % {"n": kept})
    return redirect("milestone", found.public_id)


def _boxes(request: PageRequest, found: Milestone, new: Bar) -> dict[str, Any]:
    """The form as it was sent, else as the bar is."""
    data = request.POST
    boxes = [
        {
            "one": one, "level": new.criteria[one.key].required_level,
            "target": data.get(f"target-{one.key}", one.target_text),
        }
        for one in criteria_of(found)
    ]  # fmt: skip
    need = "" if new.need is None else f"{new.need.normalize():f}"
    return {
        "boxes": boxes, "levels": level_choices(), "rules": rule_choices(), "rule": new.rule,
        "need": data.get("need", need), "reason": data.get("reason", ""),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(*ROW)
@page_errors
def split(request: PageRequest, milestone_id: UUID) -> HttpResponse:
    found = visible_milestone(request.actor, milestone_id, ROW)
    criteria = criteria_of(found)
    parts, problems, counts = read_parts(criteria, request.POST), [], []
    if request.method == "POST":
        try:
            if "apply" in request.POST:
                made = split_milestone(request.actor, milestone=found, parts=parts)
                text = _("Split into %(n)d milestones. What learners have shown counts towards them.")
                messages.success(request, text % {"n": len(made)})
                return redirect("milestone", found.public_id)
            problems = [one["message"] for one in split_problems(parts, [one.key for one in criteria])]
            counts = [] if problems else list(zip(parts, try_split(found, parts), strict=True))
        except Invalid as error:
            problems = [one["message"] for one in error.problems]
    context = {"milestone": found, "problems": problems, "counts": counts, "columns": _columns(parts, criteria)}
    return render(request, "bars/split.html", context, status=422 if problems else 200)


def _columns(parts: list[Part], criteria: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Places for parts: those that were sent, and empty ones up to three at first, to six at most."""
    places = min(max(len(parts) + 1, 3), MOST_PARTS)
    given = [*parts, *[Part("", frozenset())] * (places - len(parts))]
    return [
        {"n": n, "title": part.title, "boxes": [(one, one.key in part.criteria) for one in criteria]}
        for n, part in enumerate(given, 1)
    ]


@require_GET
@requires("Class grid", "read")
@page_errors
def health(request: PageRequest) -> HttpResponse:
    return render(request, "bars/health.html", {"page": health_page(request.actor)})
