"""Inviting somebody to sign in, and what they answer. A code works once, for a week, for one child or one person.

The code names its tenant, as a certificate's does: whoever opens it has not signed in yet. It is shown once; only its
keyed hash is kept, so the database alone opens nothing.
"""

import re
import secrets
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.mentors import link_mentor, mentor_problems
from learners.models import GuardianLink, Invitation, Learner
from learners.reach import running
from tenancy.actor import GRD, LRN, MEN, Actor
from tenancy.audit import record_audit
from tenancy.context import current_tenant_id
from tenancy.errors import Conflict, DomainError, Invalid, NotFound, problem
from tenancy.models import Affiliation, Member, RoleGrant, Tenant, User
from tenancy.selectors import local_today
from tenancy.tokens import token_hash

DAYS = 7
RANDOM_BYTES = 15  # 120 bits, 24 letters
CODE = re.compile(r"([1-9][0-9]{0,17})-((?:[A-Z2-7]{4}-){5}[A-Z2-7]{4})", re.ASCII)
State = Invitation.State


class Gone(DomainError):
    """The invitation was used, taken back, or has run out."""

    code = "invitation_gone"
    status = 410


@dataclass(frozen=True, slots=True)
class Made:
    """`code` is known now and never again."""

    invitation: Invitation
    code: str


def new_code(tenant_id: int) -> str:
    letters = b32encode(secrets.token_bytes(RANDOM_BYTES)).decode()
    return f"{tenant_id}-{'-'.join(letters[start : start + 4] for start in range(0, len(letters), 4))}"


def tenant_of_code(code: str) -> int | None:
    """The tenant that a well-formed code names."""
    match = CODE.fullmatch(code.strip().upper())
    return int(match[1]) if match else None


@transaction.atomic
def invite_guardian(
    actor: Actor, *, learner: Learner, email: str = "", relationship: str = "", member: Member | None = None
) -> Made:
    """An invitation to see this child. `member`: a guardian of the roster who has no account yet. Raises Invalid."""
    email = email.replace("\x00", "").strip()
    if member is not None:
        linked = GuardianLink.objects.filter(learner=learner, member=member, status=GuardianLink.Status.VERIFIED)
        if member.user_id is not None or not linked.exists():
            raise NotFound
        # Whoever accepts becomes this person: one who works here, too, is reached by the school's own address only.
        works = RoleGrant.objects.filter(running(actor.today), member=member).exclude(role__in=(GRD, LRN, MEN))
        if works.exists() and (not member.email or email.lower() != member.email.lower()):
            text = _("%(name)s works here. Invite them at %(email)s, the address that the school has")
            values = {"name": member.name, "email": member.email or "–"}
            raise Invalid([problem("email", text % values, "works_here")])
    if email and ("@" not in email.strip("@") or " " in email or len(email) > 254):
        raise Invalid([problem("email", _("Enter an email address, like ana@example.org"), "bad_email")])
    if len(relationship) > 40:
        text = _("The relationship has %(n)d characters. Shorten it to 40") % {"n": len(relationship)}
        raise Invalid([problem("relationship", text, "too_long")])
    if not learner.is_active:
        raise Invalid([problem("email", _("%(name)s has left") % {"name": learner.name}, "left")])
    return _make(actor, learner=learner, member=member, email=email, relationship=relationship.strip())


@transaction.atomic
def invite_mentor(actor: Actor, *, learner: Learner, email: str, kind: str, until: date | None) -> Made:
    """An invitation to follow this learner until a day. It goes to an address: nothing is printed. Raises Invalid."""
    email = email.replace("\x00", "").strip()
    problems = mentor_problems(learner, kind, until, actor.today)
    if "@" not in email.strip("@") or " " in email or len(email) > 254:
        problems.insert(0, problem("email", _("Enter an email address, like ana@example.org"), "bad_email"))
    if problems:
        raise Invalid(problems)
    return _make(actor, learner=learner, email=email, mentor_kind=kind, mentor_until=until)


@transaction.atomic
def invite_staff(actor: Actor, *, member: Member) -> Made:
    """An invitation for somebody who has a role here and no account. Raises Conflict for others."""
    if member.user_id is not None or not member.is_enabled or not member.email:
        raise Conflict(_("This person has an account, no access, or no email address. There is nothing to invite to"))
    Invitation.objects.filter(member=member, learner=None, state=State.OPEN).update(state=State.WITHDRAWN)
    return _make(actor, learner=None, member=member, email=member.email, relationship="")


@transaction.atomic
def invite_class(actor: Actor, *, learners: Sequence[Learner]) -> list[Made]:
    """One code to print for each learner; open ones that were printed before no longer work."""
    printed = Invitation.objects.filter(learner__in=learners, email="", member=None, state=State.OPEN)
    printed.update(state=State.WITHDRAWN)
    expires_at = timezone.now() + timedelta(days=DAYS)
    codes = [new_code(actor.tenant_id) for _learner in learners]
    rows = Invitation.objects.bulk_create(
        Invitation(learner=one, code_hash=token_hash(code), expires_at=expires_at, made_by_id=actor.member_id)
        for one, code in zip(learners, codes, strict=True)
    )
    record_audit(actor, "invitation.class_made", detail={"invitations": len(rows)})
    return [Made(row, code) for row, code in zip(rows, codes, strict=True)]


def _make(actor: Actor, **values: object) -> Made:
    code = new_code(actor.tenant_id)
    row: Invitation = Invitation.objects.create(
        code_hash=token_hash(code), expires_at=timezone.now() + timedelta(days=DAYS), made_by_id=actor.member_id,
        **values,
    )  # fmt: skip
    record_audit(actor, "invitation.made", target=row, detail={"mailed": bool(row.email)})
    return Made(row, code)


