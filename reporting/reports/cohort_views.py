"""Pages of cohorts, and views that somebody keeps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from learners.models import School, Section
from reporting.form_problems import add_problems
from reporting.models import Cohort, CohortPlace
from reporting.pages import PageRequest, page_errors
from reporting.reports.cohorts import cohorts_of, figures_of, next_start
from reporting.reports.forms import CohortForm, PlaceForm
from reporting.reports.keeping_views import add_place, delete_view, remove_place, save_cohort, save_view
from reporting.reports.scope import read_scope
from reporting.reports.views import ADMINISTRATORS, READ, report_page
from tenancy.access import may_at_all
from tenancy.errors import Invalid, NotFound
from tenancy.gate import requires

ARRANGE = ("Section", "create, update, archive")


@require_http_methods(["GET", "POST"])
@requires(*READ)
@page_errors
def cohorts(request: PageRequest) -> HttpResponse:
    form = CohortForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        _arranger(request)
        if form.is_valid():
            try:
                cohort = save_cohort(request.actor, **form.cleaned_data)
                messages.success(request, _("Saved. Now say which classes join, and when."))
                return redirect("cohort_report", cohort.public_id)
            except Invalid as error:
                add_problems(form, error)
    scope = read_scope(request.actor, request.tenant, request.GET)
    context = {"cohorts": cohorts_of(request.actor), "form": form, "may_arrange": may_at_all(request.actor, *ARRANGE)}
    return report_page(request, "cohorts", scope, 422 if form.errors else 200, **context)


@require_GET
@requires(*READ)
@page_errors
def cohort(request: PageRequest, cohort_id: UUID) -> HttpResponse:
    return _cohort(request, _found(cohort_id))


def _cohort(request: PageRequest, found: Cohort, form: Any = None) -> HttpResponse:
    scope = read_scope(request.actor, request.tenant, request.GET)
    may_arrange = may_at_all(request.actor, *ARRANGE)
    if form is None and may_arrange:
        form = _place_form(request, initial={"begins_on": next_start(request.actor.today)})
    figures = figures_of(request.actor, scope, found)
    status = 422 if form is not None and form.errors else 200
    return report_page(request, "cohort", scope, status, figures=figures, form=form, may_arrange=may_arrange)


@require_POST
@requires(*ARRANGE, roles=ADMINISTRATORS)
@page_errors
def add_cohort_place(request: PageRequest, cohort_id: UUID) -> HttpResponse:
    found, form = _found(cohort_id), _place_form(request, request.POST)
    if form.is_valid():
        try:
            add_place(request.actor, cohort=found, **form.place())
            return redirect("cohort_report", found.public_id)
        except Invalid as error:
            add_problems(form, error)
    return _cohort(request, found, form)


@require_POST
@requires(*ARRANGE, roles=ADMINISTRATORS)
@page_errors
def remove_cohort_place(request: PageRequest, cohort_id: UUID, place_id: UUID) -> HttpResponse:
    mine = {one.pk for one in School.objects.visible_to(request.actor, *READ)}
    place = CohortPlace.objects.filter(cohort=_found(cohort_id), public_id=place_id).select_related("section").first()
    if place is None or (place.section.school_id if place.section else place.school_id) not in mine:
        raise NotFound
    remove_place(request.actor, place=place)
    return redirect("cohort_report", cohort_id)


@require_POST
@requires(*READ)
@page_errors
def keep_view(request: PageRequest) -> HttpResponse:
    _reader(request)
    path, _sep, query = request.POST.get("address", "").partition("?")
    try:
        resolve(path)
    except Resolver404:
        path, query = reverse("mastery_report"), ""
    if not path.startswith("/reports/"):
        path, query = reverse("mastery_report"), ""
    try:
        view = save_view(request.actor, name=request.POST.get("name", ""), path=path, query=query)
        messages.success(request, _("Kept as “%(name)s”.") % {"name": view.name})
    except Invalid as error:
        messages.error(request, " ".join(str(one["message"]) for one in error.problems))
    return redirect(f"{path}?{query}" if query else path)


@require_POST
@requires(*READ)
@page_errors
def forget_view(request: PageRequest, view_id: UUID) -> HttpResponse:
    delete_view(request.actor, public_id=view_id)
    return redirect("mastery_report")


def _found(cohort_id: UUID) -> Cohort:
    found: Cohort | None = Cohort.objects.filter(public_id=cohort_id, is_active=True).first()
    if found is None:
        raise NotFound
    return found


def _reader(request: PageRequest) -> None:
    if not School.objects.visible_to(request.actor, *READ).exists():
        raise NotFound


def _arranger(request: PageRequest) -> None:
    _reader(request)
    if not may_at_all(request.actor, *ARRANGE):
        raise NotFound


def _place_form(request: PageRequest, data: Any = None, **given: Any) -> PlaceForm:
    sections = list(Section.objects.visible_to(request.actor, *ARRANGE).filter(is_active=True).order_by("title")[:2000])
    schools = list(School.objects.visible_to(request.actor, *READ).filter(is_active=True).order_by("name"))
    return PlaceForm(data, sections=sections, schools=schools, **given)
