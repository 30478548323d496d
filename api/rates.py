"""How often a key may call: so many times in each minute of the clock, told in headers with every answer."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from api.authentication import ApiCaller
from api.models import ApiRequest

TOO_MANY = 429


class PerMinute(BaseThrottle):
    """Counts what the log holds of this minute; calls that were refused for their number are not counted again."""

    def allow_request(self, request: Request, view: object) -> bool:
        caller: Any = request.user
        if not isinstance(caller, ApiCaller):
            return True
        client, now = caller.client, timezone.now()
        minute = now.replace(second=0, microsecond=0)
        self.left: float = (minute + timedelta(minutes=1) - now).total_seconds()
        made = ApiRequest.objects.filter(client=client, at__gte=minute).exclude(status=TOO_MANY).count()
        request._request.rate_headers = {  # type: ignore[attr-defined]
            "RateLimit-Limit": str(client.per_minute),
            "RateLimit-Remaining": str(max(client.per_minute - made - 1, 0)),
            "RateLimit-Reset": str(max(round(self.left), 1)),
        }
        return bool(made < client.per_minute)

    def wait(self) -> float:
        return self.left
