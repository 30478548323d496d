"""What the frame of every page needs: who is here, where, in which colours."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tenancy.actor import DST, GRD, LRN, MEN, SCH, TCH
from tenancy.languages import is_at_home

# role → (route, label, icon); one entry per home, in the order of the menu
MENU = (
    (TCH, "today", _("Today"), "house"),
    (TCH, "my_classes", _("Classes"), "layout-grid"),
    (SCH, "my_classes", _("Classes"), "layout-grid"),
    (TCH, "support_plans", _("Plans"), "handshake"),
    (TCH, "curriculum", _("Curriculum"), "list-checks"),
    (TCH, "reviews", _("Reviews"), "clipboard-check"),
    (SCH, "mastery_report", _("Report"), "trending-up"),
    (DST, "mastery_report", _("Report"), "trending-up"),
    (SCH, "people", _("People"), "users"),
    (DST, "people", _("People"), "users"),
    (SCH, "support_plans", _("Plans"), "handshake"),
    (SCH, "policies", _("Policies"), "settings"),
    (DST, "policies", _("Policies"), "settings"),
    (DST, "developers", _("Developers"), "code"),
    (SCH, "curriculum", _("Curriculum"), "list-checks"),
    (SCH, "reviews", _("Reviews"), "clipboard-check"),
    (DST, "curriculum", _("Curriculum"), "list-checks"),
    (GRD, "family", _("My children"), "heart"),
    (GRD, "family_messages", _("Messages"), "message-circle"),
    (GRD, "family_settings", _("Settings"), "settings"),
    (MEN, "mentees", _("People I follow"), "users"),
    (LRN, "me", _("My learning"), "target"),
    (LRN, "my_milestones", _("Milestones"), "list-checks"),
    (LRN, "my_goals", _("Goals"), "star"),
    (LRN, "my_portfolio", _("Portfolio"), "image"),
)
# Where somebody's messages are: the first role that the person holds.
MESSAGES = ((TCH, "messages"), (SCH, "messages"), (GRD, "family_messages"), (LRN, "my_messages"))
DARK_MEDIA = {"device": "screen and (prefers-color-scheme: dark)", "dark": "screen", "light": "not all"}


def _length(entry: dict[str, Any]) -> int:
    return len(entry["address"])


def _languages(request: HttpRequest) -> list[dict[str, Any]]:
    """The languages of this page, each by its own name; none where there is nothing to choose."""
    if len(settings.LANGUAGES) < 2 or not is_at_home(request):
        return []
    here, found = get_language(), []
    for code, name in settings.LANGUAGES:
        asked = request.GET.copy()
        asked["language"] = code
        address = f"{request.path if request.method == 'GET' else '/'}?{asked.urlencode()}"
        found.append({"code": code, "name": name, "address": address, "is_here": code == here})
    return found


def shell(request: HttpRequest) -> dict[str, Any]:
    """No queries of its own beyond what the middleware has read."""
    # The page's actor has only the roles that the page is for; the menu is for the whole person.
    actor = getattr(request, "person", None) or getattr(request, "actor", None)
    tenant = getattr(request, "tenant", None)
    theme = getattr(request.user, "theme", "device") if hasattr(request, "user") else "device"
    seen: dict[str, dict[str, Any]] = {}
    for role, route, label, icon in MENU:
        if actor is not None and actor.has(role) and route not in seen:
            address = reverse(route)
            seen[route] = {
                "address": address,
                "label": label,
                "icon": icon,
                "is_here": False,
            }
    here = max((entry for entry in seen.values() if request.path.startswith(entry["address"])), key=_length, default={})
    here["is_here"] = True
    initials = "".join(part[0] for part in actor.label.split()[:2]).upper() if actor and actor.label else ""
    return {
        "actor": actor,
        "tenant": tenant,
        "time_zone": tenant.time_zone if tenant else "UTC",
        "menu": list(seen.values()),
        "messages_at": next((reverse(route) for role, route in MESSAGES if actor is not None and actor.has(role)), ""),
        "initials": initials,
        "languages": _languages(request),
        "theme": theme,
        "dark_media": DARK_MEDIA[theme],
        "live_port": settings.LIVE_PORT,
    }
