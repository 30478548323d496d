"""Professional development and needs of schools. Each view: parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions import programme as services
from interventions.models import DevelopmentRecord
from reporting.form_problems import problems_of
from reporting.pages import PageRequest, page_errors
from reporting.people.views import school_of
from reporting.programme import page as pages
from tenancy.actor import DST, SCH
from tenancy.errors import Invalid
from tenancy.gate import requires

FOR = frozenset({SCH, DST})
CSV = "text/csv; charset=utf-8"


@require_GET
@requires(*pages.READ_DEVELOPMENT, FOR)
@page_errors
def development(request: PageRequest) -> HttpResponse:
    return _development(request)


def _development(request: PageRequest, problems: dict[str, str] | None = None) -> HttpResponse:
    chosen = set(request.POST.getlist("people"))
    context = {"page": pages.development_page(request.actor), "problems": problems or {}, "values": request.POST}
    context |= {"chosen": chosen, "kinds": DevelopmentRecord.Kind.choices}
    return render(request, "programme/development.html", context, status=422 if problems else 200)


@require_POST
@requires(*pages.RECORD_DEVELOPMENT, FOR)
@page_errors
def record(request: PageRequest) -> HttpResponse:
    post, wanted = request.POST, set(request.POST.getlist("people"))
    staff = pages.staff_of(request.actor)
    lead = next((one for one in staff if str(one.public_id) == post.get("lead")), None)
    try:
        services.record_development(
            request.actor, school=school_of(request.actor, post.get("school")), kind=post.get("kind", ""),
            title=post.get("title", ""), on=pages.read_day(post.get("on")), hours=post.get("hours", ""), lead=lead,
            people=[one for one in staff if str(one.public_id) in wanted],
        )  # fmt: skip
    except Invalid as error:
        return _development(request, problems_of(error))
    messages.success(request, _("Written down."))
    return redirect("development")


@require_POST
@requires(*pages.RECORD_DEVELOPMENT, FOR)
@page_errors
def remove(request: PageRequest, record_id: UUID) -> HttpResponse:
    services.remove_development(request.actor, record=pages.visible_record(request.actor, record_id))
    messages.success(request, _("Taken away. It counts no longer."))
    return redirect("development")


@require_GET
@requires(*pages.READ_DEVELOPMENT, FOR)
@page_errors
def development_csv(request: PageRequest) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="development.csv"'}
    return HttpResponse(pages.development_file(request.actor), content_type=CSV, headers=headers)


@require_GET
@requires(*pages.READ_NEEDS, FOR)
@page_errors
def needs(request: PageRequest) -> HttpResponse:
    return _needs(request)


def _needs(request: PageRequest, problems: dict[str, str] | None = None) -> HttpResponse:
    context = {"page": pages.needs_page(request.actor), "problems": problems or {}, "values": request.POST}
    return render(request, "programme/needs.html", context, status=422 if problems else 200)


@require_POST
@requires(*pages.RECORD_NEED, FOR)
@page_errors
def ask(request: PageRequest) -> HttpResponse:
    post = request.POST
    try:
        services.record_need(
            request.actor, school=school_of(request.actor, post.get("school")), title=post.get("title", ""),
            why=post.get("why", ""), amount=post.get("amount", ""), cost=post.get("cost", ""),
            needed_by=pages.read_day(post.get("needed_by")),
        )  # fmt: skip
    except Invalid as error:
        return _needs(request, problems_of(error))
    messages.success(request, _("Written down."))
    return redirect("needs")


@require_http_methods(["POST"])
@requires(*pages.RECORD_NEED, FOR)
@page_errors
def move(request: PageRequest, need_id: UUID) -> HttpResponse:
    need = pages.visible_need(request.actor, need_id)
    try:
        services.move_need(request.actor, need=need, state=request.POST.get("state", ""))
    except Invalid as error:
        return _needs(request, problems_of(error))
    return redirect("needs")


@require_GET
@requires(*pages.READ_NEEDS, FOR)
@page_errors
def needs_csv(request: PageRequest) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="needs.csv"'}
    return HttpResponse(pages.needs_file(request.actor), content_type=CSV, headers=headers)
