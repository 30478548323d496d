"""Who works where: roles, posts, classes. Nobody gives a role to themselves, or one that they do not outrank."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from learners.models import School, SchoolPost, Section, SectionStaff
from learners.reach import my_school_ids, running
from tenancy.actor import DST, SCH, TCH, Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, NotFound, Refused, problem
from tenancy.models import Member, RoleGrant

AST = "AST"
DAY = timedelta(days=1)  # what ends now has ended the day before
# Who may give which roles (permissions.md, notes 10 and 11); district administrators need two people and a command.
GIVES: Mapping[str, tuple[str, ...]] = {SCH: (TCH, AST), DST: (TCH, AST, SCH)}


def roles_to_give(actor: Actor) -> tuple[str, ...]:
    return tuple(dict.fromkeys(role for held in (DST, SCH) if actor.has(held) for role in GIVES[held]))


def schools_of(actor: Actor) -> list[School]:
    """Schools in which the actor may give roles, by name. One query."""
    rows = School.objects.filter(is_active=True, kind="school")
    if not actor.has(DST):
        rows = rows.filter(id__in=my_school_ids(actor))
    return list(rows.order_by("name", "id"))


@transaction.atomic
def give_role(actor: Actor, *, member: Member, role: str, school: School | None) -> None:
    """The role at a school, from today on. Raises Refused for oneself, Invalid for what the actor cannot give."""
    _not_oneself(actor, member)
    problems = []
    if role not in roles_to_give(actor):
        problems.append(problem("role", _("Choose a role from the list"), "unknown"))
    if school is None or school not in schools_of(actor):
        problems.append(problem("school", _("Choose a school from the list"), "unknown"))
    if problems or school is None:
        raise Invalid(problems)
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    begun = {"begins_on": actor.today, "ends_on": None}
    post, is_new = SchoolPost.objects.get_or_create(member=member, school=school, role=role, defaults=begun)
    if not is_new and not SchoolPost.objects.filter(running(actor.today), pk=post.pk).exists():
        SchoolPost.objects.filter(pk=post.pk).update(**begun)
    grant, is_new = RoleGrant.objects.get_or_create(member=member, role=role, defaults=begun)
    if not is_new and not RoleGrant.objects.filter(running(actor.today), pk=grant.pk).exists():
        RoleGrant.objects.filter(pk=grant.pk).update(**begun)
    record_audit(actor, "role.given", target=member, detail={"role": role, "school": str(school.public_id)})


@transaction.atomic
def end_role(actor: Actor, *, member: Member, role: str, school: School | None) -> None:
    """At once: the next request of that person has it no longer. Raises Refused, and NotFound where there is none."""
    _not_oneself(actor, member)
    if role not in roles_to_give(actor) or school is None or school not in schools_of(actor):
        raise Refused(_("You cannot end this role. Ask somebody who gives it"))
    over = {"ends_on": actor.today - DAY}
    posts = SchoolPost.objects.filter(running(actor.today), member=member, role=role)
    if not posts.filter(school=school).update(**over):
        raise NotFound
    if not posts.exists():
        RoleGrant.objects.filter(running(actor.today), member=member, role=role).update(**over)
    if role in {TCH, AST}:
        here = SectionStaff.objects.filter(running(actor.today), member=member, role=role, section__school=school)
        here.update(**over)
    record_audit(actor, "role.ended", target=member, detail={"role": role, "school": str(school.public_id)})


@transaction.atomic
def set_access(actor: Actor, *, member: Member, is_enabled: bool) -> None:
    """Whether the person may sign in here. Taken away, the next request is the last. Raises Refused for oneself."""
    _not_oneself(actor, member)
    if (
        not actor.has(DST)
        and RoleGrant.objects.filter(running(actor.today), member=member, role__in=(SCH, DST)).exists()
    ):
        raise Refused(_("Only the district can do this for administrators"))
    Member.objects.filter(pk=member.pk).update(is_enabled=is_enabled)
    record_audit(actor, "account.enabled" if is_enabled else "account.suspended", target=member)


@transaction.atomic
def add_person(
    actor: Actor, *, given_name: str, family_name: str, email: str, role: str, school: School | None
) -> Member:
    """Somebody who works here and is in no roster, with a role. Raises Invalid."""
    given, family, email = (" ".join(text.replace("\x00", "").split()) for text in (given_name, family_name, email))
    problems = []
    if not given:
        problems.append(problem("given_name", _("Enter the given name, like Ana"), "empty"))
    if len(given) > 150 or len(family) > 150:
        problems.append(problem("given_name", _("The name is too long. Shorten it to 150 characters"), "too_long"))
    if len(email) > 254 or "@" not in email.strip("@") or " " in email:
        problems.append(problem("email", _("Enter an email address, like ana@example.org"), "bad_email"))
    elif Member.objects.filter(email__iexact=email).exists():
        text = _("Somebody here has the address %(email)s already. Look for them under People") % {"email": email}
        problems.append(problem("email", text, "used"))
    if problems:
        raise Invalid(problems)
    member: Member = Member.objects.create(given_name=given, family_name=family, email=email)
    record_audit(actor, "person.added", target=member)
    give_role(actor, member=member, role=role, school=school)
    return member


@transaction.atomic
def assign_section(actor: Actor, *, member: Member, section: Section, role: str = TCH) -> None:
    """The class is the person's from today on. Raises Invalid without a role that teaches."""
    taught = RoleGrant.objects.filter(running(actor.today), member=member, role=role).exists()
    if role not in {TCH, AST} or not taught:
        text = _("Give %(name)s the role of a teacher or assistant first") % {"name": member.name}
        raise Invalid([problem("section", text, "no_role")])
    place = {"begins_on": actor.today, "ends_on": None}
    row, is_new = SectionStaff.objects.get_or_create(member=member, section=section, role=role, defaults=place)
    if not is_new and not SectionStaff.objects.filter(running(actor.today), pk=row.pk).exists():
        SectionStaff.objects.filter(pk=row.pk).update(**place)
    record_audit(actor, "assignment.made", target=section, detail={"member": str(member.public_id), "role": role})


@transaction.atomic
def end_assignment(actor: Actor, *, member: Member, section: Section) -> None:
    """At once; where it has ended already nothing changes."""
    rows = SectionStaff.objects.filter(running(actor.today), member=member, section=section)
    if rows.update(ends_on=actor.today - DAY):
        record_audit(actor, "assignment.ended", target=section, detail={"member": str(member.public_id)})


def _not_oneself(actor: Actor, member: Member) -> None:
    if actor.member_id == member.pk:
        raise Refused(_("Nobody changes their own rights. Ask another administrator"))
