"""Asking for help or a second look, and the answer. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions import asking as services
from interventions.asking import ANSWER, ASK
from reporting.asking.page import LEVEL, answer_page, my_asking, my_milestone
from reporting.form_problems import Problems, problems_of
from reporting.pages import PageRequest, page_errors, read_uuid
from tenancy.actor import LRN, SCH, TCH
from tenancy.errors import Invalid, NotFound
from tenancy.gate import requires

LEARNERS, STAFF = frozenset({LRN}), frozenset({TCH, SCH})


@require_GET
@requires(*LEVEL, roles=LEARNERS)
@page_errors
def mine(request: PageRequest, milestone_id: UUID) -> HttpResponse:
    return _mine(request, milestone_id)


@require_GET
@requires(*ASK, roles=LEARNERS)
@page_errors
def choose(request: PageRequest) -> HttpResponse:
    return render(request, "asking/choose.html", {"groups": my_asking(request.actor)})


@require_POST
@requires(*ASK, roles=LEARNERS)
@page_errors
def ask(request: PageRequest, milestone_id: UUID) -> HttpResponse:
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
    try:
        services.ask(request.actor, milestone_id=milestone_id, kind=kind, text=text)
    except Invalid as error:
        return _mine(request, milestone_id, 422, problems=problems_of(error), kind=kind, text=text)
    messages.success(request, _("Your teacher sees that you asked. You can take it back until it is answered."))
    return redirect("my_milestone", milestone_id)


@require_POST
@requires(*ASK, roles=LEARNERS)
@page_errors
def take_back(request: PageRequest, request_id: UUID) -> HttpResponse:
    row = services.take_back(request.actor, request_id=request_id)
    messages.success(request, _("Taken back."))
    return redirect("my_milestone", row.milestone.public_id)


@require_http_methods(["GET", "POST"])
@requires(*ANSWER, roles=STAFF)
@page_errors
def answer(request: PageRequest, learner_id: UUID, milestone_id: UUID) -> HttpResponse:
    page = answer_page(request.actor, learner_id, milestone_id)
    problems: Problems = {}
    wanted, text = read_uuid(request.POST.get("request")), request.POST.get("answer", "")
    if request.method == "POST":
        if wanted not in {one.request_id for one in page.asked}:
            raise NotFound
        try:
            services.answer(request.actor, request_id=wanted, text=text)
        except Invalid as error:
            problems = problems_of(error)
        else:
            messages.success(request, _("%(name)s sees your answer.") % {"name": page.learner.given_name})
            return redirect("answer_request", learner_id, milestone_id)
    context = {"page": page, "wrong": problems.get("answer"), "wanted": wanted, "text": text}
    return render(request, "asking/answer.html", context, status=422 if problems else 200)


def _mine(request: PageRequest, milestone_id: UUID, status: int = 200, **more: Any) -> HttpResponse:
    return render(
        request, "asking/mine.html", {"page": my_milestone(request.actor, milestone_id), **more}, status=status
    )
