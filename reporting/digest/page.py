"""The day's queue as a mail: counts, the first twelve in sentences, and where to go."""

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import ngettext

from interventions.mails import home_of, mail_of
from reporting.today.page import today_page
from tenancy.actor import Actor
from tenancy.models import Tenant


def compose(tenant: Tenant, actor: Actor, address: str) -> EmailMultiAlternatives | None:
    """None where nobody needs the teacher."""
    page = today_page(actor)
    if not page.people:
        return None
    home = home_of(tenant)
    groups = [
        (group.title, [(_short(row.name), row, home + reverse("learner_milestone", args=[row.learner, row.milestone]))
                       for row in group.rows])
        for group in page.groups
    ]  # fmt: skip
    subject = ngettext("One learner needs you today", "%(n)d learners need you today", page.people)
    values: dict[str, Any] = {
        "page": page, "groups": groups, "tenant": tenant, "title": subject % {"n": page.people},
        "today": home + reverse("today"), "settings": home + reverse("mail_choice"),
    }  # fmt: skip
    name = f"digest-{tenant.pk}-{actor.member_id}-{actor.today.isoformat()}"
    return mail_of(address, values["title"], name, "digest", values)


def _short(name: str) -> str:
    """ "Ana M.": enough for whoever teaches her."""
    first, _, last = name.rpartition(" ")
    return f"{first} {last[:1]}." if first else last
