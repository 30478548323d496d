"""The audit trail. Each view: parse, one call, render."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reporting.audit.page import READ, audit_file, audit_page, read_filters
from reporting.audit.words import WORDS
from reporting.pages import PageRequest, page_errors
from tenancy.actor import DST
from tenancy.audit import record_audit
from tenancy.gate import requires

FOR = frozenset({DST})


@require_GET
@requires(*READ, FOR)
@page_errors
def audit(request: PageRequest) -> HttpResponse:
    page = audit_page(request.actor, request.tenant, read_filters(request.GET.dict()))
    groups = [(str(n), name, actions.items()) for n, (name, actions) in enumerate(WORDS)]
    return render(request, "audit/audit.html", {"page": page, "groups": groups})


@require_GET
@requires(*READ, FOR)
@page_errors
def audit_csv(request: PageRequest) -> HttpResponse:
    """Taking the trail away is written into it, too."""
    data = audit_file(request.actor, request.tenant, read_filters(request.GET.dict()))
    record_audit(request.actor, "audit.exported")
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=headers)
