"""Portfolios. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.artefact_files import storage
from assessments.models import Artefact
from assessments.portfolio import add_artefact, remove_artefact, share_artefact
from learners.models import Learner
from reporting.form_problems import add_problems
from reporting.pages import PageRequest, page_errors
from reporting.portfolio.forms import WorkForm
from reporting.portfolio.page import READ, REMOVE, UPLOAD, competencies_of, portfolio, visible_artefact, visible_learner
from tenancy.actor import GRD, LRN
from tenancy.errors import Invalid, NotFound
from tenancy.gate import ANYBODY, STAFF, requires

LEARNERS, GUARDIANS = frozenset({LRN}), frozenset({GRD})


@require_GET
@requires(*READ, LEARNERS)
@page_errors
def mine(request: PageRequest) -> HttpResponse:
    return _list(request, visible_learner(request.actor, None, READ), "mine")


@require_GET
@requires(*READ, STAFF)
@page_errors
def of_learner(request: PageRequest, learner_id: UUID) -> HttpResponse:
    return _list(request, visible_learner(request.actor, learner_id, READ), "staff")


@require_GET
@requires(*READ, GUARDIANS)
@page_errors
def of_child(request: PageRequest, learner_id: UUID) -> HttpResponse:
    # PUB is said of pieces, not of learners: whose child it is, is asked of the directory.
    row = ("Learner directory fields", "read")
    return _list(request, visible_learner(request.actor, learner_id, row), "family")


def _list(request: PageRequest, learner: Learner, whose: str) -> HttpResponse:
    context = {"learner": learner, "works": portfolio(request.actor, learner), "whose": whose}
    return render(request, "portfolio/portfolio.html", context)


@require_http_methods(["GET", "POST"])
@requires(*UPLOAD, LEARNERS)
@page_errors
def add_mine(request: PageRequest) -> HttpResponse:
    return _add(request, visible_learner(request.actor, None, UPLOAD), "mine")


@require_http_methods(["GET", "POST"])
@requires(*UPLOAD, STAFF)
@page_errors
def add_for_learner(request: PageRequest, learner_id: UUID) -> HttpResponse:
    return _add(request, visible_learner(request.actor, learner_id, UPLOAD), "staff")


def _add(request: PageRequest, learner: Learner, whose: str) -> HttpResponse:
    data: Any = (request.POST, request.FILES) if request.method == "POST" else ()
    form = WorkForm(*data, competencies=competencies_of(learner))
    if form.is_bound and form.is_valid():
        try:
            add_artefact(request.actor, learner=learner, work=form.work(), upload=form.cleaned_data["file"])
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Added to the portfolio."))
            return redirect("my_portfolio") if whose == "mine" else redirect("portfolio", learner.public_id)
    context = {"form": form, "learner": learner, "whose": whose}
    return render(request, "portfolio/add.html", context, status=422 if form.errors else 200)


@require_GET
@requires(*READ, ANYBODY)
@page_errors
def download(request: PageRequest, artefact_id: UUID) -> HttpResponse:
    artefact = visible_artefact(request.actor, artefact_id, READ)
    if not artefact.stored_as:
        raise NotFound
    # Read whole, it is small: a stream would run after the tenant's transaction.
    with storage().open(artefact.stored_as) as file:
        response = HttpResponse(file.read(), content_type=artefact.content_type)
    response["Content-Disposition"] = content_disposition_header(True, artefact.file_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@requires(*UPLOAD, STAFF | LEARNERS)
@page_errors
def share(request: PageRequest, artefact_id: UUID) -> HttpResponse:
    artefact = visible_artefact(request.actor, artefact_id, UPLOAD)
    is_shared = request.POST.get("share") == "1"
    share_artefact(request.actor, artefact=artefact, is_shared=is_shared)
    messages.success(request, _("The family sees it now.") if is_shared else _("Only school and learner see it now."))
    return _back(request, artefact)


@require_http_methods(["GET", "POST"])
@requires(*REMOVE, STAFF | LEARNERS)
@page_errors
def remove(request: PageRequest, artefact_id: UUID) -> HttpResponse:
    artefact = visible_artefact(request.actor, artefact_id, REMOVE)
    if request.method == "GET":
        return render(request, "portfolio/remove.html", {"artefact": artefact, "is_mine": request.actor.has(LRN)})
    remove_artefact(request.actor, artefact=artefact)
    messages.success(request, _("Taken out of the portfolio."))
    return _back(request, artefact)


def _back(request: PageRequest, artefact: Artefact) -> HttpResponse:
    is_staff = bool(request.actor.roles & STAFF)
    return redirect("portfolio", artefact.learner.public_id) if is_staff else redirect("my_portfolio")
