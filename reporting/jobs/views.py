"""Background jobs. Each view: parse, one call, render."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reporting.jobs.page import READ, jobs_page
from reporting.pages import PageRequest, page_errors
from tenancy.actor import DST
from tenancy.gate import requires
from tenancy.jobs import run_again

FOR = frozenset({DST})


@require_GET
@requires(*READ, roles=FOR)
@page_errors
def jobs(request: PageRequest) -> HttpResponse:
    return render(request, "jobs/jobs.html", {"page": jobs_page(request.actor)})


@require_POST
@requires("Recalculation job", "start", roles=FOR)
@page_errors
def again(request: PageRequest, job: str) -> HttpResponse:
    run_again(request.actor, job=job)
    messages.success(request, _("It is tried again at its next turn. It leaves the list when it has succeeded."))
    return redirect("jobs")
