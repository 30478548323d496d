"""What a learner chose about something that was given or offered."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from interventions.giving import CHOOSE, Choice
from interventions.giving import choose as choose_service
from reporting.pages import PageRequest, page_errors
from tenancy.actor import LRN
from tenancy.gate import requires


@require_POST
@requires(*CHOOSE, roles=frozenset({LRN}))
@page_errors
def choose(request: PageRequest, use_id: UUID) -> HttpResponse:
    use = choose_service(request.actor, use_id=use_id, choice=request.POST.get("choice", ""))
    said = {
        Choice.TAKEN: _("Good. It is on your list."),
        Choice.DECLINED: _("That is fine. You can change your mind on the page of the milestone."),
        Choice.DONE: _("Well done. Your teacher sees it."),
    }
    messages.success(request, said[Choice(use.choice)])
    return redirect("me")
