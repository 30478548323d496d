"""Token authentication: the token names its tenant, and whatever the host says, the request stays in it."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.request import Request

from api.addresses import may_call_from
from api.models import AccessToken, ApiClient, ApiClientSchool, ApiRequest
from tenancy.actor import INT, Actor
from tenancy.context import has_tenant
from tenancy.models import Tenant
from tenancy.selectors import local_today, tenant_of_host
from tenancy.tokens import parse_token, token_hash

BAD = "The token is missing, unknown, expired or revoked. Send a valid one as `Authorization: Bearer …`."
# Writing the time of use at every call would turn every read into a write.
SEEN_EVERY = timedelta(hours=1)
TOO_MANY = 429


def calls_of_minute(now: datetime) -> Coalesce:
    """How often the client called since the clock's minute began; refused ones do not count. No query of its own."""
    rows = ApiRequest.objects.filter(client_id=OuterRef("pk"), at__gte=now.replace(second=0, microsecond=0))
    rows = rows.exclude(status=TOO_MANY).order_by().values("client_id")
    return Coalesce(Subquery(rows.annotate(n=Count("id")).values("n")), Value(0))


class ApiCaller:
    """What DRF calls the user: an authenticated machine."""

    is_authenticated = True

    def __init__(self, client: Any) -> None:
        self.pk = client.pk
        self.client = client


class TokenAuthentication(BaseAuthentication):
    """Authenticates and puts `actor` on the request. The view's transaction (ATOMIC_REQUESTS) is open already."""

    def authenticate(self, request: Request) -> tuple[ApiCaller, Actor] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        scheme, _, text = header.partition(" ")
        parsed = parse_token(text.strip()) if scheme.lower() == "bearer" else None
        # The middleware has opened the tenant that the token names, unless the host belongs to another one.
        if parsed is not None and not has_tenant() and tenant_of_host(request.get_host()) is not None:
            raise NotFound
        if parsed is None or not has_tenant():
            raise AuthenticationFailed(BAD)
        client, scopes = self._client(token_hash(parsed.text))
        if client is None or not may_call_from(client, str(request.META.get("REMOTE_ADDR", ""))):
            raise AuthenticationFailed(BAD)
        request._request.api_client = client  # type: ignore[attr-defined]  # for the log of calls
        tenant: Tenant = client.tenant
        request._request.tenant = tenant  # type: ignore[attr-defined]
        schools = frozenset(client.limited_to)
        actor = Actor(
            tenant_id=tenant.pk,
            today=local_today(tenant),
            roles=frozenset({INT}),
            token_id=client.pk,
            scopes=frozenset(scopes),
            school_ids=schools or None,
            label=client.name,
        )
        return ApiCaller(client), actor

    def _client(self, hashed: str) -> tuple[Any, list[str]]:
        """Whose key it is, or whose access token, and what it may do. One query for a key, two for an access token."""
        now = timezone.now()
        limits = ApiClientSchool.objects.filter(client_id=OuterRef("pk")).values("school_id")
        rows = ApiClient.objects.filter(is_revoked=False, expires_at__gt=now).select_related("tenant")
        rows = rows.annotate(limited_to=ArraySubquery(limits), made=calls_of_minute(now))
        client = rows.filter(Q(token_hash=hashed) | Q(previous_hash=hashed, previous_until__gt=now)).first()
        if client is not None:
            if client.last_used_at is None or client.last_used_at < now - SEEN_EVERY:
                ApiClient.objects.filter(pk=client.pk).update(last_used_at=now)
            return client, client.scopes
        token = AccessToken.objects.filter(token_hash=hashed, expires_at__gt=now).first()
        return (rows.filter(pk=token.client_id).first(), token.scopes) if token is not None else (None, [])

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'
