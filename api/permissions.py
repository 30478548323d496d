"""Every API view declares its row of the access matrix: `permission = Declared("Evidence", "create")`."""

from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


from tenancy.access import may_at_all
from tenancy.gate import Declared


class DeclaredPermission(BasePermission):
    """401 without a token, 403 when no scope of the token could do it to any object; objects are narrowed later."""

    message = "This token does not carry the scope for this."

    def has_permission(self, request: Request, view: Any) -> bool:
        declared: Declared = view.declared_for(request.method)
        if declared.public:
            return True
        if request.auth is None:
            raise NotAuthenticated
        return may_at_all(request.auth, declared.resource, declared.action)
