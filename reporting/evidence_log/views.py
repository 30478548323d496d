"""The evidence log of a class. Each view: parse, one call, render."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessments.judged_evidence import CORRECT
from assessments.services import correct_evidence
from reporting.board import EXPORT
from reporting.evidence_log.csv import log_csv
from reporting.evidence_log.filters import read_log_filters
from reporting.evidence_log.forms import CorrectionForm
from reporting.evidence_log.page import HISTORY, log_page
from reporting.evidence_page import changeable_evidence
from reporting.form_problems import add_problems
from reporting.htmx import level_changed
from reporting.pages import PageRequest, page_errors
from tenancy.errors import Conflict, Invalid, NotFound
from tenancy.gate import requires
from tenancy.selectors import zone


@require_GET
@requires(*HISTORY)
@page_errors
def evidence_log(request: PageRequest, section_id: UUID) -> HttpResponse:
    filters = read_log_filters(request.GET)
    page = log_page(request.actor, section_id, filters)
    return render(request, "evidence_log/log.html", {"page": page, "filters": filters})


@require_GET
@requires(*EXPORT)
@page_errors
def evidence_log_csv(request: PageRequest, section_id: UUID) -> HttpResponse:
    text = log_csv(request.actor, section_id, read_log_filters(request.GET), zone(request.tenant.time_zone))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="evidence.csv"'
    return response


@require_http_methods(["GET", "POST"])
@requires(*CORRECT)
@page_errors
def correct(request: PageRequest, learner_id: UUID, milestone_id: UUID, evidence_id: UUID) -> HttpResponse:
    evidence = changeable_evidence(request.actor, learner_id, evidence_id)
    if evidence.score is None:
        raise NotFound
    data = request.POST if request.method == "POST" else None
    form = CorrectionForm(data, evidence=evidence, today=request.actor.today, zone=zone(request.tenant.time_zone))
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            correct_evidence(request.actor, evidence=evidence, **form.changes())
            return level_changed(request, learner_id, milestone_id, _("Corrected. The first entry stays beside it."))
        except (Invalid, Conflict) as error:
            status = 409 if isinstance(error, Conflict) else 422
            add_problems(form, error)
    context = {"form": form, "evidence": evidence, "learner_id": learner_id, "milestone_id": milestone_id}
    return render(request, "evidence_log/correct.html", context, status=status)
