"""Text messages through whatever the installation has: `SMS_BACKEND` names a function, "" means that there is none.

A backend is `package.module:function`, called with (phone, text, key). It raises OSError when the service cannot be
reached and ValueError when it refuses the number. The same `key` always comes with the same message: a service that
takes an idempotency key should be given it, so that a second try after a kill is not a second message.
"""

import sys
from collections.abc import Callable
from importlib import import_module

from django.conf import settings

Send = Callable[[str, str, str], None]
MOST = 320


def is_offered() -> bool:
    """Whether families may choose text messages."""
    return bool(settings.SMS_BACKEND)


def send_sms(phone: str, text: str, key: str) -> None:
    """Raises OSError, ValueError."""
    module, _, name = settings.SMS_BACKEND.partition(":")
    send: Send = getattr(import_module(module), name)
    send(phone, text[:MOST], key)


def console(phone: str, text: str, key: str) -> None:
    """For development: prints what would go out."""
    sys.stdout.write(f"SMS to {phone} ({key}):\n{text}\n")
