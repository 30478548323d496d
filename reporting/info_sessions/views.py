"""Information sessions, for the school. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions import info_sessions as services
from interventions.models import InfoSession
from reporting.form_problems import problems_of
from reporting.info_sessions import page as pages
from reporting.pages import PageRequest, page_errors, read_version
from tenancy.actor import DST, SCH
from tenancy.errors import Invalid
from tenancy.gate import requires

FOR = frozenset({SCH, DST})
START: dict[str, Any] = {"hour": "18:00", "minutes": 60}


@require_GET
@requires(*pages.READ, FOR)
@page_errors
def sessions(request: PageRequest) -> HttpResponse:
    return render(request, "info_sessions/sessions.html", {"rows": pages.sessions_of(request.actor)})


@require_http_methods(["GET", "POST"])
@requires(*pages.ANNOUNCE, FOR)
@page_errors
def new(request: PageRequest) -> HttpResponse:
    return _form(request, None, START)


@require_http_methods(["GET", "POST"])
@requires(*pages.ANNOUNCE, FOR)
@page_errors
def edit(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = pages.visible_session(request.actor, session_id, pages.ANNOUNCE)
    return _form(request, session, pages.first_values(session, request.tenant))


def _form(request: PageRequest, session: InfoSession | None, values: dict[str, Any]) -> HttpResponse:
    choices, problems = pages.choices_of(request.actor), {}
    if request.method == "POST":
        said = pages.values_of(request.POST, choices, request.tenant)
        try:
            saved = services.announce(request.actor, session=session, version=read_version(request), **said)
        except Invalid as error:
            problems = problems_of(error)
        else:
            messages.success(request, _("Saved. Families see it from now on."))
            return redirect("info_session", saved.public_id)
        lists = {name: request.POST.getlist(name) for name in ("grades", "sections")}
        values = {**request.POST.dict(), **lists}
    context = {"choices": choices, "problems": problems, "values": values, "session": session}
    return render(request, "info_sessions/edit.html", context, status=422 if problems else 200)


@require_GET
@requires(*pages.ANNOUNCE, FOR)
@page_errors
def session(request: PageRequest, session_id: UUID) -> HttpResponse:
    row, families = pages.session_page(request.actor, session_id)
    return render(request, "info_sessions/session.html", {"row": row, "session": row.session, "families": families})


@require_POST
@requires(*pages.ANNOUNCE, FOR)
@page_errors
def attendance(request: PageRequest, session_id: UUID) -> HttpResponse:
    row, families = pages.session_page(request.actor, session_id)
    came, invited = pages.came_of(request.POST, families), [one.member for one in families]
    there = services.mark_attendance(request.actor, session=row.session, invited=invited, came=came)
    messages.success(request, ngettext("%(n)d family came.", "%(n)d families came.", there) % {"n": there})
    return redirect("info_session", session_id)


@require_POST
@requires(*pages.ANNOUNCE, FOR)
@page_errors
def call_off(request: PageRequest, session_id: UUID) -> HttpResponse:
    services.call_off(request.actor, session=pages.visible_session(request.actor, session_id, pages.ANNOUNCE))
    messages.success(request, _("Called off. Families see that it does not take place."))
    return redirect("info_session", session_id)
