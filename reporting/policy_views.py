"""Pages of policies: the list, one policy, its draft, and the way to a published version."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from competencies import drafts
from competencies.content import content_of_draft
from competencies.models import PolicyDraft
from reporting.pages import PageRequest, page_errors
from reporting.policy_editor import editor_of
from reporting.policy_form import Problems, Values, values_of
from reporting.policy_forms import create_from_form, places_for, propose_from_form, read_moment, save_editor
from reporting.policy_pages import (
    DRAFT,
    PUBLISH,
    READ,
    content_in_force,
    draft_of,
    draft_row,
    place_words,
    policy_list,
    policy_page,
    visible_policy,
)
from reporting.policy_reading import differences
from reporting.policy_trial_page import done_trial, panel_of
from tenancy.access import can, may_at_all
from tenancy.actor import DST, SCH
from tenancy.errors import Conflict, NotFound, Refused
from tenancy.gate import requires
from tenancy.selectors import member_names

ADMINISTRATORS = frozenset({SCH, DST})


@require_GET
@requires(*READ)
def policies(request: PageRequest) -> HttpResponse:
    context = {
        "policies": policy_list(request.actor),
        "may_draft": may_at_all(request.actor, *DRAFT),
        "may_see_jobs": request.actor.has(DST),
    }
    return render(request, "reporting/policies/list.html", context)


@require_GET
@requires(*READ)
@page_errors
def policy(request: PageRequest, policy_id: UUID) -> HttpResponse:
    return render(request, "reporting/policies/policy.html", {"page": policy_page(request.actor, policy_id)})


@require_http_methods(["GET", "POST"])
@requires(*DRAFT, ADMINISTRATORS)
@page_errors
def new_policy(request: PageRequest) -> HttpResponse:
    problems: Problems = {}
    if request.method == "POST":
        made, problems = create_from_form(request.actor, request.POST)
        if made is not None:
            drafts.open_draft(request.actor, policy=made)
            return redirect("policy_draft", made.public_id)
    context = {
        "places": places_for(request.actor),
        "is_district": request.actor.has(DST),
        "values": request.POST,
        "problems": problems,
    }
    return render(request, "reporting/policies/new.html", context, status=422 if problems else 200)


@require_POST
@requires(*DRAFT, ADMINISTRATORS)
@page_errors
def open_draft(request: PageRequest, policy_id: UUID) -> HttpResponse:
    drafts.open_draft(request.actor, policy=visible_policy(request.actor, policy_id, DRAFT))
    return redirect("policy_draft", policy_id)


@require_http_methods(["GET", "POST"])
@requires(*DRAFT, ADMINISTRATORS)
@page_errors
def policy_draft(request: PageRequest, policy_id: UUID) -> HttpResponse:
    draft = draft_of(request.actor, policy_id)
    if request.method == "GET":
        return _editor(request, draft, values_of(content_of_draft(draft)), {})
    saved = save_editor(request.actor, draft, request.POST)
    if saved.problems:
        return _editor(request, draft, request.POST, saved.problems, status=422)
    if saved.theirs is not None and saved.mine is not None:
        changes = differences(content_of_draft(saved.theirs), saved.mine)
        return _editor(request, saved.theirs, request.POST, {}, status=409, conflict={"changes": changes})
    messages.success(request, _("Saved. Nobody's level has changed."))
    return redirect("policy_draft", policy_id)


def _editor(
    request: PageRequest,
    draft: PolicyDraft,
    values: Values,
    problems: dict[str, str],
    status: int = 200,
    conflict: dict[str, object] | None = None,
) -> HttpResponse:
    people = member_names([draft.edited_by_id, draft.proposed_by_id])
    context = {
        "draft": draft,
        "row": draft_row(draft, people),
        "place": place_words(draft.policy)[1],
        "editor": editor_of(values, problems),
        "seen": draft.edited_at.isoformat(),
        "number": content_in_force(draft.policy)[1],
        "panel": panel_of(draft),
        "conflict": conflict,
        "may_publish": request.actor.has(DST),
    }
    return render(request, "reporting/policies/draft.html", context, status=status)


@require_POST
@requires(*DRAFT, ADMINISTRATORS)
@page_errors
def discard_draft(request: PageRequest, policy_id: UUID) -> HttpResponse:
    drafts.discard_draft(request.actor, draft=draft_of(request.actor, policy_id))
    messages.success(request, _("Discarded. What is in force stays in force."))
    return redirect("policy", policy_id)


@require_GET
@requires(*DRAFT, ADMINISTRATORS)
@page_errors
def compare(request: PageRequest, policy_id: UUID) -> HttpResponse:
    return render(request, "reporting/policies/compare.html", _side_by_side(draft_of(request.actor, policy_id)))


def _side_by_side(draft: PolicyDraft) -> dict[str, object]:
    """What every page on the way to publication shows: the differences and what they would mean."""
    before, number = content_in_force(draft.policy)
    after = content_of_draft(draft)
    people = member_names([draft.edited_by_id, draft.proposed_by_id])
    return {
        "draft": draft,
        "row": draft_row(draft, people),
        "place": place_words(draft.policy)[1],
        "number": number,
        "changes": differences(before, after) if before else [],
        "is_first": before is None,
        "panel": panel_of(draft),
    }


@require_http_methods(["GET", "POST"])
@requires(*PUBLISH, ADMINISTRATORS)
@page_errors
def propose(request: PageRequest, policy_id: UUID) -> HttpResponse:
    draft = draft_of(request.actor, policy_id)
    problems: Problems = {}
    if request.method == "POST":
        _has_been_tried(draft)
        problems = propose_from_form(request.actor, draft, request.POST)
        if not problems:
            messages.success(request, _("Proposed. A second person has 72 hours to approve it."))
            return redirect("policy", policy_id)
    extra = {"values": request.POST, "problems": problems, "seen": draft.edited_at.isoformat()}
    context = {**_side_by_side(draft), **extra}
    return render(request, "reporting/policies/propose.html", context, status=422 if problems else 200)


def _has_been_tried(draft: PolicyDraft) -> None:
    """A change of policy is previewed before it is published."""
    try:
        done_trial(draft)
    except NotFound as error:
        raise Conflict(_("Work out first what this draft would mean. Then propose it")) from error


@require_http_methods(["GET", "POST"])
@requires(*PUBLISH, ADMINISTRATORS)
@page_errors
def approve(request: PageRequest, policy_id: UUID) -> HttpResponse:
    draft = draft_of(request.actor, policy_id)
    if draft.proposed_at is None:
        raise NotFound
    is_mine_to_approve = can(request.actor, *PUBLISH, draft)
    if request.method == "POST":
        if not is_mine_to_approve and draft.is_proposed:
            raise Refused(_("You proposed this yourself. A second person has to approve it"))
        version = drafts.approve(request.actor, draft=draft, seen=read_moment(request.POST.get("seen", "")))
        messages.success(request, _("Version %(n)d is published.") % {"n": version.number})
        return redirect("policy", policy_id)
    context = {**_side_by_side(draft), "may_approve": is_mine_to_approve, "seen": draft.proposed_at.isoformat()}
    return render(request, "reporting/policies/approve.html", context)


@require_POST
@requires(*DRAFT, ADMINISTRATORS)
@page_errors
def withdraw_proposal(request: PageRequest, policy_id: UUID) -> HttpResponse:
    drafts.withdraw_proposal(request.actor, draft=draft_of(request.actor, policy_id))
    messages.success(request, _("The proposal is withdrawn. You can edit the draft again."))
    return redirect("policy_draft", policy_id)
