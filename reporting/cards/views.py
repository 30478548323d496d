"""Reports of a term: a page and a PDF for staff, family and learner; a whole class as a job."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.artefact_files import storage
from learners.classes import learners_of
from learners.models import Learner
from milestones.card_batches import OPEN, ask_cards, cancel_cards
from milestones.models import CardBatch
from reporting.cards.batches import BATCH, file_name
from reporting.cards.card import READ, card_of, choose_term, terms_of
from reporting.cards.pdf import card_pdf
from reporting.htmx import is_fragment, partial_or_page
from reporting.levels import ALL_WORDS
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.planning.rights import own_record
from reporting.reach import visible_learner, visible_section
from tenancy.actor import DST, GRD, LRN, SCH, TCH
from tenancy.audit import record_audit
from tenancy.errors import NotFound
from tenancy.gate import requires

STAFF, ADMINISTRATORS = frozenset({TCH, SCH, DST}), frozenset({SCH, DST})
GUARDIANS, LEARNERS = frozenset({GRD}), frozenset({LRN})
DIRECTORY = ("Learner directory fields", "read")
PDF = "application/pdf"
STOP_POLLING = 286


def _page(request: PageRequest, learner: Learner, base: str, pdf: str) -> HttpResponse:
    card = card_of(request.actor, request.tenant, learner, read_uuid(request.GET.get("term")))
    context = {"card": card, "all_levels": ALL_WORDS, "base": base, "pdf": pdf}
    return render(request, "cards/card.html", context)


def _file(request: PageRequest, learner: Learner) -> HttpResponse:
    card = card_of(request.actor, request.tenant, learner, read_uuid(request.GET.get("term")))
    content = card_pdf(card)
    detail = {"term": str(card.term.public_id)}
    record_audit(request.actor, "report_card.downloaded", target=learner, detail=detail)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(card)}"'}
    return HttpResponse(content, content_type=PDF, headers=headers)


@require_GET
@requires(*READ, STAFF)
@page_errors
def of_learner(request: PageRequest, learner_id: UUID) -> HttpResponse:
    return _page(request, visible_learner(request.actor, learner_id, *DIRECTORY), "staff", "learner_card_pdf")


@require_GET
@requires(*READ, STAFF)
@page_errors
def of_learner_pdf(request: PageRequest, learner_id: UUID) -> HttpResponse:
    return _file(request, visible_learner(request.actor, learner_id, *DIRECTORY))


@require_GET
@requires(*READ, GUARDIANS)
@page_errors
def of_child(request: PageRequest, learner_id: UUID) -> HttpResponse:
    return _page(request, visible_learner(request.actor, learner_id, *DIRECTORY), "family", "child_card_pdf")


@require_GET
@requires(*READ, GUARDIANS)
@page_errors
def of_child_pdf(request: PageRequest, learner_id: UUID) -> HttpResponse:
    return _file(request, visible_learner(request.actor, learner_id, *DIRECTORY))


@require_GET
@requires(*READ, LEARNERS)
@page_errors
def mine(request: PageRequest) -> HttpResponse:
    return _page(request, own_record(request.actor, DIRECTORY), "me", "my_card_pdf")


@require_GET
@requires(*READ, LEARNERS)
@page_errors
def mine_pdf(request: PageRequest) -> HttpResponse:
    return _file(request, own_record(request.actor, DIRECTORY))


@require_http_methods(["GET", "POST"])
@requires(*BATCH, ADMINISTRATORS)
@page_errors
def of_class(request: PageRequest, section_id: UUID) -> HttpResponse:
    """Ask for the class's report cards, see how far they are, take the file."""
    section = visible_section(request.actor, section_id, *BATCH)
    terms, learners = terms_of(request.actor.today), learners_of(section.pk, request.actor.today)
    if request.method == "POST":
        term = choose_term(terms, read_uuid(request.POST.get("term")))
        ask_cards(request.actor, section=section, term=term, total=len(learners))
        return redirect("class_cards", section_id)
    batch = CardBatch.objects.filter(section=section).select_related("term").order_by("-asked_at", "-id").first()
    is_open = batch is not None and batch.state in OPEN
    if is_fragment(request) and not is_open:
        response = HttpResponse(status=STOP_POLLING)
        response["HX-Refresh"] = "true"
        return response
    context: dict[str, Any] = {"section": section, "terms": terms, "learners": learners, "batch": batch}
    return partial_or_page(request, "cards/class.html", "work", {**context, "is_open": is_open})


def _batch(request: PageRequest, section_id: UUID, batch_id: UUID) -> CardBatch:
    section = visible_section(request.actor, section_id, *BATCH)
    batch: CardBatch | None = CardBatch.objects.filter(section=section, public_id=batch_id).first()
    if batch is None:
        raise NotFound
    return batch


@require_POST
@requires(*BATCH, ADMINISTRATORS)
@page_errors
def cancel(request: PageRequest, section_id: UUID, batch_id: UUID) -> HttpResponse:
    cancel_cards(request.actor, batch=_batch(request, section_id, batch_id))
    messages.success(request, _("Stopped. Nothing was made."))
    return redirect("class_cards", section_id)


@require_GET
@requires(*BATCH, ADMINISTRATORS)
@page_errors
def download(request: PageRequest, section_id: UUID, batch_id: UUID) -> HttpResponse:
    """Only for whoever asked for it: a file of names is bound to one account."""
    batch = _batch(request, section_id, batch_id)
    if not batch.stored_as or batch.asked_by_id != request.actor.member_id:
        raise NotFound
    with storage().open(batch.stored_as) as file:
        content = file.read()
    record_audit(request.actor, "report_cards.downloaded", target=batch, detail={"learners": batch.total})
    headers = {"Content-Disposition": 'attachment; filename="report-cards.zip"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)
