"""Invitations: made, printed, taken back, answered by whoever holds the code. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import get_resolver
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from learners import invitations as services
from learners.classes import learners_of
from learners.models import Invitation
from reporting.form_problems import problems_of
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.people.invitations import READ, address_of, class_of, invitations_page, send_invitation
from reporting.people.page import visible_member
from reporting.people.views import CHANGE, FOR
from reporting.reach import visible_learner, visible_section
from tenancy.context import tenant_context
from tenancy.errors import Invalid, NotFound
from tenancy.gate import public, requires
from tenancy.guessing import wrong_answer
from tenancy.models import Tenant
from tenancy.selectors import SESSION_KEY, local_today, tenant_of_host
from tenancy.tokens import token_hash

INVITE = ("Guardian link", "create")
WRONG, WITHIN = 5, 300  # passwords for one invitation, in seconds
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_GET
@requires(*READ, FOR)
@page_errors
def invitations(request: PageRequest) -> HttpResponse:
    return render(
        request, "people/invitations.html", {"page": invitations_page(request.actor, request.GET.get("class", ""))}
    )


@require_http_methods(["GET", "POST"])
@requires(*INVITE, FOR)
@page_errors
def guardian(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *INVITE)
    wanted = read_uuid(request.POST.get("for") or request.GET.get("for"))
    member = visible_member(request.actor, wanted) if wanted else None
    values = {"email": member.email if member else "", **request.POST.dict()}
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = services.invite_guardian(
                request.actor, learner=learner, member=member, email=values["email"],
                relationship=values.get("relationship", ""),
            )  # fmt: skip
        except Invalid as error:
            problems = problems_of(error)
        else:
            return _made(request, made)
    context = {"learner": learner, "member": member, "values": values, "problems": problems, "days": services.DAYS}
    return render(request, "people/invite.html", context, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
@requires(*CHANGE, FOR)
@page_errors
def staff(request: PageRequest, member_id: UUID) -> HttpResponse:
    member = visible_member(request.actor, member_id, *CHANGE)
    if request.method == "GET":
        return redirect("person", member_id)
    return _made(request, services.invite_staff(request.actor, member=member))


def _made(request: PageRequest, made: services.Made) -> HttpResponse:
    """The code is shown once; where there is an address, it has been mailed, too."""
    fault = send_invitation(made, request.tenant) if made.invitation.email else ""
    context = {"made": made, "address": address_of(made, request.tenant), "fault": fault, "days": services.DAYS}
    return render(request, "people/invited.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@requires(*INVITE, FOR)
@page_errors
def sheet(request: PageRequest, section_id: UUID) -> HttpResponse:
    """A page to print, with one code for each learner of the class."""
    section = visible_section(request.actor, section_id, *INVITE)
    learners = learners_of(section.pk, request.actor.today)
    context: dict[str, Any] = {"section": section, "learners": learners, "days": services.DAYS}
    if request.method == "POST":
        made = services.invite_class(request.actor, learners=learners)
        codes = [(one, m.code, address_of(m, request.tenant)) for one, m in zip(learners, made, strict=True)]
        context["codes"] = codes
    return render(request, "people/sheet.html", context)


@require_POST
@requires("Guardian link", "verify, restrict, revoke", FOR)
@page_errors
def withdraw(request: PageRequest, invitation_id: UUID) -> HttpResponse:
    rows = Invitation.objects.visible_to(request.actor, "Guardian link", "verify, restrict, revoke")
    row = rows.filter(public_id=invitation_id).first()
    if row is None:
        raise NotFound
    services.withdraw(request.actor, invitation=row)
    messages.success(request, _("Taken back. The code opens nothing any more."))
    return redirect("invitations")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@public("whoever holds an invitation has no account yet; the code cannot be guessed and works once")
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    tenant = _tenant_of(request, code)
    if tenant is None:
        return _unknown(request)
    with tenant_context(tenant.pk):
        try:
            if request.method == "POST":
                return _answer(request, tenant, code)
            return _question(request, tenant, code)
        except NotFound:
            return _unknown(request)
        except services.Gone as error:
            return render(request, "people/invitation_gone.html", {"message": error.message}, status=error.status)


def _tenant_of(request: HttpRequest, code: str) -> Tenant | None:
    """The tenant that the code names; its own host answers for no other."""
    of_host = tenant_of_host(request.get_host())
    tenant = Tenant.objects.filter(pk=services.tenant_of_code(code) or 0).first()
    if tenant is None or (of_host is not None and of_host.pk != tenant.pk):
        return None
    return tenant


def _unknown(request: HttpRequest) -> HttpResponse:
    """As an address that never was. Answered, not raised: an error would take the count back with everything else.

    A code is 120 random bits: guessing is no way in, from one address or from all. Wrong codes are counted, slowed and
    reported; a right one opens, whoever else guesses behind the same address.
    """
    wrong_answer(request, "invitations")
    page: Any = get_resolver().resolve_error_handler(404)
    answer: HttpResponse = page(request, exception=Http404())
    return answer


def _question(request: HttpRequest, tenant: Tenant, code: str, problems: dict[str, str] | None = None) -> HttpResponse:
    row = services.find_invitation(code)
    context = {
        "row": row, "code": code, "school": row.learner.home_school if row.learner else None, "of": tenant,
        "section": "" if row.mentor_kind else class_of(row, local_today(tenant)), "values": request.POST,
        "problems": problems or {},
    }  # fmt: skip
    return render(request, "people/invitation.html", context, status=422 if problems else 200)


def _answer(request: HttpRequest, tenant: Tenant, code: str) -> HttpResponse:
    if request.POST.get("say") == "no":
        services.not_me(code=code)
        return render(request, "people/invitation_refused.html")
    texts = {name: request.POST.get(name, "") for name in ("given_name", "family_name", "email", "password")}
    tries = f"invitation-tries:{token_hash(code)}"
    if cache.get(tries, 0) >= WRONG:
        said = _("Those were too many tries. Wait five minutes, then try again")
        return _question(request, tenant, code, {"password": said})
    try:
        user = services.accept(code=code, user=request.user if request.user.is_authenticated else None, **texts)
    except Invalid as error:
        if "password" in problems_of(error):
            cache.set(tries, cache.get(tries, 0) + 1, WITHIN)
        return _question(request, tenant, code, problems_of(error))
    if not request.user.is_authenticated:
        login(request, user, backend=BACKEND)
    request.session[SESSION_KEY] = tenant.pk
    return redirect("home")
