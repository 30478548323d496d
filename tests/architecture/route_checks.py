"""The URL tree, flattened, with what each route declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tenancy.gate import Declared
from tenancy.rules import RULES

# Routes of other people's code: they cannot declare anything, so each stands here with why it may be reached.
THIRD_PARTY = {
    "account_login": "signing in",
    "account_logout": "signing out",
    "account_signup": "answers that sign-up is closed (tenancy.accounts)",
    "account_inactive": "says that the account is switched off",
    "account_reauthenticate": "asks the signed-in person for the password again",
    "account_change_password": "own password; the view asks for a sign-in",
    "account_set_password": "own password; the view asks for a sign-in",
    "account_reset_password": "mail with a link, the same answer for any address",
    "account_reset_password_done": "says that a mail was sent",
    "account_reset_password_from_key": "needs the key of the mail",
    "account_reset_password_from_key_done": "says that the password was changed",
    "account_email": "own addresses; the view asks for a sign-in",
    "account_email_verification_sent": "says that a mail was sent",
    "account_confirm_email": "needs the key of the mail",
    "account_confirm_login_code": "signing in by a code is off: leads back to the sign-in page",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `name` is its URL name, or its path where it has none."""

    path: str
    name: str
    callback: Any

    @property
    def declared(self) -> Declared | None:
        view = getattr(self.callback, "cls", None) or getattr(self.callback, "view_class", None)
        found = getattr(self.callback, "declared", None) or getattr(view, "declared", None)
        return found if isinstance(found, Declared) else None


def walk(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, path)
        else:
            yield Route(path, pattern.name or path, pattern.callback)


def routes() -> list[Route]:
    return list(walk(get_resolver().url_patterns))


def route_faults(found: Iterable[Route], third_party: dict[str, str] = THIRD_PARTY) -> list[str]:
    """Every route declares a row of the matrix with roles, or why it is public, or is somebody else's with a reason."""
    faults, seen = [], set()
    for route in found:
        declared = route.declared
        if route.name in third_party and declared is None:
            seen.add(route.name)
            continue
        if declared is None:
            faults.append(f"{route.path}: declares no permission")
        elif not declared.public and (declared.resource, declared.action) not in RULES:
            faults.append(f"{route.path}: {declared.resource!r}, {declared.action!r} is not a row of the matrix")
        elif declared.public and (declared.resource or declared.roles):
            faults.append(f"{route.path}: is public and has a right")
    return faults + [f"{name}: allowed, but there is no such route" for name in sorted(set(third_party) - seen)]
