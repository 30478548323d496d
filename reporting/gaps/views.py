"""Groups by shared gap. Each view: parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from interventions.grouping import OPEN, make_group_of_gap
from interventions.joining import renew_group
from interventions.models.plans import CASE
from reporting.gaps.page import GRID, gaps_page, group_board, my_sections
from reporting.pages import PageRequest, page_errors, read_uuid
from tenancy.actor import TCH
from tenancy.errors import NotFound
from tenancy.gate import requires

FOR = frozenset({TCH})


@require_GET
@requires(CASE, "read", roles=FOR)
@page_errors
def gaps(request: PageRequest) -> HttpResponse:
    page = gaps_page(request.actor, read_uuid(request.GET.get("class")))
    return render(request, "gaps/gaps.html", {"page": page})


@require_POST
@requires(CASE, OPEN, roles=FOR)
@page_errors
def make(request: PageRequest) -> HttpResponse:
    milestone, competency = (read_uuid(request.POST.get(name)) for name in ("milestone", "competency"))
    learners = [key for key in map(read_uuid, request.POST.getlist("learner")) if key is not None]
    if milestone is None or competency is None:
        raise NotFound
    group = make_group_of_gap(
        request.actor, section_ids=list(my_sections(request.actor)), milestone=milestone, competency=competency,
        learners=learners,
    )  # fmt: skip
    messages.success(request, _("The group “%(name)s” is made, with a plan for each learner.") % {"name": group.name})
    return redirect("group_board", group_id=group.public_id)


@require_POST
@requires(CASE, OPEN, roles=FOR)
@page_errors
def renew(request: PageRequest, group_id: UUID) -> HttpResponse:
    was = renew_group(request.actor, section_ids=list(my_sections(request.actor)), group_id=group_id)
    left, joined = len(was.there), len(was.others)
    texts = [_("The group “%(name)s” is renewed.") % {"name": was.group.name}]
    if left:
        texts.append(ngettext("%(n)d has left it.", "%(n)d have left it.", left) % {"n": left})
    if joined:
        texts.append(ngettext("%(n)d has joined.", "%(n)d have joined.", joined) % {"n": joined})
    messages.success(request, " ".join(texts))
    return redirect("gaps")


@require_GET
@requires(*GRID, roles=FOR)
@page_errors
def board(request: PageRequest, group_id: UUID) -> HttpResponse:
    return render(request, "gaps/board.html", {"board": group_board(request.actor, group_id)})
