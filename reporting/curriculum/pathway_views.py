"""A learner's pathway, for the teacher who plans it and for the learner."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from learners.working_levels import set_working_level
from milestones.routes import MOVES, NEXT, move_on_route
from reporting.curriculum.pathway_page import Asked, my_pathway_page, pathway_page
from reporting.curriculum.rights import DATES, LEVELS, PLAN, visible_competency
from reporting.form_problems import problems_of
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.reach import visible_learner
from tenancy.actor import LRN
from tenancy.errors import Invalid, NotFound
from tenancy.gate import requires


def _asked(request: PageRequest) -> Asked:
    text = request.GET.get("framework", "")
    wanted = read_uuid(text)
    if text and wanted is None:
        raise NotFound
    return Asked(wanted, request.GET.get("grade", "").strip()[:20])


@require_GET
@requires(*DATES)
@page_errors
def pathway(request: PageRequest, learner_id: UUID) -> HttpResponse:
    context = {"page": pathway_page(request.actor, learner_id, _asked(request)), "problems": {}}
    return render(request, "curriculum/pathway.html", context)


@require_POST
@requires(*PLAN)
@page_errors
def move_step(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *PLAN)
    wanted, move = read_uuid(request.POST.get("competency")), request.POST.get("move", "")
    if wanted is None or move not in MOVES:
        raise NotFound
    competency = visible_competency(request.actor, wanted)
    move_on_route(request.actor, learner=learner, competency=competency, move=move)
    said = _("%(code)s comes next.") if move == NEXT else _("Saved: the place of %(code)s.")
    messages.success(request, said % {"code": competency})
    return redirect(f"{reverse('pathway', args=[learner_id])}?framework={competency.framework.public_id}")


@require_POST
@requires(*PLAN)
@page_errors
def working_level(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *PLAN)
    values = {name: request.POST.get(name, "").replace("\x00", "") for name in ("subject", "grade", "note")}
    try:
        set_working_level(request.actor, learner=learner, **values)
    except Invalid as error:
        page = pathway_page(request.actor, learner_id, _asked(request))
        context = {"page": page, "problems": problems_of(error)}
        return render(request, "curriculum/pathway.html", {**context, "values": values}, status=422)
    messages.success(request, _("Saved. The pathway follows the working level."))
    asked = request.GET.urlencode()
    return redirect(f"{reverse('pathway', args=[learner_id])}{'?' + asked if asked else ''}")


@require_GET
@requires(*LEVELS, frozenset({LRN}))
@page_errors
def my_pathway(request: PageRequest) -> HttpResponse:
    return render(request, "curriculum/my_pathway.html", {"page": my_pathway_page(request.actor, _asked(request))})
