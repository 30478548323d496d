"""The trend, with a pilot beside the others and what happened when."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from learners.models import School
from reporting.form_problems import add_problems
from reporting.models import ReportEvent
from reporting.pages import PageRequest, page_errors
from reporting.reports.cohorts import cohorts_of
from reporting.reports.events import events_of, forget_event, mark_event
from reporting.reports.forms import EventForm
from reporting.reports.pilot_trend import trend_shown
from reporting.reports.scope import Scope, read_scope
from reporting.reports.views import ADMINISTRATORS, READ, report_page
from tenancy.access import may_at_all
from tenancy.actor import DST, Actor
from tenancy.errors import Invalid, NotFound
from tenancy.gate import requires

ARRANGE = ("Section", "create, update, archive")


@require_GET
@requires(*READ)
@page_errors
def trend(request: PageRequest) -> HttpResponse:
    return _trend(request)


def _trend(request: PageRequest, form: EventForm | None = None) -> HttpResponse:
    scope, may_mark = read_scope(request.actor, request.tenant, request.GET), may_at_all(request.actor, *ARRANGE)
    events = events_of(scope)
    marks = [(one.day, str(number)) for number, one in enumerate(reversed(events), start=1)]
    context: dict[str, Any] = {
        "trend": trend_shown(scope, marks), "pilots": cohorts_of(request.actor), "may_mark": may_mark,
        "events": list(zip(marks[::-1], events, strict=True)), "may_mark_all": request.actor.has(DST),
        "form": form or EventForm(initial={"day": scope.today}),
    }  # fmt: skip
    return report_page(request, "trend", scope, 422 if form is not None else 200, **context)


@require_POST
@requires(*ARRANGE, roles=ADMINISTRATORS)
@page_errors
def mark(request: PageRequest) -> HttpResponse:
    scope, form = read_scope(request.actor, request.tenant, request.GET), EventForm(request.POST)
    if form.is_valid():
        try:
            mark_event(request.actor, school=_place(request.actor, scope), **form.cleaned_data)
            messages.success(request, _("Marked on the trend."))
            return redirect(f"{reverse('trend_report')}?{scope.query}")
        except Invalid as error:
            add_problems(form, error)
    return _trend(request, form)


def _place(actor: Actor, scope: Scope) -> School | None:
    """The school that is looked at; that of who has only one. None: everywhere, which only a district may say."""
    only = next(iter(scope.schools.values())) if len(scope.schools) == 1 and not actor.has(DST) else None
    return scope.school or only


@require_POST
@requires(*ARRANGE, roles=ADMINISTRATORS)
@page_errors
def forget(request: PageRequest, event_id: UUID) -> HttpResponse:
    scope = read_scope(request.actor, request.tenant, request.GET)
    event = ReportEvent.objects.filter(public_id=event_id).first()
    if event is None or event.school_id not in {None, *scope.schools}:
        raise NotFound
    forget_event(request.actor, event=event)
    return redirect(f"{reverse('trend_report')}?{scope.query}")
