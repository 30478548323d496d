"""Narratives and the comment bank. Each view: parse, one call, render."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from learners.models import Learner
from milestones import narratives as services
from milestones.models import Narrative
from milestones.reading_age import reading_age
from reporting.form_problems import add_problems
from reporting.narratives.forms import NarrativeForm, PhraseForm
from reporting.narratives.page import (
    DROP,
    KEEP,
    READ,
    WRITE,
    facts_of,
    narratives_of,
    phrases_of,
    sections_to_write_for,
    terms_to_write_for,
    visible_narrative,
    with_phrase,
)
from reporting.pages import PageRequest, page_errors, read_uuid, read_version
from reporting.reach import visible_learner
from tenancy.access import may_at_all
from tenancy.errors import Invalid
from tenancy.gate import requires

Made = TypeVar("Made")


@require_GET
@requires(*READ)
@page_errors
def narratives(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *READ)
    may_write = may_at_all(request.actor, *WRITE)
    context = {"learner": learner, "narratives": narratives_of(request.actor, learner), "may_write": may_write}
    return render(request, "narratives/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITE)
@page_errors
def new(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *WRITE)
    sections = sections_to_write_for(request.actor, learner)
    wanted = read_uuid(request.POST.get("section") or request.GET.get("section"))
    here = next((one for one in sections if one.public_id == wanted), sections[0] if sections else None)
    terms = terms_to_write_for(request.actor.today)
    start = {"section": here.public_id if here else "", "term": terms[0].public_id if terms else ""}
    form = NarrativeForm(_sent(request, learner), initial=start, sections=sections, terms=terms)
    if _is_saved(request) and form.is_valid():
        draft = _try(form, lambda: services.write_narrative(request.actor, learner=learner, **form.says))
        if draft is not None:
            return _after(request, draft)
    return _page(request, form, {"learner": learner, "section": here})


@require_http_methods(["GET", "POST"])
@requires(*WRITE)
@page_errors
def one(request: PageRequest, narrative_id: UUID) -> HttpResponse:
    draft = visible_narrative(request.actor, narrative_id)
    if request.method == "GET" and (draft.released_at or draft.written_by_id != request.actor.member_id):
        return render(request, "narratives/read.html", {"narrative": draft, "is_mine": _is_mine(request, draft)})
    start = {"text": draft.text, "language": draft.language, "term": draft.term.public_id if draft.term else ""}
    terms = [*terms_to_write_for(request.actor.today), *([draft.term] if draft.term else [])]
    form = NarrativeForm(_sent(request, draft.learner), initial=start, sections=(), terms=terms)
    if _is_saved(request) and form.is_valid():
        saved = _try(form, lambda: services.change_narrative(
            request.actor, narrative_id=narrative_id, version=read_version(request), **form.says
        ))  # fmt: skip
        if saved is not None:
            return _after(request, saved)
    return _page(request, form, {"learner": draft.learner, "section": draft.section, "narrative": draft})


@require_POST
@requires(*WRITE)
@page_errors
def correct(request: PageRequest, narrative_id: UUID) -> HttpResponse:
    draft = services.correct_narrative(request.actor, narrative_id=narrative_id)
    messages.success(request, _("Write the corrected words. The family reads the old ones until you release these."))
    return redirect("narrative", draft.public_id)


@require_POST
@requires(*WRITE)
@page_errors
def discard(request: PageRequest, narrative_id: UUID) -> HttpResponse:
    learner = services.discard_narrative(request.actor, narrative_id=narrative_id)
    messages.success(request, _("The draft is thrown away."))
    return redirect("narratives", learner.public_id)


@require_http_methods(["GET", "POST"])
@requires(*KEEP)
@page_errors
def phrases(request: PageRequest) -> HttpResponse:
    form = PhraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _try(form, lambda: services.keep_phrase(request.actor, **form.cleaned_data)) is not None:
        messages.success(request, _("Kept."))
        return redirect("phrases")
    context = {"form": form, "phrases": phrases_of(request.actor)}
    return render(request, "narratives/phrases.html", context, status=422 if form.errors else 200)


@require_POST
@requires(*DROP)
@page_errors
def remove_phrase(request: PageRequest, phrase_id: UUID) -> HttpResponse:
    services.drop_phrase(request.actor, phrase_id=phrase_id)
    messages.success(request, _("Taken out."))
    return redirect("phrases")


def _sent(request: PageRequest, learner: Learner) -> Any:
    """What was sent; with a sentence of the bank at the end of the text where one was asked for."""
    if request.method != "POST":
        return None
    sent = request.POST.copy()
    sent["text"] = with_phrase(sent.get("text", ""), phrases_of(request.actor, learner), sent.get("phrase"))
    return sent


def _is_saved(request: PageRequest) -> bool:
    return request.method == "POST" and "phrase" not in request.POST and "look" not in request.POST


def _is_mine(request: PageRequest, narrative: Narrative) -> bool:
    return narrative.written_by_id == request.actor.member_id


def _try(form: Any, write: Callable[[], Made]) -> Made | None:
    try:
        made = write()
    except Invalid as error:
        add_problems(form, error)
        return None
    return made


def _after(request: PageRequest, draft: Narrative) -> HttpResponse:
    if "release" in request.POST:
        services.release_narrative(request.actor, narrative_id=draft.public_id, version=draft.version)
        messages.success(request, _("Released. %(name)s and the family can read it.") % {"name": draft.learner.name})
        return redirect("narratives", draft.learner.public_id)
    messages.success(request, _("Saved as a draft. Only school sees it."))
    return redirect("narrative", draft.public_id)


def _page(request: PageRequest, form: NarrativeForm, about: dict[str, Any]) -> HttpResponse:
    text = form["text"].value() or ""
    context = {
        **about, "form": form, "facts": facts_of(request.actor, about["learner"], about["section"]),
        "phrases": phrases_of(request.actor, about["learner"]),
        "age": reading_age(text, form["language"].value() or "en"),
    }  # fmt: skip
    is_bad = _is_saved(request) and form.errors
    return render(request, "narratives/write.html", context, status=422 if is_bad else 200)
