"""Certificates: issue, download, withdraw, and whether one is genuine."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milestones.certificates import find_genuine, issue_certificate, printed_code, withdraw_certificate
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.reach import published_milestone
from reporting.recognition.page import MODERATE, READ, visible_certificate, visible_learner
from reporting.recognition.pdf import certificate_pdf
from tenancy.errors import NotFound
from tenancy.gate import ANYBODY, STAFF, public, requires
from tenancy.selectors import tenant_of_host


@require_POST
@requires(*MODERATE, STAFF)
@page_errors
def issue(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, MODERATE)
    asked = read_uuid(request.POST.get("milestone"))
    if asked is None:
        raise NotFound
    milestone = published_milestone(request.actor, asked, learner)
    issue_certificate(request.actor, learner=learner, milestone=milestone)
    messages.success(request, _("Issued. Learner and family can download it now."))
    return redirect("recognition", learner_id)


@require_GET
@requires(*READ, ANYBODY)
@page_errors
def download(request: PageRequest, certificate_id: UUID) -> HttpResponse:
    certificate = visible_certificate(request.actor, certificate_id, READ)
    address = request.build_absolute_uri(reverse("verify_certificate", args=[printed_code(certificate)]))
    response = HttpResponse(certificate_pdf(certificate, request.tenant, address), content_type="application/pdf")
    name = f"{certificate.learner_name} – {certificate.milestone_title}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
@requires(*MODERATE, STAFF)
@page_errors
def withdraw(request: PageRequest, certificate_id: UUID) -> HttpResponse:
    certificate = visible_certificate(request.actor, certificate_id, MODERATE)
    if request.method == "GET":
        return render(request, "recognition/withdraw.html", {"certificate": certificate})
    withdraw_certificate(request.actor, certificate=certificate)
    messages.success(request, _("Withdrawn. Nobody can download it any longer."))
    return redirect("recognition", certificate.learner.public_id)


@require_GET
@never_cache
@public("whoever holds a printed certificate may ask whether it is genuine; the code cannot be guessed")
def verify(request: HttpRequest, code: str) -> HttpResponse:
    try:
        genuine = find_genuine(code, tenant_of_host(request.get_host()))
    except NotFound as error:
        raise Http404 from error
    return render(request, "recognition/verify.html", {"genuine": genuine})
