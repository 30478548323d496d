"""Did it work. Each view: parse, one call, render."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reporting.pages import PageRequest, page_errors
from reporting.results.page import AGGREGATE, results_csv, results_page
from tenancy.gate import requires


@require_GET
@requires(*AGGREGATE)
@page_errors
def results(request: PageRequest) -> HttpResponse:
    return render(request, "results/results.html", {"parts": results_page(request.actor)})


@require_GET
@requires(*AGGREGATE)
@page_errors
def as_csv(request: PageRequest) -> HttpResponse:
    response = HttpResponse(results_csv(request.actor), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="results.csv"'
    return response
