"""The map of prerequisites."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reporting.curriculum.map_page import MOST, Asked, map_page
from reporting.curriculum.map_svg import map_svg
from reporting.curriculum.rights import READ
from reporting.levels import ALL_WORDS
from reporting.pages import PageRequest, page_errors, read_uuid
from tenancy.errors import NotFound
from tenancy.gate import requires


@require_GET
@requires(*READ)
@page_errors
def competency_map(request: PageRequest, framework_id: UUID) -> HttpResponse:
    asked = Asked(_wanted(request, "root"), request.GET.get("grade", "").strip()[:20], _wanted(request, "learner"))
    page = map_page(request.actor, framework_id, asked)
    context = {"page": page, "picture": map_svg(page), "most": MOST, "all_levels": ALL_WORDS}
    return render(request, "curriculum/map.html", context)


def _wanted(request: PageRequest, name: str) -> UUID | None:
    """Something that is no id is as hidden as an id of nothing."""
    text = request.GET.get(name, "")
    found = read_uuid(text)
    if text and found is None:
        raise NotFound
    return found
