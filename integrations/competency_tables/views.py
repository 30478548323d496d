"""Pages of tables: a framework as a file, an upload, its preview, saving it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from integrations.competency_tables.export import TYPES, framework_file
from integrations.competency_tables.importing import KINDS, keep_upload, preview_of, read_file, save_found
from integrations.competency_tables.sheet import MOST_BYTES, MOST_ROWS, TableRefused, check_size
from integrations.models import CurriculumUpload
from reporting.curriculum.rights import EDIT, EDITORS, PUBLISH, READ, frameworks_for, visible_framework
from reporting.form_problems import problems_of
from reporting.pages import PageRequest, page_errors, read_uuid
from tenancy.access import may_at_all, would_gain
from tenancy.errors import Conflict, DomainError, Invalid, NotFound, problem
from tenancy.gate import requires
from tenancy.step_up import prove_again

SHOWN = 100
NEW = "new"


@require_GET
@requires(*READ)
@page_errors
def export(request: PageRequest, framework_id: UUID, kind: str) -> HttpResponse:
    if kind not in TYPES:
        raise NotFound
    framework = visible_framework(request.actor, framework_id)
    data = framework_file(request.actor, framework_id, kind)
    name = slugify(framework.title)[:60] or "competencies"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=TYPES[kind], headers=headers)


@require_http_methods(["GET", "POST"])
@requires(*EDIT, EDITORS)
@page_errors
def upload(request: PageRequest) -> HttpResponse:
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            kept = _keep(request)
        except Invalid as error:
            problems = problems_of(error)
        except TableRefused as error:
            problems = {"file": error.message}
        else:
            return redirect("curriculum_preview", kept.public_id)
    frameworks = list(frameworks_for(request.actor).order_by("title", "id"))
    context = {
        "frameworks": frameworks, "problems": problems, "values": request.POST, "chosen": request.GET.get("framework"),
        "most_rows": MOST_ROWS, "most_mb": MOST_BYTES // 1024 // 1024,
    }  # fmt: skip
    return render(request, "curriculum/import.html", context, status=422 if problems else 200)


def _keep(request: PageRequest) -> CurriculumUpload:
    file, kind, place = request.FILES.get("file"), request.POST.get("kind", ""), request.POST.get("framework", "")
    problems = []
    if file is None:
        problems.append(problem("file", _("Choose the file that you want to import"), "empty"))
    if kind not in KINDS:
        problems.append(problem("kind", _("Choose what kind of file it is"), "unknown"))
    wanted = read_uuid(place)
    if place not in {"", NEW} and wanted is None:
        problems.append(problem("framework", _("Choose a framework from the list"), "unknown"))
    if problems or file is None:
        raise Invalid(problems)
    framework = visible_framework(request.actor, wanted, EDIT) if wanted else None
    check_size(file.size or 0)
    title = request.POST.get("title", "").replace("\x00", "")
    name = (file.name or "").replace("\x00", "")
    return keep_upload(request.actor, data=file.read(), name=name, kind=kind, framework=framework, title=title)


@require_http_methods(["GET", "POST"])
@requires(*EDIT, EDITORS)
@page_errors
def preview(request: PageRequest, upload_id: UUID) -> HttpResponse:
    rows = CurriculumUpload.objects.visible_to(request.actor, *EDIT).select_related("framework")
    kept = rows.filter(public_id=upload_id, made_by_id=request.actor.member_id).first()
    if kept is None:
        raise NotFound
    found = read_file(bytes(kept.content), kept.kind)
    if request.method == "GET":
        return _preview_page(request, kept, found)
    if preview_of(kept.framework, found).plan.needs_publishing and not may_at_all(request.actor, *PUBLISH):
        if would_gain(request.actor, *PUBLISH):
            return prove_again(request)
        raise NotFound
    try:
        framework, saved = save_found(
            request.actor, framework=kept.framework, title=kept.title, found=found, seen=request.POST.get("seen", ""),
            only_good=request.POST.get("then") == "good",
        )  # fmt: skip
    except (Conflict, Invalid) as error:
        return _preview_page(request, kept, found, error)
    kept.delete()
    said = ngettext("%(n)d row is saved.", "%(n)d rows are saved.", saved.plan.good) % {"n": saved.plan.good}
    if saved.draft_rule:
        said += " " + _("Its scale is a draft under Policies.")
    messages.success(request, said)
    return redirect("curriculum_framework", framework.public_id)


def _preview_page(
    request: PageRequest, kept: CurriculumUpload, found: Any, error: DomainError | None = None
) -> HttpResponse:
    page = preview_of(kept.framework, found)
    context = {
        "upload": kept,
        "page": page,
        "plan": page.plan,
        "faults": page.plan.faults[:SHOWN],
        "new": page.plan.new[:SHOWN],
        "changed": page.plan.changed[:SHOWN],
        "error": error.message if isinstance(error, Conflict) else "",
        "must_choose": isinstance(error, Invalid),
    }
    return render(request, "curriculum/preview.html", context, status=error.status if error else 200)
