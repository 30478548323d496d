"""In which language a page is: the person's choice, else the browser's, else the tenant's.

`?language=es` on any page is the choice: it holds for this page, is kept in a cookie, and with the account of who is
signed in, so that mails follow. Staff pages stay in the installation's language until a catalogue covers them: a person
with a staff role reads family and learner pages in their own.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from tenancy.actor import GRD, LRN, MEN
from tenancy.models import Tenant, User

COOKIE, YEAR = "language", 365 * 24 * 3600
AT_HOME = ("/family/", "/me/", "/mentor/")
FOR_MACHINES = ("/api/", "/healthz", "/readyz", "/live/")


class LanguageMiddleware:
    """Behind the one that finds the tenant."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith((settings.STATIC_URL, *FOR_MACHINES)):
            return self.get_response(request)
        asked = offered(request.GET.get("language", ""))
        language = language_of(request, asked) if is_at_home(request) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            if asked and request.user.is_authenticated and request.user.language != asked:
                User.objects.filter(pk=request.user.pk).update(language=asked)
            response = self.get_response(request)
            if asked:
                response.set_cookie(
                    COOKIE, asked, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
                )
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",))
        return response


def offered(code: str) -> str:
    """The code if pages are offered in it, else ""."""
    return code if code in dict(settings.LANGUAGES) else ""


def is_at_home(request: HttpRequest) -> bool:
    """Whether the page is for a family, a learner or somebody who is not signed in."""
    actor = getattr(request, "actor", None)
    return actor is None or actor.roles <= {GRD, LRN, MEN} or request.path_info.startswith(AT_HOME)


def language_of(request: HttpRequest, asked: str = "") -> str:
    own = offered(getattr(request.user, "language", ""))
    kept = "" if own else offered(request.COOKIES.get(COOKIE, ""))
    tenant: Tenant | None = getattr(request, "tenant", None)
    return asked or own or kept or _of_browser(request) or offered(tenant.language if tenant else "") or _default()


def language_of_user(user: User | None, tenant: Tenant) -> str:
    """For mails: nobody's browser is known."""
    return offered(user.language if user is not None else "") or offered(tenant.language) or _default()


def _default() -> str:
    return str(settings.LANGUAGE_CODE)


def _of_browser(request: HttpRequest) -> str:
    for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        try:
            return offered(get_supported_language_variant(code))
        except LookupError:
            continue
    return ""
