"""Pages of guardians and learners: read-only."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from reporting.asking.page import asked_lately
from reporting.levels import ALL_WORDS
from reporting.library.giving_page import seen_at_home, to_do
from reporting.pages import PageRequest, page_errors
from reporting.planning.on_the_way import long_goals
from reporting.planning.own_goals import own_goals
from reporting.planning.rights import own_record
from reporting.portal import my_learners, portrait
from reporting.reach import visible_learner
from reporting.recognition.page import recognition_of
from reporting.tasks.another_try import reasons_to_wait
from reporting.tutoring.page import my_pairs
from tenancy.actor import GRD, LRN
from tenancy.gate import requires

DIRECTORY = ("Learner directory fields", "read")
GUARDIANS, LEARNERS = frozenset({GRD}), frozenset({LRN})


@require_GET
@requires("Current level", "read", GUARDIANS)
@page_errors
def family(request: PageRequest) -> HttpResponse:
    children = my_learners(request.actor)
    if len(children) == 1:
        return redirect("child", children[0].public_id)
    return render(request, "reporting/family.html", {"children": children})


@require_GET
@requires("Current level", "read", GUARDIANS)
@page_errors
def child(request: PageRequest, learner_id: UUID) -> HttpResponse:
    page = portrait(request.actor, learner_id)
    learner = visible_learner(request.actor, learner_id, *DIRECTORY)
    goals = own_goals(request.actor, learner.pk, is_staff=False)
    seen = recognition_of(request.actor, learner_id)
    context = {
        "page": page, "seen": seen, "children": my_learners(request.actor), "all_levels": ALL_WORDS, "goals": goals,
        "given": seen_at_home(request.actor, learner.pk),
    }  # fmt: skip
    return render(request, "reporting/child.html", context)


@require_GET
@requires("Current level", "read", LEARNERS)
@page_errors
def me(request: PageRequest) -> HttpResponse:
    learner = own_record(request.actor, DIRECTORY)
    goals = own_goals(request.actor, learner.pk, is_staff=False)
    page = portrait(request.actor)
    seen = recognition_of(request.actor, page.child.public_id)
    waits = reasons_to_wait(request.actor, page.child.public_id, [one.milestone_id for one in page.next_steps])
    far = long_goals(request.actor, learner, page.released)
    context = {
        "page": page, "seen": seen, "all_levels": ALL_WORDS, "goals": goals, "waits": waits, "far": far,
        "given": to_do(request.actor, learner.pk), "asked": asked_lately(request.actor, learner.pk),
        "pairs": my_pairs(request.actor),
    }  # fmt: skip
    return render(request, "reporting/me.html", context)
