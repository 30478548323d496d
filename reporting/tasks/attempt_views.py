"""Pages of one attempt, for its teachers and for the learner."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments import marking
from assessments.assessing import HAND_IN, JUDGE, READ
from assessments.attempts import LONGEST_WORK, ask_again, cancel_attempt, hand_in, mark_handed_in
from assessments.marking import LONGEST_FEEDBACK, Judgement
from assessments.models import Attempt
from assessments.pieces import MOST_HINTS, MOST_MINUTES
from assessments.practice import start_practice
from assessments.self_assessment import assess_own_work
from reporting.form_problems import Problems, problems_of
from reporting.pages import PageRequest, page_errors
from reporting.tasks import my_work as pages
from reporting.tasks.another_try import check_may_ask
from reporting.tasks.attempt_page import SECOND, attempt_page, visible_attempt
from reporting.tasks.texts import read_levels, read_version, text_of, whole_of
from tenancy.actor import LRN
from tenancy.errors import Conflict, Invalid, Refused
from tenancy.gate import requires

LEARNERS = frozenset({LRN})


@require_GET
@requires(*READ)
@page_errors
def attempt(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    return _attempt(request, attempt_id)


def _attempt(
    request: PageRequest, attempt_id: UUID, problems: Problems | None = None, status: int = 200
) -> HttpResponse:
    page = attempt_page(request.actor, attempt_id)
    typed = {"levels": read_levels(request.POST), "values": request.POST, "is_typed": request.method == "POST"}
    return render(request, "tasks/attempt.html", {"page": page, "problems": problems or {}, **typed}, status=status)


@require_POST
@requires(*JUDGE)
@page_errors
def mark(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    row = visible_attempt(request.actor, attempt_id, JUDGE)
    judgement, problems = _read(request.POST)
    if problems:
        return _attempt(request, attempt_id, problems, 422)
    try:
        text = _act(request, row, judgement)
    except Invalid as error:
        return _attempt(request, attempt_id, problems_of(error), 422)
    except (Conflict, Refused) as error:
        return _attempt(request, attempt_id, {"form": error.message}, error.status)
    messages.success(request, text)
    return redirect("attempt", attempt_id)


def _act(request: PageRequest, row: Attempt, judgement: Judgement) -> str:
    """Which button was pressed. Gives what to say afterwards."""
    actor, version, what = request.actor, read_version(request.POST), request.POST.get("do", "")
    if what == "revise":
        marking.send_back(actor, attempt=row, feedback=judgement.feedback, version=version)
        return _("Sent back. The learner reads your feedback now.")
    if what == "part":
        marking.save_part(actor, attempt=row, judgement=judgement, version=version)
        return _("Saved. It awaits judgement.")
    if what == SECOND:
        done = marking.mark_second(actor, attempt=row, levels=judgement.levels, version=version)
        is_judged = done.state == Attempt.State.JUDGED
        return _("Saved. Both agree, so it is judged.") if is_judged else _("Saved. Both are shown now.")
    do: Callable[..., Attempt] = marking.settle if what == "settle" else marking.judge
    done = do(actor, attempt=row, judgement=judgement, version=version)
    if done.state != Attempt.State.JUDGED:
        return _("Saved. A second teacher marks it now.")
    return _("Judged. The learner sees it when you release the task.")


def _read(values: Any) -> tuple[Judgement, Problems]:
    problems: Problems = {}
    feedback = text_of(values, "feedback", LONGEST_FEEDBACK, problems)
    text, points = str(values.get("points", "")).strip().replace(",", "."), None
    if text:
        try:
            points = Decimal(text)
            if not points.is_finite() or abs(points) > 99999:
                raise InvalidOperation
            points = points.quantize(Decimal("0.001"))
        except InvalidOperation:
            problems["points"] = _("The points were “%(text)s”. Enter a number, like 7.5") % {"text": text[:20]}
            points = None
    hints = whole_of(values, "hints", MOST_HINTS, problems) or 0
    minutes = whole_of(values, "minutes", MOST_MINUTES, problems)
    return Judgement(read_levels(values), points, feedback, hints, minutes), problems


@require_POST
@requires(*JUDGE)
@page_errors
def attempt_state(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    row, version = visible_attempt(request.actor, attempt_id, JUDGE), read_version(request.POST)
    if request.POST.get("to") == "cancelled":
        cancel_attempt(request.actor, attempt=row, version=version)
        messages.success(request, _("Cancelled. Its form counts as seen."))
    else:
        mark_handed_in(request.actor, attempt=row, version=version)
        messages.success(request, _("Noted as handed in."))
    return redirect("attempt", attempt_id)


@require_GET
@requires(*READ, LEARNERS)
def my_work(request: PageRequest) -> HttpResponse:
    return render(request, "tasks/my_work.html", {"page": pages.my_work(request.actor)})


@require_POST
@requires(*HAND_IN, LEARNERS)
@page_errors
def take_practice(request: PageRequest, task_id: UUID) -> HttpResponse:
    attempt = start_practice(request.actor, learner=pages.my_learner(request.actor), task_id=task_id)
    return redirect("my_attempt", attempt.public_id)


@require_GET
@requires(*READ, LEARNERS)
@page_errors
def my_attempt(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    return _mine(request, attempt_id, {})


def _mine(request: PageRequest, attempt_id: UUID, problems: Problems, status: int = 200) -> HttpResponse:
    context = {"page": pages.my_attempt(request.actor, attempt_id), "problems": problems, "values": request.POST}
    return render(request, "tasks/my_attempt.html", context, status=status)


@require_POST
@requires(*HAND_IN, LEARNERS)
@page_errors
def hand_in_work(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    row = visible_attempt(request.actor, attempt_id, HAND_IN)
    problems: Problems = {}
    work = text_of(request.POST, "work", LONGEST_WORK, problems)
    if not work and not problems:
        problems["work"] = _("Write your work here, or paste a link to it")
    if problems:
        return _mine(request, attempt_id, problems, 422)
    try:
        hand_in(request.actor, attempt=row, work=work, version=read_version(request.POST))
    except Conflict as error:
        return _mine(request, attempt_id, {"work": error.message}, 409)
    messages.success(request, _("Handed in. Your teacher looks at it now."))
    return redirect("my_attempt", attempt_id)


@require_POST
@requires(*HAND_IN, LEARNERS)
@page_errors
def my_own_view(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    row = visible_attempt(request.actor, attempt_id, HAND_IN)
    try:
        assess_own_work(request.actor, attempt=row, levels=read_levels(request.POST))
    except Invalid as error:
        return _mine(request, attempt_id, problems_of(error), 422)
    messages.success(request, _("Saved. Your teacher sees it beside their own. It does not change your level."))
    return redirect("my_attempt", attempt_id)


@require_http_methods(["POST"])
@requires(*HAND_IN, LEARNERS)
@page_errors
def ask_for_another_try(request: PageRequest, milestone_id: UUID) -> HttpResponse:
    learner = pages.my_learner(request.actor)
    keys = pages.competencies_to_ask(request.actor, learner, milestone_id)
    check_may_ask(request.actor, learner.public_id, milestone_id)
    note = text_of(request.POST, "note", 500, {})[:500]
    n = ask_again(request.actor, learner=learner, competency_ids=keys, note=note)
    messages.success(
        request, _("Asked. Your teacher sees it now.") if n else _("You asked before. Your teacher has it.")
    )
    return redirect("my_work")
