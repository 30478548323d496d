"""Tutoring. Each view: parse, one call, render."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions import peers as services
from interventions.peer_matches import AGREE, PROPOSE, READ
from reporting.form_problems import Problems, add_problems, problems_of
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.plans.forms import SessionForm
from reporting.tutoring.page import my_pair, pair_page, proposal_page, tutoring_page
from tenancy.actor import LRN, SCH, TCH
from tenancy.errors import Invalid
from tenancy.gate import requires

STAFF, LEARNERS = frozenset({TCH, SCH}), frozenset({LRN})


@require_GET
@requires(*READ, roles=STAFF)
@page_errors
def tutoring(request: PageRequest) -> HttpResponse:
    return render(request, "tutoring/tutoring.html", {"page": tutoring_page(request.actor)})


@require_http_methods(["GET", "POST"])
@requires(*PROPOSE, roles=STAFF)
@page_errors
def propose(request: PageRequest, learner_id: UUID, milestone_id: UUID) -> HttpResponse:
    page = proposal_page(request.actor, learner_id, milestone_id)
    problems: Problems = {}
    if request.method == "POST":
        tutor = read_uuid(request.POST.get("tutor"))
        try:
            pair = services.propose_pair(request.actor, learner=page.learner, milestone=page.milestone, tutor_id=tutor)
        except Invalid as error:
            problems = problems_of(error)
        else:
            messages.success(request, _("Both are asked. It begins when both have said yes."))
            return redirect("peer_pair", pair.public_id)
    context = {"page": page, "problems": list(problems.items())}
    return render(request, "tutoring/propose.html", context, status=422 if problems else 200)


@require_GET
@requires(*READ, roles=STAFF)
@page_errors
def pair(request: PageRequest, pair_id: UUID) -> HttpResponse:
    return _pair(request, pair_id)


@require_POST
@requires(*PROPOSE, roles=STAFF)
@page_errors
def log(request: PageRequest, pair_id: UUID) -> HttpResponse:
    return _log(request, pair_id, PROPOSE, "peer_pair")


@require_POST
@requires(*PROPOSE, roles=STAFF)
@page_errors
def end(request: PageRequest, pair_id: UUID) -> HttpResponse:
    services.end_pair(request.actor, pair_id=pair_id)
    messages.success(request, _("The pair has ended. Their sessions are kept."))
    return redirect("tutoring")


@require_GET
@requires(*READ, roles=LEARNERS)
@page_errors
def my_tutoring(request: PageRequest, pair_id: UUID) -> HttpResponse:
    return _pair(request, pair_id)


@require_POST
@requires(*AGREE, roles=LEARNERS)
@page_errors
def answer(request: PageRequest, pair_id: UUID) -> HttpResponse:
    agrees = request.POST.get("say") == "yes"
    found = services.answer_pair(request.actor, pair_id=pair_id, agrees=agrees)
    if not agrees:
        text = _("That is fine. Your teacher does not need a reason.")
    elif found.state == found.State.RUNNING:
        text = _("You both said yes. Find a time that suits you.")
    else:
        text = _("Thank you. It begins when the other has said yes, too.")
    messages.success(request, text)
    return redirect("me")


@require_POST
@requires(*AGREE, roles=LEARNERS)
@page_errors
def my_log(request: PageRequest, pair_id: UUID) -> HttpResponse:
    return _log(request, pair_id, AGREE, "my_tutoring")


@require_POST
@requires(*AGREE, roles=LEARNERS)
@page_errors
def leave(request: PageRequest, pair_id: UUID) -> HttpResponse:
    services.end_pair(request.actor, pair_id=pair_id, right=AGREE)
    messages.success(request, _("It has ended. Thank you for the time you gave."))
    return redirect("me")


def _log(request: PageRequest, pair_id: UUID, right: tuple[str, str], route: str) -> HttpResponse:
    form = SessionForm(request.POST)
    if form.is_valid():
        try:
            services.log_peer_session(request.actor, pair_id=pair_id, right=right, **form.cleaned_data)
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(route, pair_id)
    return _pair(request, pair_id, form=form, status=422)


def _pair(request: PageRequest, pair_id: UUID, form: SessionForm | None = None, status: int = 200) -> HttpResponse:
    page = pair_page(request.actor, pair_id)
    first: dict[str, date | int] = {"on": request.actor.today, "minutes": 15}
    context: dict[str, Any] = {"page": page, "form": form or SessionForm(initial=first)}
    if request.actor.has(LRN):
        context["mine"] = my_pair(request.actor, page.pair.pair)
    return render(
        request, "tutoring/my_pair.html" if "mine" in context else "tutoring/pair.html", context, status=status
    )
