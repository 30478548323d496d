"""Information sessions, for families. Each view: parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from interventions import info_answers as services
from reporting.form_problems import problems_of
from reporting.info_sessions.home import calendar_of, invitation_to
from reporting.info_sessions.page import ANSWER, READ, number, visible_session
from reporting.pages import PageRequest, page_errors
from tenancy.actor import GRD
from tenancy.errors import Invalid
from tenancy.gate import requires

FAMILIES = frozenset({GRD})


@require_http_methods(["GET", "POST"])
@requires(*ANSWER, FAMILIES)
@page_errors
def answer(request: PageRequest, session_id: UUID) -> HttpResponse:
    session, problems = visible_session(request.actor, session_id, ANSWER), {}
    if request.method == "POST":
        try:
            comes, people = request.POST.get("comes") == "yes", number(request.POST.get("people"))
            services.answer(request.actor, session=session, comes=comes, people=people)
        except Invalid as error:
            problems = problems_of(error)
        else:
            messages.success(request, _("Thank you. The school sees your answer."))
            return redirect("family_session", session_id)
    context = {"one": invitation_to(request.actor, session), "problems": problems, "values": request.POST}
    return render(request, "info_sessions/answer.html", context, status=422 if problems else 200)


@require_GET
@requires(*READ, FAMILIES)
@page_errors
def calendar(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = visible_session(request.actor, session_id, READ)
    address = request.build_absolute_uri(f"/family/sessions/{session_id}/")
    headers = {"Content-Disposition": 'attachment; filename="session.ics"'}
    text = calendar_of(session, address, timezone.now())
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
