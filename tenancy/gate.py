"""Every browser route declares which row of the access matrix it is: `@requires("Class grid", "read")`.

The declaration is what the permission tests are generated from; a route without one fails the build.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from tenancy.access import may_at_all, would_gain
from tenancy.actor import DST, GRD, LRN, MEN, SCH, TCH
from tenancy.rules import RULES
from tenancy.step_up import has_stepped_up, prove_again

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Declared:
    """`resource` and `action` of the matrix and the roles the page is for, or why it is `public`."""

    resource: str = ""
    action: str = ""
    roles: frozenset[str] = frozenset()
    public: str = ""


STAFF = frozenset({TCH, SCH, DST})
ANYBODY = STAFF | {LRN, GRD}
EVERYBODY = ANYBODY | {MEN}  # pages about one's own account


def requires(resource: str, action: str, roles: frozenset[str] = STAFF) -> Callable[[View], View]:
    """Sign-in, a tenant, and a role that could do it to some object; the view then narrows to visible objects.

    Only `roles` count on this page: holding LRN or GRD never widens a staff role, and staff see their own child as any
    guardian does. Without the right the answer is 404: the page looks like one that never existed. Who lacks nothing
    but a fresh proof of identity (STEP) is asked for it first, whatever stands in the address.
    """
    if (resource, action) not in RULES:
        raise LookupError(f"{resource!r}, {action!r} is not a row of permissions.csv")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return sign_in(request)
            actor = request.actor  # type: ignore[attr-defined]
            if actor is None:
                raise Http404
            request.person = actor  # type: ignore[attr-defined]  # with every role, for the menu
            actor = replace(actor, roles=actor.roles & roles, has_stepped_up=has_stepped_up(request))
            is_short_of_proof = would_gain(actor, resource, action)
            if not may_at_all(actor, resource, action):
                if is_short_of_proof:
                    return prove_again(request)
                raise Http404
            request.actor = actor  # type: ignore[attr-defined]
            try:
                return view(request, *args, **kwargs)
            except Http404:
                if not is_short_of_proof:
                    raise
                transaction.set_rollback(True)
                return prove_again(request)

        guarded.declared = Declared(resource, action, roles)  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(reason: str) -> Callable[[View], View]:
    """A page that needs no right, with the reason why."""

    def decorate(view: View) -> View:
        view.declared = Declared(public=reason)  # type: ignore[attr-defined]
        return view

    return decorate


def sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page; a fragment request is told to go there with the whole page."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
        return response
    return redirect_to_login(request.get_full_path())
