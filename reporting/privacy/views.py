"""Which sensitive fields are kept, and those of one learner. Each view: parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from learners.demographics import demographics_of, keep_dimensions, save_demographics
from reporting.form_problems import add_problems, problems_of
from reporting.pages import PageRequest, page_errors
from reporting.people.views import FOR
from reporting.privacy.forms import SensitiveForm
from reporting.privacy.page import choices, fields_of
from reporting.reach import visible_learner
from tenancy.access import may_at_all, would_gain
from tenancy.actor import DST
from tenancy.errors import Conflict, Invalid
from tenancy.gate import requires

DISTRICT = frozenset({DST})
SETTINGS, CHANGE = ("District settings", "read"), ("District settings", "update")
READ, EDIT = ("Learner sensitive fields", "read"), ("Learner sensitive fields", "update")


@require_GET
@requires(*SETTINGS, DISTRICT)
@page_errors
def privacy(request: PageRequest) -> HttpResponse:
    return render(request, "privacy/settings.html", {"choices": choices()})


@require_POST
@requires(*CHANGE, DISTRICT)
@page_errors
def keep(request: PageRequest) -> HttpResponse:
    wanted = request.POST.getlist("keep")
    try:
        keep_dimensions(request.actor, dimensions=wanted, may_delete=request.POST.get("delete") == "1")
    except (Invalid, Conflict) as error:
        context = {"choices": choices(wanted), "problems": problems_of(error), "asks": isinstance(error, Conflict)}
        return render(request, "privacy/settings.html", context, status=409 if context["asks"] else 422)
    messages.success(request, _("Saved. It holds from the next import on; figures of groups follow tonight."))
    return redirect("privacy")


@require_GET
@requires(*READ, FOR)
@page_errors
def sensitive_fields(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *READ)
    may_edit = may_at_all(request.actor, *EDIT) or would_gain(request.actor, *EDIT)
    context = {"learner": learner, "fields": fields_of(request.actor, learner), "may_edit": may_edit}
    return render(request, "privacy/learner.html", context)


@require_http_methods(["GET", "POST"])
@requires(*EDIT, FOR)
@page_errors
def edit_sensitive_fields(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *EDIT)
    values = demographics_of(request.actor, learner=learner)
    form = SensitiveForm(request.POST if request.method == "POST" else None, kept=values, values=values)
    if form.is_bound and form.is_valid():
        try:
            save_demographics(request.actor, learner=learner, values=form.values())
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("sensitive_fields", learner_id)
    context = {"learner": learner, "form": form}
    return render(request, "privacy/edit_learner.html", context, status=422 if form.errors else 200)
