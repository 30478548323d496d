"""Pages of mentors, and letting somebody follow a learner. Each view: parse, one call, render."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from learners import invitations, mentors
from learners.models import MENTOR_LINK, Learner, MentorLink
from reporting.form_problems import problems_of
from reporting.mentoring.page import mentee_page, mentees_of
from reporting.pages import PageRequest, page_errors
from reporting.people.invitations import address_of, send_invitation
from reporting.people.page import ACCOUNTS
from reporting.programme.page import read_day
from reporting.reach import visible_learner
from tenancy.actor import DST, MEN, SCH
from tenancy.errors import Invalid, NotFound
from tenancy.gate import requires
from tenancy.models import Member

LEVEL, GRANT = ("Current level", "read"), (MENTOR_LINK, "grant, end")
MENTORS, ADMINISTRATORS = frozenset({MEN}), frozenset({SCH, DST})
A_YEAR = timedelta(days=365)


@require_GET
@requires(*LEVEL, MENTORS)
@page_errors
def mentees(request: PageRequest) -> HttpResponse:
    return render(request, "mentoring/mentees.html", {"mentees": mentees_of(request.actor)})


@require_GET
@requires(*LEVEL, MENTORS)
@page_errors
def mentee(request: PageRequest, learner_id: UUID) -> HttpResponse:
    page = mentee_page(request.actor, learner_id)
    return render(request, "mentoring/mentee.html", {"page": page, "mentee": page.mentee})


@require_http_methods(["GET", "POST"])
@requires(*GRANT, ADMINISTRATORS)
@page_errors
def add(request: PageRequest, learner_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *GRANT)
    last = (request.actor.today + A_YEAR).isoformat()
    values = {"email": "", "kind": "mentor", "until": last, **request.POST.dict()}
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _let(request, learner, values["email"], values["kind"], read_day(values["until"]))
        except Invalid as error:
            problems = problems_of(error)
    context = {"learner": learner, "values": values, "problems": problems, "kinds": MentorLink.Kind.choices}
    return render(request, "mentoring/add.html", context, status=422 if problems else 200)


def _let(request: PageRequest, learner: Learner, email: str, kind: str, until: date | None) -> HttpResponse:
    """At once where somebody here has this address and an account, else by an invitation to it."""
    known = _known(request, email)
    if known is None:
        made = invitations.invite_mentor(request.actor, learner=learner, email=email, kind=kind, until=until)
        context = {"made": made, "address": address_of(made, request.tenant), "days": invitations.DAYS}
        context["fault"] = send_invitation(made, request.tenant)
        return render(request, "people/invited.html", context)
    mentors.let_follow(request.actor, learner=learner, member=known, kind=kind, until=until)
    text = _("%(who)s follows %(name)s from now on.")
    messages.success(request, text % {"who": known.name, "name": learner.name})
    return redirect("learner_record", learner.public_id)


@require_http_methods(["GET", "POST"])
@requires(*GRANT, ADMINISTRATORS)
@page_errors
def end(request: PageRequest, learner_id: UUID, member_id: UUID) -> HttpResponse:
    learner = visible_learner(request.actor, learner_id, *GRANT)
    if request.method == "POST":
        rows = MentorLink.objects.visible_to(request.actor, *GRANT).select_related("member")
        link = rows.filter(learner=learner, member__public_id=member_id).first()
        if link is None:
            raise NotFound
        mentors.end_mentor(request.actor, learner=learner, member=link.member)
        text = _("%(who)s sees %(name)s no longer, from now on.")
        messages.success(request, text % {"who": link.member.name, "name": learner.name})
    return redirect("learner_record", learner_id)


def _known(request: PageRequest, email: str) -> Member | None:
    """Somebody here with an account and this address, whom the actor may see: no invitation is needed."""
    rows = Member.objects.visible_to(request.actor, ACCOUNTS, "read").exclude(user=None)
    found: Member | None = rows.filter(email__iexact=email.strip().replace("\x00", "") or "-").order_by("id").first()
    return found
