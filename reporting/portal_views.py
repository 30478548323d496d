"""The page of a learner: read-only."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reporting.asking.page import asked_lately
from reporting.learning.page import notes_of
from reporting.learning.steps import steps_by_milestone
from reporting.levels import ALL_WORDS
from reporting.library.giving_page import to_do
from reporting.pages import PageRequest, page_errors
from reporting.planning.on_the_way import long_goals
from reporting.planning.own_goals import own_goals
from reporting.planning.rights import own_record
from reporting.portal import portrait
from reporting.recognition.page import recognition_of
from reporting.tasks.another_try import reasons_to_wait
from reporting.tutoring.page import my_pairs
from tenancy.actor import LRN
from tenancy.gate import requires

DIRECTORY = ("Learner directory fields", "read")
LEARNERS = frozenset({LRN})


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
    steps = steps_by_milestone(request.actor, learner.pk, [one.milestone_id for one in page.next_steps])
    context = {
        "steps": steps, "notes": notes_of(request.actor, learner.pk),
        "page": page, "seen": seen, "all_levels": ALL_WORDS, "goals": goals, "waits": waits, "far": far,
        "given": to_do(request.actor, learner.pk), "asked": asked_lately(request.actor, learner.pk),
        "pairs": my_pairs(request.actor),
    }  # fmt: skip
    return render(request, "reporting/me.html", context)
