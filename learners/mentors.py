"""Who follows whom: mentors, advisers and supervisors of named learners. See decision 0022."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Learner, MentorLink
from learners.reach import running
from tenancy.actor import MEN, Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, NotFound, Refused, problem
from tenancy.models import Member, RoleGrant

DAY, LONGEST = timedelta(days=1), timedelta(days=366)
Kind = MentorLink.Kind


def mentor_problems(learner: Learner, kind: str, until: date | None, today: date) -> list[dict[str, str]]:
    """What is wrong with wanting to let somebody follow this learner."""
    found = []
    if kind not in Kind.values:
        found.append(problem("kind", _("Choose from the list what they are to the learner"), "unknown"))
    if until is None or not today <= until <= today + LONGEST:
        text = _("Enter the last day, from today to %(day)s at the latest")
        found.append(problem("until", text % {"day": (today + LONGEST).isoformat()}, "bad_day"))
    if not learner.is_active:
        found.append(problem("email", _("%(name)s has left") % {"name": learner.name}, "left"))
    return found


@transaction.atomic
def let_follow(actor: Actor, *, learner: Learner, member: Member, kind: str, until: date | None) -> MentorLink:
    """From today to that day, in the place of what held before. Raises Invalid, and Refused for oneself."""
    if actor.member_id == member.pk:
        raise Refused(_("Nobody changes their own rights. Ask another administrator"))
    problems = mentor_problems(learner, kind, until, actor.today)
    if learner.member_id == member.pk:
        problems.append(problem("email", _("This is the learner"), "same"))
    if not member.is_enabled:
        text = _("%(name)s has no access here. Give it back under People first") % {"name": member.name}
        problems.append(problem("email", text, "no_access"))
    if problems or until is None:
        raise Invalid(problems)
    return link_mentor(actor, learner=learner, member=member, kind=kind, until=until)


@transaction.atomic
def link_mentor(actor: Actor, *, learner: Learner, member: Member, kind: str, until: date) -> MentorLink:
    """The link and the role, once it is known that both are right."""
    link: MentorLink
    values = {
        "kind": kind, "begins_on": actor.today, "ends_on": until, "ended_at": None, "made_by_id": actor.member_id,
    }  # fmt: skip
    link, _is_new = MentorLink.objects.update_or_create(member=member, learner=learner, defaults=values)
    grant, is_new = RoleGrant.objects.get_or_create(member=member, role=MEN, defaults={"begins_on": actor.today})
    if not is_new and not RoleGrant.objects.filter(running(actor.today), pk=grant.pk).exists():
        RoleGrant.objects.filter(pk=grant.pk).update(begins_on=actor.today, ends_on=None)
    detail = {"member": str(member.public_id), "kind": kind, "until": until.isoformat()}
    record_audit(actor, "mentor_link.made", target=learner, detail=detail)
    return link


@transaction.atomic
def end_mentor(actor: Actor, *, learner: Learner, member: Member) -> None:
    """They see this learner no longer, from the next request on. Raises NotFound where there is no link."""
    rows = MentorLink.objects.filter(running(actor.today), learner=learner, member=member)
    if not rows.update(ends_on=actor.today - DAY, ended_at=timezone.now()):
        raise NotFound
    record_audit(actor, "mentor_link.ended", target=learner, detail={"member": str(member.public_id)})
