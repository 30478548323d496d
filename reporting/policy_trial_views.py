"""Pages of a trial: how far it is, its result, who would move, and one learner both ways."""

import re
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milestones.trials import cancel_trial, newest_trial
from reporting.htmx import partial_or_page
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.policy_pages import DRAFT, content_in_force, draft_of
from reporting.policy_trial_page import NAMES, WAYS, done_trial, find_learners, one_learner, panel_of, who_moves
from reporting.policy_views import ADMINISTRATORS
from tenancy.audit import record_audit
from tenancy.errors import NotFound
from tenancy.gate import requires

DIGITS = re.compile(r"[0-9]{1,6}")


@require_GET
@requires(*DRAFT, ADMINISTRATORS)
@page_errors
def trial(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """The panel; asked for every two seconds while a worker is at it."""
    draft = draft_of(request.actor, policy_id)
    context = {"draft": draft, "panel": panel_of(draft), "number": content_in_force(draft.policy)[1]}
    return partial_or_page(request, "reporting/policies/trial.html", "panel", context)


@require_POST
@requires(*DRAFT, ADMINISTRATORS)
@page_errors
def cancel(request: PageRequest, policy_id: UUID) -> HttpResponse:
    draft = draft_of(request.actor, policy_id)
    found = newest_trial(draft.policy_id)
    if found is None:
        raise NotFound
    cancel_trial(request.actor, trial=found)
    messages.success(request, _("Stopped. Nothing was changed."))
    return redirect("policy_draft", policy_id)


@require_GET
@requires(*NAMES, ADMINISTRATORS)
@page_errors
def who(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """Names behind a figure: a drill-down, so it is written down who looked and why."""
    draft = draft_of(request.actor, policy_id)
    way = request.GET.get("way", "down")
    number = request.GET.get("page", "")
    page = who_moves(
        request.actor, draft, way if way in WAYS else "down", int(number) if DIGITS.fullmatch(number) else 1
    )
    detail = {"why": "policy_trial", "learners": len({row.learner_id for row in page.rows})}
    record_audit(request.actor, "policy.trial_names", target=done_trial(draft), detail=detail)
    context = {"draft": draft, "page": page, "way": way, "number": content_in_force(draft.policy)[1]}
    return render(request, "reporting/policies/who.html", context)


@require_GET
@requires(*NAMES, ADMINISTRATORS)
@page_errors
def learners(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """Choosing the learner to compare."""
    draft, text = draft_of(request.actor, policy_id), request.GET.get("q", "")[:60]
    context = {"draft": draft, "text": text, "found": find_learners(request.actor, text)}
    return render(request, "reporting/policies/learners.html", context)


@require_GET
@requires(*NAMES, ADMINISTRATORS)
@page_errors
def learner(request: PageRequest, policy_id: UUID, learner_id: UUID) -> HttpResponse:
    draft = draft_of(request.actor, policy_id)
    page = one_learner(request.actor, draft, learner_id, read_uuid(request.GET.get("competency")))
    record_audit(request.actor, "policy.trial_learner", target=page.learner, detail={"why": "policy_trial"})
    return render(request, "reporting/policies/learner.html", {"draft": draft, "page": page})
