"""Every browser route declares which row of the access matrix it is: `@requires("Class grid", "read")`.

The declaration is what the permission tests are generated from; a route without one fails the build.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from tenancy.access import may_at_all
from tenancy.rules import RULES

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Declared:
    """`resource` and `action` of the matrix, or `public` with the reason why nobody needs to sign in."""

    resource: str = ""
    action: str = ""
    public: str = ""


def requires(resource: str, action: str) -> Callable[[View], View]:
    """Sign-in, a tenant, and a role that could do it to some object; the view then narrows to visible objects.

    Without the right the answer is 404: the page looks like one that never existed.
    """
    if (resource, action) not in RULES:
        raise LookupError(f"{resource!r}, {action!r} is not a row of permissions.csv")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return sign_in(request)
            actor = request.actor  # type: ignore[attr-defined]
            if actor is None or not may_at_all(actor, resource, action):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.declared = Declared(resource, action)  # type: ignore[attr-defined]
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
