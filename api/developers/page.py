"""What the pages of developers show: keys, calls and how they were answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from api.developers.forms import SCOPE_WORDS
from api.models import ApiClient, ApiRequest
from tenancy.actor import Actor
from tenancy.errors import NotFound

CLIENTS = "API client and token"
LIST = (CLIENTS, "list (never the secret)")
CHANGE = (CLIENTS, "create, rotate, revoke")
AT_ONCE, QUIET_DAYS = 50, 60
PROBLEMS_FROM = 400


@dataclass(frozen=True, slots=True)
class KeyRow:
    """state: works, ended or revoked. old_until: until when the key before works too. quiet: days without a call."""

    public_id: UUID
    name: str
    hint: str
    client_id: str
    may: tuple[str, ...]
    schools: tuple[str, ...]
    addresses: tuple[str, ...]
    expires_at: datetime
    last_used_at: datetime | None
    old_until: datetime | None
    state: str
    quiet: int


@dataclass(frozen=True, slots=True)
class Day:
    """Calls of the last 24 hours: all, and those that were refused or failed."""

    calls: int
    failed: int


@dataclass(frozen=True, slots=True)
class Log:
    rows: tuple[ApiRequest, ...]
    following: int | None


def keys_of(actor: Actor) -> tuple[KeyRow, ...]:
    """Working keys first, then the newest. Two queries."""
    rows = ApiClient.objects.visible_to(actor, *LIST).prefetch_related("school_limits__school")
    now, found = timezone.now(), []
    for one in rows.order_by("is_revoked", "-created_at", "id"):
        state = "revoked" if one.is_revoked else "ended" if one.expires_at <= now else "works"
        old = one.previous_until if one.previous_until and one.previous_until > now else None
        found.append(
            KeyRow(
                one.public_id, one.name, one.hint, one.client_id,
                tuple(str(SCOPE_WORDS.get(scope, scope)) for scope in one.scopes),
                tuple(sorted(limit.school.name for limit in one.school_limits.all())), tuple(one.addresses),
                one.expires_at, one.last_used_at, old, state, (now - (one.last_used_at or one.created_at)).days,
            )
        )  # fmt: skip
    return tuple(found)


def visible_client(actor: Actor, client_id: UUID) -> ApiClient:
    """Raises NotFound."""
    client: ApiClient | None = ApiClient.objects.visible_to(actor, *CHANGE).filter(public_id=client_id).first()
    if client is None:
        raise NotFound
    return client


def last_day(actor: Actor) -> Day:
    """One query."""
    rows = ApiRequest.objects.visible_to(actor, *LIST).filter(at__gte=timezone.now() - timedelta(days=1))
    found = rows.aggregate(calls=Count("id"), failed=Count("id", filter=Q(status__gte=PROBLEMS_FROM)))
    return Day(found["calls"], found["failed"])


def log_of(actor: Actor, *, failed: bool, client: UUID | None, before: int | None, count: int = AT_ONCE) -> Log:
    """The newest first; `following` is where the next page begins. One query."""
    rows = ApiRequest.objects.visible_to(actor, *LIST).select_related("client").order_by("-id")
    if failed:
        rows = rows.filter(status__gte=PROBLEMS_FROM)
    if client is not None:
        rows = rows.filter(client__public_id=client)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = tuple(rows[: count + 1])
    return Log(found[:count], found[count - 1].pk if len(found) > count else None)
