"""Full page or fragment: one helper decides. A fragment is a named partial inside its page's template."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from milestones.flags import SET_BY_TEACHER
from reporting.learner_page import learner_milestone
from reporting.levels import WORDS


def is_fragment(request: HttpRequest) -> bool:
    """A part of the page is wanted. Going back in the browser asks for the whole page, though by htmx."""
    headers = request.headers
    wants_page = headers.get("HX-Boosted") or headers.get("HX-History-Restore-Request")
    return bool(headers.get("HX-Request")) and not wants_page


def partial_or_page(
    request: HttpRequest, template: str, partial: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The partial for a fragment request, the whole page otherwise."""
    name = f"{template}#{partial}" if is_fragment(request) else template
    response = render(request, name, {**context, "is_fragment": is_fragment(request)}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def level_changed(request: HttpRequest, learner_id: UUID, milestone_id: UUID, text: str) -> HttpResponse:
    """After a write: the panel with the new level, and the news for the grid's cell; without script, the page."""
    address = reverse("learner_milestone", args=[learner_id, milestone_id])
    if not is_fragment(request):
        messages.success(request, text)
        return redirect(address)
    page = learner_milestone(request.actor, learner_id, milestone_id, is_panel=True)  # type: ignore[attr-defined]
    context = {"page": page, "is_fragment": True, "saved": text}
    response = render(request, "reporting/learner_milestone.html#panel", context)
    word = WORDS[page.level]
    news = {"path": address, "level": word.key, "letter": str(word.letter), "name": str(word.name)}
    news["pin"] = _("set by teacher") if SET_BY_TEACHER in page.flags else ""
    response["HX-Trigger"] = json.dumps({"level-changed": news})
    return response