@transaction.atomic
def withdraw(actor: Actor, *, invitation: Invitation) -> None:
    """The code opens nothing any more. Raises Conflict where it was answered."""
    if not Invitation.objects.filter(pk=invitation.pk, state=State.OPEN).update(state=State.WITHDRAWN):
        raise Conflict(_("This invitation was answered already. Look at the list again"))
    record_audit(actor, "invitation.withdrawn", target=invitation)


def find_invitation(code: str, *, locked: bool = False) -> Invitation:
    """What the code is for; its tenant is open. Raises NotFound for none, Gone with the sentence to say."""
    rows = Invitation.objects.filter(code_hash=token_hash(code.strip().upper()))
    rows = rows.select_for_update(no_key=True, of=("self",)) if locked else rows
    row: Invitation | None = rows.select_related("learner__home_school", "member").first()
    if row is None or row.state == State.WITHDRAWN:
        raise NotFound
    if row.state == State.ACCEPTED:
        raise Gone(_("This invitation has been used already. Sign in, or ask the school office for a new one"))
    if row.state == State.REFUSED:
        raise Gone(_("Somebody said that this invitation was not for them. Ask the school office for a new one"))
    if row.expires_at < timezone.now():
        text = _("This invitation was for %(n)d days and has run out. Ask the school office for a new one")
        raise Gone(text % {"n": DAYS})
    return row


@transaction.atomic
def not_me(*, code: str) -> None:
    """Whoever got it is somebody else: it opens nothing any more, and the school sees that."""
    row = find_invitation(code, locked=True)
    Invitation.objects.filter(pk=row.pk).update(state=State.REFUSED, answered_at=timezone.now())
    record_audit(_nobody(), "invitation.refused", target=row)


@transaction.atomic
def accept(*, code: str, user: User | None, given_name: str, family_name: str, email: str, password: str) -> User:
    """Open the account, or use the one that is signed in (`user`), and link it. Raises Invalid, NotFound, Gone."""
    row = find_invitation(code, locked=True)
    if user is None:
        user = _account(row, given_name, email, password)
    member = _member(row, user, given_name, family_name)
    Affiliation.objects.get_or_create(user=user, tenant_id=current_tenant_id())
    actor = _nobody(member)
    if row.learner is not None and row.mentor_kind:
        until = row.mentor_until or actor.today
        link_mentor(actor, learner=row.learner, member=member, kind=row.mentor_kind, until=until)
    elif row.learner is not None:
        _link(row, row.learner, member, actor)
    Invitation.objects.filter(pk=row.pk).update(state=State.ACCEPTED, answered_at=timezone.now(), member=member)
    record_audit(actor, "invitation.accepted", target=row)
    return user


def _nobody(member: Member | None = None) -> Actor:
    tenant = Tenant.objects.get(pk=current_tenant_id())
    return Actor(tenant.pk, local_today(tenant), member_id=member.pk if member else None)


def _account(row: Invitation, given_name: str, email: str, password: str) -> User:
    """A new account, or the one whose password this is. A mailed invitation is for its address only."""
    email = (row.email or email).replace("\x00", "").strip().lower()
    problems = []
    if "@" not in email.strip("@") or " " in email or len(email) > 254:
        problems.append(problem("email", _("Enter an email address, like ana@example.org"), "bad_email"))
    if row.member is None and not given_name.strip():
        problems.append(problem("given_name", _("Enter your given name"), "empty"))
    if problems:
        raise Invalid(problems)
    known = User.objects.filter(email=email, is_active=True).first()
    if known is not None:
        if not known.check_password(password):
            text = _("This did not work. If you have an account with this address, enter its password")
            raise Invalid([problem("password", text, "wrong")])
        return known
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        raise Invalid([problem("password", " ".join(error.messages), "weak")]) from error
    return User.objects.create_user(email, password)


def _member(row: Invitation, user: User, given_name: str, family_name: str) -> Member:
    """The person of this account here: they are one already, the roster knows them, or they are new."""
    mine: Member | None = Member.objects.filter(user=user).first()
    if row.learner is None:  # staff: the invitation is for this very person
        if row.member is None or (mine is not None and mine.pk != row.member.pk) or row.member.user_id is not None:
            raise Gone(_("This invitation is for somebody else. Sign out, or ask the school office for a new one"))
        mine = None
    if mine is not None:
        return mine
    known: Member | None = row.member
    if known is not None and known.user_id is None:
        Member.objects.filter(pk=known.pk).update(user=user, email=known.email or user.email)
        known.user = user
        return known
    names = (" ".join(text.replace("\x00", "").split())[:150] for text in (given_name, family_name))
    given, family = names
    made: Member = Member.objects.create(
        user=user, given_name=given or user.email.partition("@")[0][:150], family_name=family, email=user.email
    )
    return made


def _link(row: Invitation, learner: Learner, member: Member, actor: Actor) -> None:
    """Verified: somebody with the right invited them to this child. A restricted link stays restricted."""
    link, is_new = GuardianLink.objects.get_or_create(
        member=member, learner=learner,
        defaults={"status": GuardianLink.Status.VERIFIED, "relationship": row.relationship},
    )  # fmt: skip
    if not is_new and link.status != GuardianLink.Status.RESTRICTED:
        GuardianLink.objects.filter(pk=link.pk).update(status=GuardianLink.Status.VERIFIED, ends_on=None)
    grant, is_new = RoleGrant.objects.get_or_create(member=member, role=GRD, defaults={"begins_on": actor.today})
    if not is_new and not RoleGrant.objects.filter(running(actor.today), pk=grant.pk).exists():
        RoleGrant.objects.filter(pk=grant.pk).update(begins_on=actor.today, ends_on=None)
