"""One learner's record by hand: fields, places in classes, guardians. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from learners import rolls
from learners.demographics import kept_dimensions
from learners.models import GuardianLink
from learners.posts import schools_of
from reporting.form_problems import add_problems, problems_of
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.people.forms import LearnerForm
from reporting.people.page import FIELDS, learner_record
from reporting.people.views import FOR
from reporting.reach import visible_learner, visible_section
from tenancy.errors import Invalid, NotFound
from tenancy.gate import requires

READ, EDIT = (FIELDS, "read"), (FIELDS, "update")
RECORD = ("Learner record", "create, archive")
PLACE = ("Enrolment", "create, end")
END_LINK = ("Guardian link", "verify, restrict, revoke")


@require_GET
@requires(*READ, FOR)
@page_errors
def record(request: PageRequest, learner_id: UUID) -> HttpResponse:
    return _record(request, learner_id)


def _record(request: PageRequest, learner_id: UUID, problems: dict[str, str] | None = None) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *READ)
    page = learner_record(request.actor, learner, request.GET.get("class", ""))
    context: dict[str, Any] = {"page": page, "problems": problems or {}, "keeps_fields": bool(kept_dimensions())}
    return render(request, "people/learner.html", context, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
@requires(*RECORD, FOR)
@page_errors
def new(request: PageRequest) -> HttpResponse:
    return _save(request, None)


@require_http_methods(["GET", "POST"])
@requires(*EDIT, FOR)
@page_errors
def edit(request: PageRequest, learner_id: UUID) -> HttpResponse:
    return _save(request, learner_id)


def _save(request: PageRequest, learner_id: UUID | None) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *EDIT) if learner_id else None
    schools = schools_of(request.actor)
    if learner is not None and learner.home_school is not None and learner.home_school not in schools:
        schools.append(learner.home_school)
    form = LearnerForm(request.POST if request.method == "POST" else None, schools, learner)
    if form.is_valid():
        wanted = read_uuid(form.cleaned_data["school"])
        school = next((one for one in schools if one.public_id == wanted), None)
        try:
            saved = rolls.save_learner(request.actor, learner=learner, school=school, **form.texts())
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("learner_record", saved.public_id)
    context = {"form": form, "learner": learner}
    return render(request, "people/edit_learner.html", context, status=422 if form.errors else 200)


@require_POST
@requires(*RECORD, FOR)
@page_errors
def leave(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *RECORD)
    if request.POST.get("back"):
        rolls.come_back(request.actor, learner=learner)
        messages.success(request, _("%(name)s is here again. Give them a place in a class.") % {"name": learner.name})
    else:
        rolls.leave(request.actor, learner=learner)
        messages.success(
            request, _("%(name)s has left. The record and all evidence are kept.") % {"name": learner.name}
        )
    return redirect("learner_record", learner_id)


@require_POST
@requires(*PLACE, FOR)
@page_errors
def enrol(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner, wanted = visible_learner(request.actor, learner_id, *READ), read_uuid(request.POST.get("section"))
    if wanted is None:
        return _record(request, learner_id, {"section": _("Choose a class from the list")})
    section = visible_section(request.actor, wanted, *PLACE)
    try:
        rolls.enrol(request.actor, learner=learner, section=section)
    except Invalid as error:
        return _record(request, learner_id, problems_of(error))
    messages.success(request, _("%(name)s is in %(title)s.") % {"name": learner.name, "title": section.title})
    return redirect("learner_record", learner_id)


@require_POST
@requires(*PLACE, FOR)
@page_errors
def end_enrolment(request: PageRequest, learner_id: UUID, section_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *READ)
    section = visible_section(request.actor, section_id, *PLACE)
    rolls.end_enrolment(request.actor, learner=learner, section=section)
    messages.success(request, _("The place is ended. What was learnt there is kept."))
    return redirect("learner_record", learner_id)


@require_http_methods(["GET", "POST"])
@requires(*END_LINK, FOR)
@page_errors
def end_guardian(request: PageRequest, learner_id: UUID, member_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *END_LINK)
    if request.method == "POST":
        links = GuardianLink.objects.visible_to(request.actor, *END_LINK).select_related("member")
        link = links.filter(learner=learner, member__public_id=member_id).first()
        if link is None:
            raise NotFound
        rolls.end_link(request.actor, learner=learner, member=link.member)
        text = _("%(guardian)s sees %(name)s no longer, from now on.")
        messages.success(request, text % {"guardian": link.member.name, "name": learner.name})
    return redirect("learner_record", learner_id)
