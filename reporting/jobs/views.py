"""Background jobs. Each view: parse, one call, render."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from milestones.lag import try_parked_again
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


@require_POST
@requires("Recalculation job", "start", roles=FOR)
@page_errors
def parked_again(request: PageRequest) -> HttpResponse:
    freed = try_parked_again(request.actor)
    text = ngettext("%(n)d level is tried again now.", "%(n)d levels are tried again now.", freed)
    messages.success(request, text % {"n": freed})
    return redirect("jobs")
