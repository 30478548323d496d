"""Pages of guardians and learners: read-only."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from reporting.levels import ALL_WORDS
from reporting.pages import PageRequest, page_errors
from reporting.portal import my_learners, portrait
from tenancy.actor import GRD, LRN
from tenancy.gate import requires

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
    context = {"page": page, "children": my_learners(request.actor), "all_levels": ALL_WORDS}
    return render(request, "reporting/child.html", context)


@require_GET
@requires("Current level", "read", LEARNERS)
@page_errors
def me(request: PageRequest) -> HttpResponse:
    return render(request, "reporting/me.html", {"page": portrait(request.actor), "all_levels": ALL_WORDS})
