"""What the OpenAPI document says beyond what the views do by themselves."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

FIELDS = OpenApiParameter("fields", str, description="Only these fields of each row, with commas between them.")


class Described(AutoSchema):
    def get_override_parameters(self) -> list[Any]:
        return [FIELDS] if getattr(self.view, "has_sparse_fields", False) and self.method == "GET" else []


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "wm_…"}
