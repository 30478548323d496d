"""What page views share: the request's type, and how a domain error becomes a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tenancy.actor import Actor
from tenancy.errors import DomainError, NotFound
from tenancy.models import Tenant


class PageRequest(HttpRequest):
    """A request that `requires` has let through. `person`: the actor with every role, for the frame of the page."""

    actor: Actor
    person: Actor
    tenant: Tenant


def page_errors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """NotFound is the page that every hidden or absent address gets; other errors are shown with their sentence."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error
        except DomainError as error:
            return render(request, "reporting/refused.html", {"message": error.message}, status=error.status)

    return wrapped


def read_uuid(text: str | None) -> UUID | None:
    """A UUID of the query string, or None for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def read_version(request: HttpRequest) -> int:
    """The version of a row as the form had it; 0, which no row has, for anything else."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
