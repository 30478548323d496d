"""Setting a level by hand, and ending that."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milestones.overrides import ROW, end_override, set_override
from reporting.htmx import level_changed, partial_or_page
from reporting.override_forms import EndForm, OverrideForm
from reporting.override_page import OverridePage, override_page, override_to_end
from reporting.pages import PageRequest, page_errors, read_uuid
from tenancy.errors import Conflict
from tenancy.gate import requires


@require_http_methods(["GET", "POST"])
@requires(*ROW)
@page_errors
def set_level(request: PageRequest, learner_id: UUID, milestone_id: UUID) -> HttpResponse:
    wanted = read_uuid(request.GET.get("section"))
    page = override_page(request.actor, learner_id, milestone_id, wanted)
    data = request.POST if request.method == "POST" else None
    form = OverrideForm(data, page=page, today=request.actor.today)
    if data is None or not form.is_valid():
        return _form(request, page, form, 422 if form.is_bound else 200)
    try:
        _set(request, page, form.cleaned_data)
    except Conflict as error:
        # Both are shown, and what was typed is kept: saving again follows the other one.
        page = override_page(request.actor, learner_id, milestone_id, wanted)
        again = OverrideForm(_with_seen(data, page), page=page, today=request.actor.today)
        again.add_error(None, error.message)
        return _form(request, page, again, 409)
    return level_changed(request, learner_id, milestone_id, _("Saved. The level that you set holds."))


def _set(request: PageRequest, page: OverridePage, values: dict[str, Any]) -> None:
    set_override(
        request.actor,
        place=page.place(values["thing"]),
        level=values["level"],
        reason=values["reason"],
        until=values["until"],
        seen=values["seen"],
    )


def _with_seen(data: Any, page: OverridePage) -> Any:
    values = data.copy()
    values["seen"] = " ".join(str(row.public_id) for row in page.standing)
    return values


def _form(request: PageRequest, page: OverridePage, form: OverrideForm, status: int) -> HttpResponse:
    return partial_or_page(request, "reporting/set_level.html", "form", {"page": page, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@requires(*ROW)
@page_errors
def end_level(request: PageRequest, learner_id: UUID, milestone_id: UUID, override_id: UUID) -> HttpResponse:
    override = override_to_end(request.actor, learner_id, milestone_id, override_id)
    form = EndForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"override": override, "form": form, "learner_id": learner_id, "milestone_id": milestone_id}
        return render(request, "reporting/end_level.html", context, status=422 if form.is_bound else 200)
    end_override(request.actor, override=override, reason=form.cleaned_data["reason"])
    return level_changed(request, learner_id, milestone_id, _("Ended. The level follows the rule again."))
