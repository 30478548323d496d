"""What the pages of invitations show, and the mail that carries one."""

from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import gettext as _

from interventions.mails import first_name, for_reader, home_of, mail_of, reason_of
from learners.invitations import DAYS, Made
from learners.models import Enrolment, Invitation, Section
from learners.reach import running
from reporting.people.class_choice import ClassChoice, class_choice
from tenancy.actor import Actor
from tenancy.models import Tenant

READ = ("Guardian link", "read")
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Invitations:
    rows: tuple[Invitation, ...]
    choice: ClassChoice
    days: int


def invitations_page(actor: Actor, text: str = "") -> Invitations:
    """The newest first. Two queries."""
    rows = Invitation.objects.visible_to(actor, *READ).select_related("learner", "member")
    choice = class_choice(Section.objects.visible_to(actor), text)
    return Invitations(tuple(rows.order_by("-made_at", "-id")[:SHOWN]), choice, DAYS)


def address_of(made: Made, tenant: Tenant) -> str:
    return f"{home_of(tenant)}{reverse('invitation', args=[made.code])}"


def send_invitation(made: Made, tenant: Tenant) -> str:
    """Send it now: the code is known only now. Returns why it did not go out, or "". No name in the subject."""
    with for_reader(tenant):
        learner = made.invitation.learner
        values: dict[str, Any] = {
            "school": learner.home_school.name if learner and learner.home_school else tenant.name, "days": DAYS,
            "child": first_name(learner) if learner else "", "address": address_of(made, tenant),
        }  # fmt: skip
        subject = _("An invitation from %(school)s") % {"school": values["school"]}
        name = f"invitation.{made.invitation.public_id}"
        mail: EmailMultiAlternatives = mail_of(made.invitation.email, subject, name, "invitation", values)
    try:
        mail.send()
    except Exception as error:
        return reason_of(error)
    return ""


def class_of(invitation: Invitation, actor_today: Any) -> str:
    """The child's class, so that a family recognises what it is about; "" without one."""
    rows = Enrolment.objects.filter(running(actor_today), learner_id=invitation.learner_id, is_withdrawn=False)
    title: str | None = rows.order_by("section__title").values_list("section__title", flat=True).first()
    return title or ""
