"""Opening accounts. An e-mail address alone never links a person to an account: somebody who may do so opens it."""

from dataclasses import dataclass

from django.db import transaction

from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.context import current_tenant_id
from tenancy.errors import Conflict, NotFound
from tenancy.models import Affiliation, Member, User


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    user: User
    member: Member
    is_new: bool


@transaction.atomic
def open_account(actor: Actor, *, email: str) -> OpenedAccount:
    """An account for the enabled member with this address. A new one has no password yet.

    Raises NotFound without such a member, Conflict when several members share the address.
    """
    members = list(Member.objects.filter(email__iexact=email.strip(), is_enabled=True).order_by("id")[:2])
    if not members:
        raise NotFound(f'Nobody here has the address "{email}". Import the roster first, or check the address')
    if len(members) > 1:
        raise Conflict(f'Several people here have the address "{email}". Give each their own, then try again')
    member = members[0]
    user = User.objects.filter(email=email.strip().lower()).first()
    is_new = user is None
    if user is None:
        user = User.objects.create_user(email)
    Affiliation.objects.get_or_create(user=user, tenant_id=current_tenant_id())
    if member.user_id != user.pk:
        member.user = user
        member.save(update_fields=["user"])
        record_audit(actor, "account.opened", target=member)
    return OpenedAccount(user, member, is_new)
