"""Who may watch which board: asked by the live process, as the reader, at the start and at every message."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from interventions.models.queue import ALERT
from interventions.queue import ACKNOWLEDGE
from reporting.live.keys import class_key, today_key
from reporting.pages import PageRequest, page_errors
from reporting.reach import visible_section
from tenancy.actor import TCH
from tenancy.errors import NotFound
from tenancy.gate import requires
from tenancy.models import Member

GRID = "Class grid"
STREAM = "text/event-stream"


@require_GET
@requires(GRID, "read")
@page_errors
def live_class(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, GRID)
    return _board(request, class_key(section.public_id))


@require_GET
@requires(ALERT, ACKNOWLEDGE, roles=frozenset({TCH}))
@page_errors
def live_today(request: PageRequest) -> HttpResponse:
    member = Member.objects.filter(pk=request.actor.member_id).values_list("public_id", flat=True).first()
    if member is None:
        raise NotFound
    return _board(request, today_key(member))


def _board(request: PageRequest, key: str) -> HttpResponse:
    # A browser that asks here for a stream has no live process in front of it: it is told to stop asking.
    if request.headers.get("Accept") == STREAM:
        return HttpResponse(status=204)
    return JsonResponse({"tenant": request.actor.tenant_id, "key": key})
