"""OAuth 2.0 client credentials (RFC 6749 §4.4) at `/oauth/token`: the flow is oauthlib's, the clients are our keys.

The client's id names its tenant, as a key does; its secret is the key itself. See decision 0021.
"""

import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST
from oauthlib.common import Request
from oauthlib.oauth2 import BackendApplicationServer, RequestValidator

from api.addresses import may_call_from
from api.models import AccessToken, ApiClient
from tenancy.context import tenant_context
from tenancy.gate import public
from tenancy.selectors import tenant_of_host
from tenancy.tokens import new_token, token_hash

LASTS = timedelta(hours=1)
CLIENT_ID = re.compile(r"wm_([0-9]{1,18})_([0-9a-f]{32})")
NEVER = "0" * 64  # compared with where there is no client, so that both cases take as long


class Clients(RequestValidator):
    """Who may have a token, and for what. The tenant of the client is open."""

    def __init__(self, address: str) -> None:
        self.address = address

    @sensitive_variables()
    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        name, secret = credentials(request)
        now, key = timezone.now(), CLIENT_ID.fullmatch(name)
        client: ApiClient | None = None
        if key is not None:
            client = ApiClient.objects.filter(public_id=key[2], is_revoked=False, expires_at__gt=now).first()
        wanted = token_hash(secret)
        is_right = constant_time_compare(wanted, client.token_hash if client else NEVER)
        if client is not None and client.previous_until is not None and client.previous_until > now:
            is_right |= constant_time_compare(wanted, client.previous_hash)
        if client is None or not is_right or not may_call_from(client, self.address):
            return False
        request.client = client
        return True

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        return grant_type == "client_credentials"

    def get_default_scopes(self, client_id: str, request: Request, *args: Any, **kwargs: Any) -> list[str]:
        client: Any = request.client
        return list(client.scopes)

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        return bool(scopes) and set(scopes) <= set(client.scopes)

    @sensitive_variables()
    def save_bearer_token(self, token: Mapping[str, Any], request: Request, *args: Any, **kwargs: Any) -> None:
        client: Any = request.client
        now, hashed = timezone.now(), token_hash(token["access_token"])
        AccessToken.objects.create(client=client, token_hash=hashed, scopes=request.scopes, expires_at=now + LASTS)
        ApiClient.objects.filter(pk=client.pk).update(last_used_at=now)


def credentials(request: Request) -> tuple[str, str]:
    """client_secret_basic or client_secret_post (RFC 6749 §2.3.1)."""
    found = basic(request.headers.get("Authorization", ""))
    return found or (str(request.client_id or ""), str(request.client_secret or ""))


def basic(header: str) -> tuple[str, str] | None:
    """Name and secret of a Basic header, percent-decoded as the RFC wants; None without a good one."""
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = b64decode(text.strip(), validate=True).decode().partition(":")
    except ValueError:
        return None
    return (unquote_plus(name), unquote_plus(secret)) if colon else None


@public("a program shows its secret to get a token")
@csrf_exempt
@require_POST
@sensitive_post_parameters()
@sensitive_variables()
def token(request: HttpRequest) -> HttpResponse:
    """`grant_type=client_credentials&scope=…` → `access_token`, `token_type`, `expires_in`, `scope`."""
    header, form = request.headers.get("Authorization", ""), request.body.decode("utf-8", "replace")
    name = (basic(header) or (request.POST.get("client_id", ""), ""))[0]
    match, of_host = CLIENT_ID.fullmatch(name), tenant_of_host(request.get_host())
    if match is None or (of_host is not None and of_host.pk != int(match[1])):
        return JsonResponse({"error": "invalid_client"}, status=401, headers={"WWW-Authenticate": "Basic"})
    with tenant_context(int(match[1])):
        address = str(request.META.get("REMOTE_ADDR", ""))
        server = BackendApplicationServer(
            Clients(address), token_generator=lambda _: new_token(int(match[1])),
            token_expires_in=int(LASTS.total_seconds()),
        )  # fmt: skip
        headers, body, status = server.create_token_response(
            request.build_absolute_uri(), "POST", form, {"Authorization": header}
        )
    return HttpResponse(body, status=status, headers=headers)
