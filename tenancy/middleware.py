"""Finds the tenant and the actor of a request and opens the tenant for the view.

The tenant comes from the host where the host belongs to one, else from the membership kept in the session: never from
a header, query or body. An API token names its own tenant; whether it is good is for `api.authentication` to say.
"""

from collections.abc import Callable
from contextlib import ExitStack

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tenancy.context import tenant_context
from tenancy.models import Affiliation, Tenant
from tenancy.selectors import SESSION_KEY, actor_for_user, tenant_of_host
from tenancy.tokens import parse_token

WITHOUT_TENANT = ("/healthz", "/readyz", "/verify/", "/invite/", "/oauth/")


class TenantMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenant = request.actor = None  # type: ignore[attr-defined]
        # A certificate names its own tenant, whoever asks; so do an invitation and the client of OAuth.
        if request.path_info.startswith(
            (settings.STATIC_URL, "/healthz", "/readyz", "/verify/", "/invite/", "/oauth/")
        ):
            return self.get_response(request)
        is_api = request.path_info.startswith("/api/v1/")
        with ExitStack() as stack:
            tenant = None if is_api else self._tenant(request)
            tenant_id = tenant.pk if tenant is not None else tenant_of_token(request) if is_api else None
            if tenant_id is not None:
                stack.enter_context(tenant_context(tenant_id))
                request.tenant = tenant  # type: ignore[attr-defined]
                if tenant is not None and request.user.is_authenticated:
                    request.actor = actor_for_user(tenant, request.user)  # type: ignore[attr-defined]
            return self.get_response(request)

    def _tenant(self, request: HttpRequest) -> Tenant | None:
        of_host = tenant_of_host(request.get_host())
        if of_host is not None or not request.user.is_authenticated:
            return of_host
        chosen = request.session.get(SESSION_KEY)
        rows = Affiliation.objects.filter(user_id=request.user.pk).select_related("tenant").order_by("tenant_id")
        if chosen is not None:
            rows = rows.filter(tenant_id=chosen)
        first = rows.first()
        return first.tenant if first else None


def tenant_of_token(request: HttpRequest) -> int | None:
    """The key of the tenant that the bearer token names; None if there is none or the host belongs to another one.

    Nobody has been let in yet: inside a tenant that is not there, authentication finds no client.
    """
    _, _, text = request.headers.get("Authorization", "").partition(" ")
    parsed = parse_token(text.strip())
    if parsed is None:
        return None
    of_host = tenant_of_host(request.get_host())
    return parsed.tenant_id if of_host is None or of_host.pk == parsed.tenant_id else None
