"""A signed-in test client that has just proved its identity again (condition STEP)."""

from __future__ import annotations

import time

from allauth.account.internal.flows import login
from django.test import Client

from tenancy.models import User


def step_up(client: Client, user: User, seconds_ago: float = 0) -> None:
    """Writes into the session what allauth's reauthentication writes."""
    session = client.session
    record = {"method": "password", "at": time.time() - seconds_ago, "reauthenticated": True}
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
