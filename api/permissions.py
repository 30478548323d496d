"""Every API view declares its row of the access matrix: `permission = Declared("Evidence", "create")`."""

from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tenancy.access import may_at_all
from tenancy.actor import Actor
from tenancy.gate import Declared


def actor_of(request: Request) -> Actor:
    """Who calls: what TokenAuthentication has put on the request. Raises NotAuthenticated."""
    actor: Any = request.auth
    if not isinstance(actor, Actor):
        raise NotAuthenticated
    return actor


class DeclaredPermission(BasePermission):
    """401 without a token, 403 when no scope of the token could do it to any object; objects are narrowed later."""

    message = "This token does not carry the scope for this."

    def has_permission(self, request: Request, view: Any) -> bool:
        declared: Declared = view.declared_for(request.method)
        if declared.public:
            return True
        return may_at_all(actor_of(request), declared.resource, declared.action)
