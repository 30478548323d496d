"""Figures of a class and the school calendar. Each view: parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from competencies.indicators import create_indicator
from learners.calendar_days import clear_days, set_days
from learners.classes import seated_learners_of
from milestones.indicator_marks import save_figures
from reporting.figures.forms import CalendarForm, IndicatorForm, read_day, read_figures
from reporting.figures.page import active_indicators, schools_of, spans
from reporting.figures.page import class_figures as page_of
from reporting.form_problems import add_problems
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.reach import visible_section
from reporting.scoring.page import SCORE
from tenancy.actor import DST
from tenancy.errors import Invalid, NotFound
from tenancy.gate import requires

DISTRICT = frozenset({DST})
CALENDAR = ("Academic year and term", "create, update")
DRAFT = ("Framework, competency, milestone, rubric (draft)", "create, update")


@require_http_methods(["GET", "POST"])
@requires(*CALENDAR, DISTRICT)
@page_errors
def calendar(request: PageRequest) -> HttpResponse:
    schools = schools_of(request.actor)
    by_id = {str(one.public_id): one for one in schools}
    data = request.POST if request.method == "POST" else None
    form = CalendarForm(data, schools=[(key, one.name) for key, one in by_id.items()])
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        school = by_id.get(values.pop("school"))
        try:
            days = set_days(request.actor, school=school, **values)
        except Invalid as error:
            add_problems(form, error)
        else:
            text = ngettext("%(n)d day is in the calendar.", "%(n)d days are in the calendar.", days)
            messages.success(request, text % {"n": days})
            return redirect("calendar")
    context = {"form": form, "spans": spans(schools)}
    return render(request, "figures/calendar.html", context, status=422 if form.errors else 200)


@require_POST
@requires(*CALENDAR, DISTRICT)
@page_errors
def clear_calendar(request: PageRequest) -> HttpResponse:
    schools = {str(one.public_id): one for one in schools_of(request.actor)}
    wanted = request.POST.get("school", "")
    first, last = (read_day(request.POST.get(name, ""), request.actor.today.max) for name in ("first", "last"))
    if wanted and wanted not in schools:
        raise NotFound
    clear_days(request.actor, first=first, last=last, school=schools.get(wanted))
    messages.success(request, _("These days are as any other again."))
    return redirect("calendar")


@require_http_methods(["GET", "POST"])
@requires(*DRAFT, DISTRICT)
@page_errors
def indicators(request: PageRequest) -> HttpResponse:
    form = IndicatorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = create_indicator(request.actor, **form.cleaned_data)
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("%(name)s can be entered by teachers now.") % {"name": made.name})
            return redirect("indicators")
    context = {"form": form, "indicators": active_indicators(request.actor)}
    return render(request, "figures/indicators.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(*SCORE)
@page_errors
def class_figures(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *SCORE)
    choices, learners = active_indicators(request.actor), seated_learners_of(section.pk, request.actor.today)
    wanted = read_uuid(request.GET.get("figure"))
    indicator = next((one for one in choices if one.public_id == wanted), choices[0] if choices else None)
    day = read_day(request.GET.get("day", ""), request.actor.today)
    problems: list[str] = []
    if request.method == "POST" and indicator is not None:
        try:
            figures = read_figures(indicator, learners, request.POST)
            saved = save_figures(
                request.actor, tenant=request.tenant, indicator=indicator, day=day, learners=learners, figures=figures
            )
        except Invalid as error:
            problems = [one["message"] for one in error.problems]
        else:
            text = ngettext("Saved. %(n)d figure is new or changed.", "Saved. %(n)d figures are new or changed.", saved)
            messages.success(request, text % {"n": saved})
            return redirect(f"{reverse('class_figures', args=[section_id])}?figure={indicator.public_id}&day={day}")
    page = page_of(indicator, day, learners, request.POST if problems else None) if indicator is not None else None
    context = {
        "section": section, "choices": choices, "page": page, "problems": problems, "today": request.actor.today,
    }  # fmt: skip
    return render(request, "figures/class.html", context, status=422 if problems else 200)
