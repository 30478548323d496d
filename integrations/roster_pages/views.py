"""Pages of roster imports. Each view: parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from integrations.roster_pages.keeping import FILE_KEPT_FOR, MOST_MB, ask_save, ask_undo, discard, keep_roster
from integrations.roster_pages.page import READ, import_page, imports_list, problem_rows, visible_import
from reporting.form_problems import problems_of
from reporting.htmx import is_fragment, partial_or_page
from reporting.pages import PageRequest, page_errors
from tenancy.actor import DST, SCH
from tenancy.errors import Invalid
from tenancy.gate import requires

IMPORT = ("Roster import", "create, undo")
FOR = frozenset({SCH, DST})
STOP_POLLING = 286


@require_GET
@requires(*READ, FOR)
@page_errors
def imports(request: PageRequest) -> HttpResponse:
    return render(request, "roster/imports.html", {"rows": imports_list(request.actor)})


@require_http_methods(["GET", "POST"])
@requires(*IMPORT, FOR)
@page_errors
def new(request: PageRequest) -> HttpResponse:
    problems: dict[str, str] = {}
    if request.method == "POST":
        keeps = request.POST.get("missing") != "left"
        try:
            one = keep_roster(request.actor, upload=request.FILES.get("file"), keeps_missing=keeps)
        except Invalid as error:
            problems = problems_of(error)
        else:
            return redirect("roster_import", one.public_id)
    context = {
        "problems": problems,
        "values": request.POST,
        "most_mb": MOST_MB,
        "days": FILE_KEPT_FOR.days,
        "is_district": request.actor.has(DST),
    }
    return render(request, "roster/new.html", context, status=422 if problems else 200)


@require_GET
@requires(*READ, FOR)
@page_errors
def show(request: PageRequest, import_id: UUID) -> HttpResponse:
    """Asked for every two seconds while a job is at it; then the page is loaded anew."""
    one = visible_import(request.actor, import_id)
    page = import_page(one, request.GET.get("show", "all"))
    if is_fragment(request) and not page.is_working:
        response = HttpResponse(status=STOP_POLLING)
        response["HX-Refresh"] = "true"
        return response
    return partial_or_page(request, "roster/import.html", "work", {"page": page, "one": one})


@require_http_methods(["GET", "POST"])
@requires(*IMPORT, FOR)
@page_errors
def save(request: PageRequest, import_id: UUID) -> HttpResponse:
    """A GET comes back from proving again who it is."""
    one = visible_import(request.actor, import_id)
    if request.method == "POST":
        try:
            ask_save(request.actor, one=one, have_left=bool(request.POST.get("have_left")))
        except Invalid as error:
            context = {"page": import_page(one), "one": one, "problems": problems_of(error)}
            return render(request, "roster/import.html", context, status=422)
    return redirect("roster_import", one.public_id)


@require_http_methods(["GET", "POST"])
@requires(*IMPORT, FOR)
@page_errors
def throw_away(request: PageRequest, import_id: UUID) -> HttpResponse:
    one = visible_import(request.actor, import_id)
    if request.method == "GET":
        return redirect("roster_import", one.public_id)
    discard(request.actor, one=one)
    messages.success(request, _("Discarded. Nothing was changed, and the file is deleted."))
    return redirect("roster_imports")


@require_http_methods(["GET", "POST"])
@requires(*IMPORT, FOR)
@page_errors
def take_back(request: PageRequest, import_id: UUID) -> HttpResponse:
    one = visible_import(request.actor, import_id)
    if request.method == "POST":
        ask_undo(request.actor, one=one)
    return redirect("roster_import", one.public_id)


@require_GET
@requires(*READ, FOR)
@page_errors
def problems_csv(request: PageRequest, import_id: UUID, file: str) -> HttpResponse:
    data = problem_rows(visible_import(request.actor, import_id), f"{file}.csv")
    headers = {"Content-Disposition": f'attachment; filename="{file}-problems.csv"'}
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=headers)
