"""All errors of the API as problem details (RFC 9457): type, title, status, code, detail and errors."""

from math import ceil
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from tenancy.errors import DomainError, Invalid

NOT_FOUND = "There is nothing here that this token can see."
TITLES = {
    400: "The request has mistakes",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Format not available",
    409: "Conflict",
    413: "Too large",
    415: "Format not understood",
    422: "Cannot be done",
    429: "Too many requests",
}


def problem(status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": detail,
    }
    return {**body, "errors": errors} if errors else body


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler; None lets an unexpected error become a 500 with a request number."""
    headers: dict[str, str] = {}
    if isinstance(error, Invalid):
        body = problem(error.status, error.code, error.message, error.problems)
    elif isinstance(error, DomainError):
        errors = [{"field": error.field, "code": error.code, "message": error.message}] if error.field else None
        body = problem(error.status, error.code, error.message, errors)
    elif isinstance(error, Http404 | exceptions.NotFound):
        body = problem(404, "not_found", NOT_FOUND)
    elif isinstance(error, PermissionDenied):
        body = problem(403, "refused", "This token may not do that.")
    elif isinstance(error, exceptions.ValidationError):
        errors = list(flat(error.detail))
        body = problem(400, "invalid", errors[0]["message"] if errors else "Check the values.", errors)
    elif isinstance(error, exceptions.APIException):
        body = problem(error.status_code, str(error.default_code), str(error.detail))
        if isinstance(error, exceptions.MethodNotAllowed):
            allowed = ", ".join(getattr(context.get("view"), "allowed_methods", []))
            body = problem(405, "method_not_allowed", f"{error.detail} Use {allowed}")
        if isinstance(error, exceptions.Throttled):
            wait = ceil(getattr(error, "wait", None) or 1)
            text = f"The requests of this minute are used up. Wait {wait} s, or ask for more rows at once"
            body, headers["Retry-After"] = problem(429, "too_many_requests", text), str(wait)
        if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            headers["WWW-Authenticate"] = 'Bearer realm="api"'
            body["status"] = 401
    else:
        return None
    set_rollback()
    response = Response(body, status=body["status"], headers=headers)
    response.content_type = "application/problem+json"
    return response


def flat(detail: Any, path: str = "") -> Any:
    """DRF's nested errors as {field, code, message}, one each; the field is a path like `evidence[3].score`."""
    if isinstance(detail, dict):
        for name, value in detail.items():
            here = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            yield from flat(value, here)
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            yield from flat(value, path if isinstance(value, exceptions.ErrorDetail) else f"{path}[{index}]")
    else:
        yield {"field": path, "code": getattr(detail, "code", "invalid"), "message": str(detail)}


def not_found(request: Any, exception: Exception | None = None) -> JsonResponse:
    """For addresses under /api/ that no route answers."""
    return JsonResponse(problem(404, "not_found", NOT_FOUND), status=404, content_type="application/problem+json")
