"""Middleware of the whole site: the request number and the headers that Django does not set."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from waymark.logging import request_number

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestNumber:
    """Gives every request a number: in the log, in the answer and on error pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = secrets.token_hex(4).upper()
        token = request_number.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_number.reset(token)
        response["X-Request-Number"] = number
        return response


class SecurityHeaders:
    """No caching of anything that was made for one person, and no device access."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response
