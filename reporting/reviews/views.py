"""Review sessions. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milestones import reviews
from milestones.models import ReviewItem
from milestones.reviews_prepare import prepare_session
from reporting.form_problems import add_problems
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.reviews.forms import CadenceForm, DecisionForm, FollowUpForm, PrepareForm
from reporting.reviews.page import (
    DECIDE,
    PREPARE,
    READ,
    list_page,
    member_of,
    school_for,
    schools_for,
    session_page,
    visible_follow_up,
    visible_item,
    visible_session,
)
from tenancy.errors import Invalid
from tenancy.gate import requires

# How the ids of the fields of one item begin on the page; the version is a hidden field of the decision.
FIELDS = {"decision": "d", "note": "n", "version": "d", "text": "t", "owner": "o", "due_on": "u"}


@require_GET
@requires(*READ)
@page_errors
def review_list(request: PageRequest) -> HttpResponse:
    return _list(request)


def _list(request: PageRequest, **forms: Any) -> HttpResponse:
    page = list_page(request.actor)
    schools = list(page.schools)
    context = {
        "page": page,
        "today": request.actor.today,
        "prepare_form": forms.get("prepare") or PrepareForm(schools=schools),
        "cadence_form": forms.get("cadence") or CadenceForm(schools=schools, initial={"next_on": request.actor.today}),
    }
    return render(request, "reviews/list.html", context, status=422 if forms else 200)


@require_POST
@requires(*PREPARE)
@page_errors
def prepare(request: PageRequest) -> HttpResponse:
    form = PrepareForm(request.POST, schools=schools_for(request.actor))
    if not form.is_valid():
        return _list(request, prepare=form)
    school = school_for(request.actor, form.cleaned_data["school"])
    session, is_new = prepare_session(request.actor, school=school, for_day=request.actor.today)
    messages.success(request, _("Prepared.") if is_new else _("This one was prepared today already."))
    return redirect("review", session.public_id)


@require_POST
@requires(*PREPARE)
@page_errors
def cadence(request: PageRequest) -> HttpResponse:
    form = CadenceForm(request.POST, schools=schools_for(request.actor))
    if form.is_valid():
        values = form.cleaned_data
        school = school_for(request.actor, values["school"])
        try:
            reviews.set_cadence(
                request.actor, school=school, every=values["every"], next_on=values["next_on"],
                is_active=not values["is_paused"],
            )  # fmt: skip
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Saved. The next session is prepared on its day."))
            return redirect("reviews")
    return _list(request, cadence=form)


@require_GET
@requires(*READ)
@page_errors
def review(request: PageRequest, session_id: UUID) -> HttpResponse:
    return _session(request, session_id)


def _session(request: PageRequest, session_id: UUID, status: int = 200, **context: Any) -> HttpResponse:
    page = session_page(request.actor, visible_session(request.actor, session_id, READ))
    context = {"page": page, "decisions": ReviewItem.Decision.choices, "today": request.actor.today, **context}
    return render(request, "reviews/session.html", context, status=status)


@require_POST
@requires(*DECIDE)
@page_errors
def decision(request: PageRequest, session_id: UUID, item_id: UUID) -> HttpResponse:
    item, form = visible_item(request.actor, session_id, item_id), DecisionForm(request.POST)
    if form.is_valid():
        try:
            reviews.decide(request.actor, item=item, **form.cleaned_data)
        except Invalid as error:
            add_problems(form, error)
        except reviews.Slower:
            mine = {"decision": form.cleaned_data["decision"], "note": form.cleaned_data["note"]}
            return _session(request, session_id, 409, slower=item_id, mine=mine)
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{reverse('review', args=[session_id])}#i-{item_id}")
    return _session(request, session_id, 422, wrong=item_id, problems=_problems(form, item_id), mine=request.POST)


@require_POST
@requires(*DECIDE)
@page_errors
def add_follow_up(request: PageRequest, session_id: UUID, item_id: UUID) -> HttpResponse:
    item, form = visible_item(request.actor, session_id, item_id), FollowUpForm(request.POST)
    if form.is_valid():
        owner = member_of(item.session, read_uuid(form.cleaned_data["owner"]), request.actor.today)
        try:
            reviews.add_follow_up(
                request.actor, item=item, text=form.cleaned_data["text"], owner=owner, due_on=form.day()
            )
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{reverse('review', args=[session_id])}#i-{item_id}")
    return _session(
        request, session_id, 422, wrong_promise=item_id, problems=_problems(form, item_id), promised=request.POST
    )


@require_POST
@requires(*DECIDE)
@page_errors
def follow_up(request: PageRequest, follow_up_id: UUID) -> HttpResponse:
    one = visible_follow_up(request.actor, follow_up_id)
    is_done = request.POST.get("done") == "1"
    reviews.set_done(request.actor, follow_up=one, is_done=is_done)
    messages.success(request, _("Done.") if is_done else _("Open again."))
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back) if is_ours else redirect("review", one.item.session.public_id)


@require_POST
@requires(*PREPARE)
@page_errors
def state(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = visible_session(request.actor, session_id, PREPARE)
    values = {"state": request.POST.get("state", ""), "notes": request.POST.get("notes", "")}
    try:
        reviews.set_state(request.actor, session=session, **values)
    except Invalid as error:
        problems = [("id_notes", one["message"]) for one in error.problems]
        return _session(request, session_id, 422, wrong_state=True, problems=problems, notes=values["notes"])
    messages.success(request, _("Closed.") if values["state"] == "closed" else _("The session is running."))
    return redirect("review", session_id)


def _problems(form: Any, item_id: UUID) -> list[tuple[str, str]]:
    """(id of the field on the page, sentence)."""
    return [(f"{FIELDS[name]}-{item_id}", str(one)) for name, found in form.errors.items() for one in found]
