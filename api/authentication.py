"""Token authentication: the token names its tenant, and whatever the host says, the request stays in it."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.request import Request

from api.models import ApiClient, ApiClientSchool
from tenancy.actor import INT, Actor
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
        tenant: Tenant | None = getattr(request._request, "tenant", None)  # opened by the middleware from this header
        if parsed is not None and tenant is None and tenant_of_host(request.get_host()) is not None:
            raise NotFound  # the host belongs to a tenant and the token to another one
        if parsed is None or tenant is None:
            raise AuthenticationFailed(BAD)
        now = timezone.now()
        client = ApiClient.objects.filter(
            token_hash=token_hash(parsed.text), is_revoked=False, expires_at__gt=now
        ).first()
        if client is None:
            raise AuthenticationFailed(BAD)
        ApiClient.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=now - SEEN_EVERY), pk=client.pk).update(
            last_used_at=now
        )
        schools = frozenset(ApiClientSchool.objects.filter(client_id=client.pk).values_list("school_id", flat=True))
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
