"""Pages of teachers. Each view: parse, one call, render."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.services import record_evidence, withdraw_evidence
from milestones.lag import lag
from milestones.services import release_levels
from reporting import evidence_page, grid
from reporting.as_of import Asked, read_page_moment
from reporting.board import EXPORT, PUBLISH, Filters, class_board, may_release
from reporting.forms import read_filters
from reporting.grid_csv import grid_csv
from reporting.grid_file import grid_file
from reporting.grid_xlsx import grid_xlsx
from reporting.helping import help_beside
from reporting.htmx import is_fragment, level_changed, partial_or_page
from reporting.learner_page import STAFF_VIEW, learner_milestone
from reporting.learning.page import notes_of
from reporting.my_classes import my_classes as my_classes_of
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.planning.own_goals import beside
from reporting.reach import visible_section
from reporting.scoring.page import SCORE
from reporting.workload import workload
from tenancy.access import may_at_all
from tenancy.actor import TCH
from tenancy.gate import requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@requires("Class grid", "read")
def my_classes(request: PageRequest) -> HttpResponse:
    load = workload(request.actor, request.tenant) if request.actor.has(TCH) else None
    return render(request, "reporting/my_classes.html", {"classes": my_classes_of(request.actor), "load": load})


@require_GET
@requires("Class grid", "read")
@page_errors
def class_grid(request: PageRequest, section_id: UUID) -> HttpResponse:
    filters, asked = _filters(request)
    board = class_board(request.actor, section_id, filters)
    context = {
        "board": board,
        "lag": lag() if filters.moment is None else None,
        "filters": filters,
        "asked": asked,
        "today": request.actor.today,
        "groups": grid.column_groups(board.columns),
        "head": grid.grid_head(board.columns),
        "body": grid.grid_body(board, asked.query),
        "can_score": may_at_all(request.actor, *SCORE),
        "can_release": filters.moment is None and may_release(request.actor, section_id),
    }
    return partial_or_page(request, "reporting/class_grid.html", "board", context)


def _filters(request: PageRequest) -> tuple[Filters, Asked]:
    moment, asked = read_page_moment(request.GET, request.tenant)
    return replace(read_filters(request.GET), moment=moment), asked


@require_GET
@requires(*EXPORT)
@page_errors
def class_grid_csv(request: PageRequest, section_id: UUID) -> HttpResponse:
    file = grid_file(request.actor, section_id, _filters(request)[0])
    response = HttpResponse(grid_csv(file), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="class-grid.csv"'
    return response


@require_GET
@requires(*EXPORT)
@page_errors
def class_grid_xlsx(request: PageRequest, section_id: UUID) -> HttpResponse:
    file = grid_file(request.actor, section_id, _filters(request)[0])
    response = HttpResponse(grid_xlsx(file), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="class-grid.xlsx"'
    return response


@require_GET
@requires(*STAFF_VIEW)
@page_errors
def learner_page(request: PageRequest, learner_id: UUID, milestone_id: UUID | None = None) -> HttpResponse:
    wanted = read_uuid(request.GET.get("section"))
    moment, asked = read_page_moment(request.GET, request.tenant)
    is_panel = is_fragment(request)
    page = learner_milestone(request.actor, learner_id, milestone_id, wanted, moment, is_panel=is_panel)
    context = {"page": page, "asked": asked, "today": request.actor.today}
    if not is_panel:
        context |= {**beside(request.actor, request.tenant, page), "beside": help_beside(request.actor, page)}
        context["notes"] = notes_of(request.actor, page.learner_pk) if context["goals"] else {}
    return partial_or_page(request, "reporting/learner_milestone.html", "panel", context)


@require_http_methods(["GET", "POST"])
@requires("Evidence", "create")
@page_errors
def add_evidence(request: PageRequest, learner_id: UUID, milestone_id: UUID) -> HttpResponse:
    page = evidence_page.evidence_page(request.actor, learner_id, milestone_id, read_uuid(request.GET.get("section")))
    form = evidence_page.form_for(page, request.actor, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        record_evidence(request.actor, piece=form.piece(page.learner_pk, page.possible, page.zone(request.tenant)))
        return level_changed(request, learner_id, milestone_id, _("Saved. The level is worked out anew."))
    status = 422 if form.is_bound else 200
    return partial_or_page(request, "reporting/add_evidence.html", "form", {"page": page, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@requires("Evidence", "correct (new version), void")
@page_errors
def withdraw(request: PageRequest, learner_id: UUID, milestone_id: UUID, evidence_id: UUID) -> HttpResponse:
    evidence = evidence_page.changeable_evidence(request.actor, learner_id, evidence_id)
    if request.method == "GET":
        context = {"evidence": evidence, "learner_id": learner_id, "milestone_id": milestone_id}
        return render(request, "reporting/withdraw_evidence.html", context)
    withdraw_evidence(request.actor, evidence=evidence, reason=request.POST.get("reason", "")[:2000])
    return level_changed(request, learner_id, milestone_id, _("Withdrawn. The piece stays in the history."))


@require_POST
@requires(*PUBLISH)
@page_errors
def release(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *PUBLISH)
    count = release_levels(request.actor, section=section)
    text = ngettext(
        "%(n)d level is new to learners and families.", "%(n)d levels are new to learners and families.", count
    )
    messages.success(request, text % {"n": count})
    return redirect("class_grid", section_id)
