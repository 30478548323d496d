"""Pages to read: frameworks, a framework's tree, a competency."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reporting.curriculum.browse import Asked, framework_rows, outline
from reporting.curriculum.competency_page import competency_page
from reporting.curriculum.hints import hint_for
from reporting.curriculum.rights import READ, may_edit
from reporting.pages import PageRequest, page_errors, read_uuid
from tenancy.actor import DST
from tenancy.gate import requires


@require_GET
@requires(*READ)
def frameworks(request: PageRequest) -> HttpResponse:
    context = {
        "frameworks": framework_rows(request.actor),
        "may_edit": may_edit(request.actor),
        "may_set_figures": request.actor.has(DST),
    }
    return render(request, "curriculum/frameworks.html", context)


@require_GET
@requires(*READ)
@page_errors
def framework(request: PageRequest, framework_id: UUID) -> HttpResponse:
    text, grade = request.GET.get("q", "").strip()[:100], request.GET.get("grade", "").strip()[:20]
    asked = Asked(text, grade, read_uuid(request.GET.get("open")))
    page = outline(request.actor, framework_id, asked)
    context = {"page": page, "asked": asked, "may_edit": may_edit(request.actor)}
    return render(request, "curriculum/framework.html", context)


@require_GET
@requires(*READ)
@page_errors
def competency(request: PageRequest, competency_id: UUID) -> HttpResponse:
    page = competency_page(request.actor, competency_id)
    hint = hint_for(page.competency.statement, page.competency.framework) if may_edit(request.actor) else ""
    context = {"page": page, "may_edit": may_edit(request.actor), "hint": hint}
    return render(request, "curriculum/competency.html", context)
