"""Pages of rubrics and their calibration."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.calibration import add_piece, score_piece
from assessments.pieces import not_storable
from competencies.models import Rubric
from competencies.rubrics import CREATE, READ, UPDATE, content_of, create_rubric, retire_rubric, save_rubric
from reporting.form_problems import Problems, problems_of
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.tasks import rubric_pages
from reporting.tasks.rubric_form import boxes, read_rubric, values_of
from reporting.tasks.rubric_pages import visible_rubric
from reporting.tasks.texts import read_levels, text_of
from tenancy.access import may_at_all
from tenancy.errors import Conflict, Invalid
from tenancy.gate import requires

SAMPLE_WORK = 10_000


@require_GET
@requires(*READ)
def rubrics(request: PageRequest) -> HttpResponse:
    search = request.GET.get("q", "")[:100]
    search = "" if not_storable(search) else search
    is_all = request.GET.get("all") == "1"
    cards = rubric_pages.rubric_library(request.actor, search, is_all)
    context = {"cards": cards, "q": search, "is_all": is_all, "may_create": may_at_all(request.actor, *CREATE)}
    return render(request, "tasks/rubrics.html", context)


@require_GET
@requires(*READ)
@page_errors
def rubric(request: PageRequest, rubric_id: UUID) -> HttpResponse:
    return render(request, "tasks/rubric.html", {"page": rubric_pages.rubric_page(request.actor, rubric_id)})


@require_http_methods(["GET", "POST"])
@requires(*CREATE)
@page_errors
def new_rubric(request: PageRequest) -> HttpResponse:
    wanted = read_uuid(request.GET.get("from"))
    source = visible_rubric(request.actor, wanted) if wanted else None
    if request.method == "GET":
        return _form(request, values_of(content_of(source)) if source else {"is_shared": "on"}, {}, source=source)
    content, problems = read_rubric(request.POST)
    try:
        if not problems:
            made = create_rubric(request.actor, content=content, copied_from=source)
            messages.success(request, _("Saved. The rubric is in the library.") if made.is_shared else _("Saved."))
            return redirect("rubric", made.public_id)
    except Invalid as error:
        problems = problems_of(error)
    return _form(request, request.POST, problems, source=source, status=422)


@require_http_methods(["GET", "POST"])
@requires(*UPDATE)
@page_errors
def edit_rubric(request: PageRequest, rubric_id: UUID) -> HttpResponse:
    row = visible_rubric(request.actor, rubric_id, UPDATE)
    stored = content_of(row)
    if request.method == "GET":
        return _form(request, values_of(stored), {}, rubric=row, seen=stored.digest)
    content, problems = read_rubric(request.POST)
    seen = request.POST.get("seen", "")[:16]
    try:
        if not problems:
            saved = save_rubric(request.actor, rubric=row, content=content, seen=seen)
            messages.success(request, _saved(row, saved))
            return redirect("rubric", saved.public_id)
    except Invalid as error:
        problems = problems_of(error)
    except Conflict as error:
        theirs = rubric_pages.rubric_page(request.actor, rubric_id)
        return _form(
            request, request.POST, {"form": error.message}, rubric=row, seen=stored.digest, theirs=theirs, status=409
        )
    return _form(request, request.POST, problems, rubric=row, seen=seen, status=422)


def _saved(before: Rubric, after: Rubric) -> str:
    if before.pk == after.pk:
        return _("Saved.")
    text = _("Saved as version %(n)d. Work that was scored keeps version %(before)d.")
    return text % {"n": after.version, "before": before.version}


def _form(request: PageRequest, values: Any, problems: Problems, status: int = 200, **more: Any) -> HttpResponse:
    context = {"values": values, "problems": problems, "rows": boxes(values, problems), **more}
    return render(request, "tasks/rubric_form.html", context, status=status)


@require_POST
@requires(*UPDATE)
@page_errors
def rubric_state(request: PageRequest, rubric_id: UUID) -> HttpResponse:
    row = visible_rubric(request.actor, rubric_id, UPDATE)
    is_retired = request.POST.get("to") != "active"
    retire_rubric(request.actor, rubric=row, is_retired=is_retired)
    messages.success(request, _("Retired. Tasks that use it go on.") if is_retired else _("Back in use."))
    return redirect("rubric", rubric_id)


@require_GET
@requires(*READ)
@page_errors
def calibration(request: PageRequest, rubric_id: UUID) -> HttpResponse:
    context = {"page": rubric_pages.calibration_page(request.actor, rubric_id), "problems": {}, "values": {}}
    return render(request, "tasks/calibration.html", context)


@require_POST
@requires(*CREATE)
@page_errors
def add_sample(request: PageRequest, rubric_id: UUID) -> HttpResponse:
    row = visible_rubric(request.actor, rubric_id)
    problems: Problems = {}
    title = text_of(request.POST, "title", 200, problems)
    work = text_of(request.POST, "work", SAMPLE_WORK, problems)
    try:
        if not problems:
            piece = add_piece(request.actor, rubric=row, title=title, work=work)
            messages.success(request, _("Added. Colleagues can score it now."))
            return redirect("sample", rubric_id, piece.public_id)
    except Invalid as error:
        problems = problems_of(error)
    page = rubric_pages.calibration_page(request.actor, rubric_id)
    context = {"page": page, "problems": problems, "values": request.POST}
    return render(request, "tasks/calibration.html", context, status=422)


@require_http_methods(["GET", "POST"])
@requires(*CREATE)
@page_errors
def sample(request: PageRequest, rubric_id: UUID, piece_id: UUID) -> HttpResponse:
    page = rubric_pages.sample_page(request.actor, rubric_id, piece_id)
    problems: Problems = {}
    if request.method == "POST":
        levels, is_agreed = read_levels(request.POST), request.POST.get("agreed") == "1"
        try:
            score_piece(request.actor, piece=page.piece, levels=levels, is_agreed=is_agreed)
            messages.success(request, _("Saved. Now you see what others chose."))
            return redirect("sample", rubric_id, piece_id)
        except Invalid as error:
            problems = problems_of(error)
    status = 422 if problems else 200
    chosen = read_levels(request.POST)
    return render(request, "tasks/sample.html", {"page": page, "problems": problems, "chosen": chosen}, status=status)
