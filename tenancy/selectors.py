"""Reads of tenants, members and roles."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import IntegerField, Value
from django.db.models.expressions import Combinable
from django.utils import timezone

from tenancy.actor import ANON, ROLES_IN_USE, Actor
from tenancy.models import Affiliation, Member, RoleGrant, Tenant, User

SESSION_KEY = "tenant_id"  # the tenant chosen by a user of several, in the session
# What upper rooms read together with the member, from the tenant's own day and the path to the member's key: the frame
# of each page then costs no query of its own. `interventions` puts the number of unread messages here.
beside_member: dict[str, Callable[[date, str], Combinable]] = {}


@dataclass(frozen=True, slots=True)
class TenantChoice:
    """A tenant in which a user may work, for the switch in the user menu."""

    id: int
    slug: str
    name: str


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local_today(tenant: Tenant, now: datetime | None = None) -> date:
    """The tenant's own date."""
    return (now or timezone.now()).astimezone(zone(tenant.time_zone)).date()


def member_names(member_ids: Iterable[int | None]) -> dict[int | None, str]:
    """{member: name} of those that are there. One query."""
    rows = Member.objects.filter(id__in={one for one in member_ids if one is not None})
    return {row.pk: row.name for row in rows}


def tenant_of_host(host: str) -> Tenant | None:
    """The tenant that a host name belongs to: `<slug>.BASE_DOMAIN` or the tenant's own domain."""
    name = host.rsplit(":", 1)[0].lower()
    if settings.BASE_DOMAIN and name.endswith("." + settings.BASE_DOMAIN):
        return Tenant.objects.filter(slug=name.removesuffix("." + settings.BASE_DOMAIN)).first()
    if name in {"127.0.0.1", "localhost", "testserver"} or name == settings.BASE_DOMAIN:
        return None
    return Tenant.objects.filter(host=name).first()


def actor_for_user(tenant: Tenant, user: User) -> Actor | None:
    """The signed-in person in the active tenant, with the roles that run today; None for a stranger."""
    today = local_today(tenant)
    unread = beside_member.get("unread", _nothing)
    grants = list(
        RoleGrant.objects.filter(member__user_id=user.pk, member__is_enabled=True)
        .select_related("member")
        .annotate(unread=unread(today, "member_id"))
        .order_by("role")
    )
    if not grants:
        return None
    member = grants[0].member
    running = {g.role for g in grants if (g.begins_on or today) <= today <= (g.ends_on or today)}
    return Actor(
        tenant_id=tenant.pk,
        today=today,
        roles=frozenset(running & ROLES_IN_USE),
        member_id=member.pk,
        user_id=user.pk,
        label=member.name,
        unread=int(grants[0].unread),
    )


def _nothing(today: date, member: str) -> Combinable:
    return Value(0, output_field=IntegerField())


def nobody(tenant_id: int, today: date) -> Actor:
    return Actor(tenant_id=tenant_id, today=today, roles=frozenset({ANON}))


def tenant_choices(user: User) -> list[TenantChoice]:
    rows = Affiliation.objects.filter(user_id=user.pk).order_by("tenant__name")
    return [TenantChoice(*row) for row in rows.values_list("tenant_id", "tenant__slug", "tenant__name")]
