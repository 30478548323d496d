"""How allauth opens accounts here: only by invitation of a tenant, never by signing up.

Wrong passwords are limited per account (`ACCOUNT_RATE_LIMITS`), so that nobody is stopped by an address that many
share. A device on which somebody has signed in before has a limit of its own: who guesses elsewhere does not lock the
owner out.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac

from tenancy.guessing import wrong_answer

DEVICE, HALF_A_YEAR = "device", 180 * 24 * 3600


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        wrong_answer(request, "passwords")

    def post_login(self, request: HttpRequest, user: Any, **values: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **values)
        response.set_cookie(
            DEVICE, signing.dumps([_whose(user.email), get_random_string(12)], salt=DEVICE), max_age=HALF_A_YEAR,
            httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        try:
            whose, number = signing.loads(request.COOKIES.get(DEVICE, ""), salt=DEVICE, max_age=HALF_A_YEAR)
        except (signing.BadSignature, ValueError, TypeError):
            return key
        return f"{key}:{number}" if whose == _whose(credentials.get("email", "")) else key


def _whose(email: str) -> str:
    return salted_hmac(DEVICE, email.strip().lower()).hexdigest()
