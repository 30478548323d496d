"""Token authentication: the token names its tenant, and whatever the host says, the request stays in it."""

from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.request import Request

from api.models import ApiClient, ApiClientSchool
from tenancy.actor import INT, Actor
from tenancy.context import has_tenant
from tenancy.models import Tenant
from tenancy.selectors import local_today, tenant_of_host
from tenancy.tokens import parse_token, token_hash

BAD = "The token is missing, unknown, expired or revoked. Send a valid one as `Authorization: Bearer …`."
# Writing the time of use at every call would turn every read into a write.
SEEN_EVERY = timedelta(hours=1)


class ApiCaller:
    """What DRF calls the user: an authenticated machine."""

    is_authenticated = True

    def __init__(self, client: ApiClient) -> None:
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
        now = timezone.now()
        limits = ApiClientSchool.objects.filter(client_id=OuterRef("pk")).values("school_id")
        client = (
            ApiClient.objects.filter(token_hash=token_hash(parsed.text), is_revoked=False, expires_at__gt=now)
            .select_related("tenant")
            .annotate(limited_to=ArraySubquery(limits))
            .first()
        )
        if client is None:
            raise AuthenticationFailed(BAD)
        if client.last_used_at is None or client.last_used_at < now - SEEN_EVERY:
            ApiClient.objects.filter(pk=client.pk).update(last_used_at=now)
        tenant: Tenant = client.tenant
        request._request.tenant = tenant  # type: ignore[attr-defined]
        schools = frozenset(client.limited_to)
        actor = Actor(
            tenant_id=tenant.pk,
            today=local_today(tenant),
            roles=frozenset({INT}),
            token_id=client.pk,
            scopes=frozenset(client.scopes),
            school_ids=schools or None,
            label=client.name,
        )
        return ApiCaller(client), actor

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'
