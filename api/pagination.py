"""Lists are paged by cursor: stable while rows are added, and the same cost on every page."""

import base64
import binascii
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

LARGEST, USUAL = 200, 50


class CursorPage(BasePagination):
    """`?limit=&cursor=`; the answer is `{"results": […], "next": cursor or null}`. Ordered by the internal key."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.limit = self._limit(request.query_params.get("limit"))
        after = self._after(request.query_params.get("cursor"))
        rows = list(queryset.filter(id__gt=after).order_by("id")[: self.limit + 1])
        self.following = encode(rows[self.limit - 1].pk) if len(rows) > self.limit else None
        return rows[: self.limit]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.following})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        following = {"type": "string", "nullable": True, "description": "Send it as `cursor` for the next page."}
        properties = {"results": schema, "next": following}
        return {"type": "object", "required": ["results", "next"], "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "limit",
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST},
            },
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
        ]

    def _limit(self, text: str | None) -> int:
        if text is None:
            return USUAL
        if not text.isascii() or not text.isdigit() or not 1 <= len(text) <= 4 or not 1 <= int(text) <= LARGEST:
            raise ValidationError({"limit": [f'limit was "{text[:20]}". Use a whole number from 1 to {LARGEST}']})
        return int(text)

    def _after(self, text: str | None) -> int:
        if text is None:
            return 0
        try:
            value = int(base64.urlsafe_b64decode(text.encode("ascii") + b"==").decode("ascii"))
        except (ValueError, UnicodeError, binascii.Error) as error:
            raise ValidationError({"cursor": ["cursor is not one of ours. Start without it"]}) from error
        if not 0 <= value < 2**63:
            raise ValidationError({"cursor": ["cursor is not one of ours. Start without it"]})
        return value


def encode(pk: int) -> str:
    return base64.urlsafe_b64encode(str(pk).encode()).decode().rstrip("=")
