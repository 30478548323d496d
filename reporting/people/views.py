"""People: the list, one person, roles, classes, access. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from learners import posts
from learners.models import School
from reporting.form_problems import add_problems, problems_of
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.people.forms import PersonForm
from reporting.people.page import ACCOUNTS, ROLES, people_page, person_page, visible_member
from reporting.reach import visible_section
from tenancy.actor import DST, SCH, Actor
from tenancy.errors import Invalid
from tenancy.gate import requires

READ, CHANGE = (ACCOUNTS, "read"), (ACCOUNTS, "create, suspend, end sessions")
GRANT = ("Role grant", "grant, revoke")
ASSIGN = ("Staff assignment to section or caseload", "create, end")
FOR = frozenset({SCH, DST})


def school_of(actor: Actor, text: str | None) -> School | None:
    """One of the schools in which the actor decides, by its identifier."""
    wanted = read_uuid(text)
    return next((one for one in posts.schools_of(actor) if one.public_id == wanted), None)


@require_GET
@requires(*READ, FOR)
@page_errors
def people(request: PageRequest) -> HttpResponse:
    get, number = request.GET.get, request.GET.get("page", "1")
    page = people_page(
        request.actor, who=get("who", ""), query=get("q", ""), school=read_uuid(get("school")),
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1,
    )  # fmt: skip
    return render(request, "people/people.html", {"page": page})


@require_GET
@requires(*READ, FOR)
@page_errors
def person(request: PageRequest, member_id: UUID) -> HttpResponse:
    return _person(request, member_id)


def _person(request: PageRequest, member_id: UUID, problems: dict[str, str] | None = None) -> HttpResponse:
    page = person_page(request.actor, member_id, request.GET.get("class", ""))
    context: dict[str, Any] = {"page": page, "problems": problems or {}}
    return render(request, "people/person.html", context, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
@requires(*CHANGE, FOR)
@page_errors
def new(request: PageRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    roles = [(role, ROLES[role]) for role in posts.roles_to_give(request.actor)]
    form = PersonForm(data, posts.schools_of(request.actor), roles)
    if form.is_valid():
        school = school_of(request.actor, form.cleaned_data.pop("school"))
        try:
            member = posts.add_person(request.actor, school=school, **form.cleaned_data)
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("%(name)s is added. Invite them to sign in.") % {"name": member.name})
            return redirect("person", member.public_id)
    return render(request, "people/new_person.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(*GRANT, FOR)
@page_errors
def give_role(request: PageRequest, member_id: UUID) -> HttpResponse:
    member = visible_member(request.actor, member_id)
    if request.method == "POST":
        school, role = school_of(request.actor, request.POST.get("school")), request.POST.get("role", "")
        try:
            posts.give_role(request.actor, member=member, role=role, school=school)
        except Invalid as error:
            return _person(request, member_id, problems_of(error))
        messages.success(request, _("The role is given, from today on."))
    return redirect("person", member_id)


@require_http_methods(["GET", "POST"])
@requires(*GRANT, FOR)
@page_errors
def end_role(request: PageRequest, member_id: UUID) -> HttpResponse:
    member = visible_member(request.actor, member_id)
    if request.method == "POST":
        school, role = school_of(request.actor, request.POST.get("school")), request.POST.get("role", "")
        posts.end_role(request.actor, member=member, role=role, school=school)
        messages.success(request, _("The role is ended. It holds no longer from now on."))
    return redirect("person", member_id)


@require_http_methods(["GET", "POST"])
@requires(*CHANGE, FOR)
@page_errors
def access(request: PageRequest, member_id: UUID) -> HttpResponse:
    member = visible_member(request.actor, member_id, *CHANGE)
    if request.method == "POST":
        may = request.POST.get("may") == "yes"
        posts.set_access(request.actor, member=member, is_enabled=may)
        said = _("They can sign in again.") if may else _("They cannot use anything here any more, from now on.")
        messages.success(request, said)
    return redirect("person", member_id)


@require_POST
@requires(*ASSIGN, FOR)
@page_errors
def assign(request: PageRequest, member_id: UUID) -> HttpResponse:
    member = visible_member(request.actor, member_id)
    wanted = read_uuid(request.POST.get("section"))
    if wanted is None:
        return _person(request, member_id, {"section": _("Choose a class from the list")})
    section = visible_section(request.actor, wanted, *ASSIGN)
    try:
        posts.assign_section(request.actor, member=member, section=section, role=request.POST.get("as", "TCH"))
    except Invalid as error:
        return _person(request, member_id, problems_of(error))
    messages.success(request, _("%(title)s is theirs from today on.") % {"title": section.title})
    return redirect("person", member_id)


@require_POST
@requires(*ASSIGN, FOR)
@page_errors
def end_assignment(request: PageRequest, member_id: UUID, section_id: UUID) -> HttpResponse:
    member = visible_member(request.actor, member_id)
    section = visible_section(request.actor, section_id, *ASSIGN)
    posts.end_assignment(request.actor, member=member, section=section)
    messages.success(request, _("They see %(title)s no longer.") % {"title": section.title})
    return redirect("person", member_id)
