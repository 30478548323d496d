"""Finds the tenant and the actor of a request and opens the tenant for the view.

The tenant comes from the host where the host belongs to one, else from the membership kept in the session: never from
a header, query or body. API requests bring their own tenant with their token (`api.authentication`).
"""

from collections.abc import Callable
from contextlib import ExitStack

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.models import Affiliation, Tenant
from tenancy.selectors import actor_for_user, tenant_of_host

SESSION_KEY = "tenant_id"


class TenantRequest(HttpRequest):
    """A request that has passed the middleware."""

    tenant: Tenant | None
    actor: Actor | None


class TenantMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenant = request.actor = None  # type: ignore[attr-defined]
        if request.path_info.startswith(("/api/v1/", settings.STATIC_URL, "/healthz", "/readyz")):
            return self.get_response(request)
        with ExitStack() as stack:
            tenant = self._tenant(request)
            if tenant is not None:
                stack.enter_context(tenant_context(tenant.pk))
                request.tenant = tenant  # type: ignore[attr-defined]
                if request.user.is_authenticated:
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
