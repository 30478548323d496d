"""Learning labs and block sessions. Each view: parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions.blocks import make_groups_of_next, plan_block, remove_block
from interventions.models.sessions import DATES
from reporting.form_problems import add_problems
from reporting.labs.forms import BlockForm, suggested
from reporting.labs.page import groups_in, lab_page, labs_page, visible_block
from reporting.pages import PageRequest, page_errors
from reporting.reach import visible_section
from tenancy.access import may_at_all
from tenancy.errors import Invalid
from tenancy.gate import requires

UPDATE = (DATES, "update")


@require_GET
@requires(DATES, "read")
@page_errors
def labs(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, DATES)
    context = {"page": labs_page(request.actor, section), "may_plan": may_at_all(request.actor, *UPDATE)}
    return render(request, "labs/labs.html", context)


@require_POST
@requires(*UPDATE)
@page_errors
def make_groups(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *UPDATE)
    made = len(make_groups_of_next(request.actor, section=section))
    messages.success(request, ngettext("%(n)d group is made.", "%(n)d groups are made.", made) % {"n": made})
    return redirect("labs", section_id=section_id)


@require_http_methods(["GET", "POST"])
@requires(*UPDATE)
@page_errors
def plan(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *UPDATE)
    following = [one.milestone for one in labs_page(request.actor, section).following]
    sent = request.POST if request.method == "POST" else None
    initial = suggested([(one.public_id, one.title) for one in following]) | {"on": request.actor.today}
    form = BlockForm(sent, groups_in(section), following, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            block = plan_block(request.actor, section=section, **form.says)
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The session is planned."))
            return redirect("lab", block_id=block.public_id)
    return render(request, "labs/plan.html", {"section": section, "form": form}, status=422 if form.errors else 200)


@require_GET
@requires(DATES, "read")
@page_errors
def lab(request: PageRequest, block_id: UUID) -> HttpResponse:
    block = visible_block(request.actor, block_id)
    context = {"page": lab_page(request.actor, block), "may_plan": may_at_all(request.actor, *UPDATE)}
    return render(request, "labs/lab.html", context)


@require_POST
@requires(*UPDATE)
@page_errors
def remove(request: PageRequest, block_id: UUID) -> HttpResponse:
    block = visible_block(request.actor, block_id, "update")
    remove_block(request.actor, block=block)
    messages.success(request, _("The session is taken away. Groups and evidence stay."))
    return redirect("labs", section_id=block.section.public_id)
