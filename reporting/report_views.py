"""Pages of administrators: aggregates only, small groups hidden."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reporting.aggregates import mastery_report as report_of
from reporting.pages import PageRequest, page_errors
from tenancy.gate import requires


@require_GET
@requires("School or district aggregate", "read")
@page_errors
def mastery_report(request: PageRequest) -> HttpResponse:
    return render(
        request, "reporting/mastery_report.html", {"report": report_of(request.actor, request.tenant.small_group)}
    )
