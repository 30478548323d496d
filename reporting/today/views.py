"""Today. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from interventions.gaps import shared_gaps
from interventions.models.queue import ALERT
from interventions.queue import ACKNOWLEDGE, act_on_alert, undo_last_act
from reporting.gaps.page import my_sections
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.today.page import today_page
from tenancy.actor import TCH
from tenancy.errors import Invalid
from tenancy.gate import requires

FOR = frozenset({TCH})


@require_GET
@requires(ALERT, ACKNOWLEDGE, roles=FOR)
@page_errors
def today(request: PageRequest) -> HttpResponse:
    return _page(request)


@require_POST
@requires(ALERT, ACKNOWLEDGE, roles=FOR)
@page_errors
def act(request: PageRequest, alert_id: UUID, kind: str) -> HttpResponse:
    try:
        act_on_alert(
            request.actor,
            alert_id=alert_id,
            kind=kind.replace("-", "_"),
            note=request.POST.get("note", ""),
            to=read_uuid(request.POST.get("to")),
        )
    except Invalid as error:
        return _page(request, problems=[(f"row-{alert_id}", one["message"]) for one in error.problems], status=422)
    return redirect(f"{reverse('today')}?done={alert_id}")


@require_POST
@requires(ALERT, ACKNOWLEDGE, roles=FOR)
@page_errors
def undo(request: PageRequest, alert_id: UUID) -> HttpResponse:
    undo_last_act(request.actor, alert_id=alert_id)
    return redirect("today")


def _page(request: PageRequest, status: int = 200, **more: Any) -> HttpResponse:
    chosen, is_whole = read_uuid(request.GET.get("class")), request.GET.get("all") == "1"
    with timezone.override(request.tenant.time_zone):  # sentences name days of the school
        page = today_page(request.actor, chosen, is_whole=is_whole)
    shared = shared_gaps(request.actor, list(my_sections(request.actor)))
    context = {
        "page": page,
        "gap": shared[0] if shared else None,
        "day": request.actor.today,
        "done": read_uuid(request.GET.get("done")),
        **more,
    }
    return render(request, "today/today.html", context, status=status)
