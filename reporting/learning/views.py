"""A learner's milestones and goals. Each view: parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milestones.goal_notes import WRITE, add_note, change_note
from milestones.models import GOAL_NOTE, GoalNote
from reporting.form_problems import problems_of
from reporting.learning.page import DIRECTORY, my_goals, my_milestones
from reporting.levels import ALL_WORDS
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.planning.rights import own_record
from tenancy.actor import LRN
from tenancy.errors import Conflict, Invalid, NotFound
from tenancy.gate import requires

LEARNERS = frozenset({LRN})


@require_GET
@requires("Current level", "read", LEARNERS)
@page_errors
def milestones(request: PageRequest) -> HttpResponse:
    context = {"page": my_milestones(request.actor), "all_levels": ALL_WORDS}
    return render(request, "learning/milestones.html", context)


@require_http_methods(["GET", "POST"])
@requires(GOAL_NOTE, "read", LEARNERS)
@page_errors
def goals(request: PageRequest) -> HttpResponse:
    learner = own_record(request.actor, DIRECTORY if request.method == "GET" else WRITE)
    sent = {name: request.POST.get(name, "") for name in ("goal", "kind", "text")}
    problems: dict[str, str] = {}
    if request.method == "POST":
        goal, shared = read_uuid(sent["goal"]), "is_shared" in request.POST
        if goal is None:
            raise NotFound
        try:
            add_note(
                request.actor, learner=learner, milestone_id=goal, kind=sent["kind"], text=sent["text"],
                is_shared=shared,
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            problems = problems_of(error)
        else:
            messages.success(request, _("Written down."))
            return redirect("my_goals")
    context = {"goals": my_goals(request.actor, learner), "kinds": GoalNote.Kind.choices, "problems": problems}
    return render(request, "learning/goals.html", {**context, "sent": sent}, status=422 if problems else 200)


@require_POST
@requires(*WRITE, LEARNERS)
@page_errors
def change(request: PageRequest, note_id: UUID) -> HttpResponse:
    change_note(request.actor, note_id=note_id, doing=request.POST.get("doing", ""))
    return redirect("my_goals")
