"""Keys of programs: made, rotated and revoked by administrators. A key is shown once; only its keyed hash is kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_network

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from api.models import ApiClient, ApiClientSchool
from learners.models import School
from tenancy.actor import DST, Actor
from tenancy.audit import record_audit
from tenancy.context import current_tenant_id
from tenancy.errors import Invalid, problem
from tenancy.tokens import new_token, token_hash

SCOPES = (
    "roster.read",
    "learners.read",
    "frameworks.read",
    "evidence.read",
    "evidence.write",
    "status.read",
    "reports.read",
    "users.read",
    "guardians.read",
)
LONGEST = timedelta(days=365)
Problems = list[dict[str, str]]
PER_MINUTE, MOST_PER_MINUTE = 600, 6_000
LONGEST_OVERLAP = timedelta(days=30)
# Note 23 of the access rules: what the key of a school administrator can carry at most.
OF_SCHOOLS = frozenset(scope for scope in SCOPES if scope.endswith(".read") or scope == "evidence.write")


@transaction.atomic
def create_client(
    actor: Actor,
    *,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime,
    schools: Iterable[School] = (),
    addresses: Sequence[str] = (),
    per_minute: int = PER_MINUTE,
    token: str | None = None,
) -> tuple[ApiClient, str]:
    """A client and its key, which is shown this once. schools: none for all of the tenant. addresses: networks (CIDR)

    from which it may call, none for everywhere. Raises Invalid.
    """
    name, scopes, schools = name.strip(), sorted(set(scopes)), list(schools)
    problems = [*_name(name), *_scopes(actor, scopes), *_of_actor(actor, scopes, schools), *_expiry(expires_at)]
    networks, wrong = _networks(addresses)
    problems += wrong
    if problems:
        raise Invalid(problems)
    text = token or new_token(current_tenant_id())
    client = ApiClient.objects.create(
        name=name,
        token_hash=token_hash(text),
        hint=text[-4:],
        scopes=scopes,
        expires_at=expires_at,
        addresses=networks,
        per_minute=min(per_minute, MOST_PER_MINUTE) if actor.member_id else per_minute,
        created_by_id=actor.member_id,
    )
    ApiClientSchool.objects.bulk_create([ApiClientSchool(client=client, school=school) for school in schools])
    record_audit(actor, "api_client.created", target=client, detail={"scopes": scopes})
    return client, text


@transaction.atomic
def rotate_client(actor: Actor, *, client: ApiClient, overlap: timedelta) -> str:
    """A new key for the same client, shown this once; the old one works until the overlap is over. Raises Invalid."""
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Invalid([problem("overlap", _("Choose an overlap of up to 30 days"), "out_of_range")])
    row: ApiClient = ApiClient.objects.select_for_update().get(pk=client.pk)
    if row.is_revoked:
        raise Invalid([problem("overlap", _("This key is revoked. Make a new one"), "revoked")])
    text, now = new_token(current_tenant_id()), timezone.now()
    row.previous_hash, row.previous_until = row.token_hash, min(now + overlap, row.expires_at)
    row.token_hash, row.hint, row.rotated_at = token_hash(text), text[-4:], now
    row.save(update_fields=["previous_hash", "previous_until", "token_hash", "hint", "rotated_at"])
    record_audit(actor, "api_client.rotated", target=row, detail={"hours": overlap.total_seconds() / 3600})
    return text


@transaction.atomic
def revoke_client(actor: Actor, *, client: ApiClient) -> None:
    """From the next request on it is refused, with every access token made from it. Once is enough."""
    if ApiClient.objects.filter(pk=client.pk, is_revoked=False).update(is_revoked=True):
        record_audit(actor, "api_client.revoked", target=client)


def scopes_of(actor: Actor) -> list[str]:
    """What a key made by this person can carry."""
    return [scope for scope in SCOPES if actor.member_id is None or actor.has(DST) or scope in OF_SCHOOLS]


def _name(name: str) -> Problems:
    if not name or len(name) > 60:
        return [problem("name", _("Name the program in 1 to 60 characters"), "invalid")]
    if ApiClient.objects.filter(name=name).exists():
        return [
            problem("name", _("There is a key named \u201c%(name)s\u201d. Use another name") % {"name": name}, "taken")
        ]
    return []


def _scopes(actor: Actor, scopes: Sequence[str]) -> Problems:
    if actor.member_id is not None and not scopes:
        return [problem("scopes", _("Choose at least one thing that the program may do"), "required")]
    unknown = next((scope for scope in scopes if scope not in SCOPES), None)
    if unknown is None:
        return []
    text = _("scope was \u201c%(scope)s\u201d. Use some of %(known)s") % {
        "scope": unknown[:60],
        "known": ", ".join(SCOPES),
    }
    return [problem("scopes", text, "unknown_scope")]


def _of_actor(actor: Actor, scopes: Sequence[str], schools: Sequence[School]) -> Problems:
    if actor.member_id is None or actor.has(DST):
        return []
    found = []
    if not schools:
        found.append(problem("schools", _("Choose the schools that the program may reach"), "required"))
    if set(scopes) - OF_SCHOOLS:
        text = _("%(scope)s can be given by a district administrator only") % {"scope": min(set(scopes) - OF_SCHOOLS)}
        found.append(problem("scopes", text, "beyond_school"))
    return found


def _expiry(expires_at: datetime) -> Problems:
    if timezone.now() < expires_at <= timezone.now() + LONGEST:
        return []
    return [problem("expires_at", _("A key ends on a day after today and within 365 days"), "out_of_range")]


def _networks(addresses: Sequence[str]) -> tuple[list[str], Problems]:
    networks, wrong = [], []
    for text in addresses:
        try:
            networks.append(str(ip_network(text.strip(), strict=False)))
        except ValueError:
            said = _("\u201c%(address)s\u201d is not an address or network. Write 203.0.113.7 or 203.0.113.0/24")
            wrong.append(problem("addresses", said % {"address": text[:60]}, "invalid"))
    return networks, wrong
