"""How often a key may call: so many times in each minute of the clock, told in headers with every answer.

Counted from the log of calls, by the query that looks the key up.
"""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from api.authentication import ApiCaller


class PerMinute(BaseThrottle):
    def allow_request(self, request: Request, view: object) -> bool:
        caller: Any = request.user
        if not isinstance(caller, ApiCaller):
            return True
        client = caller.client
        self.left = 60 - timezone.now().second
        request._request.rate_headers = {  # type: ignore[attr-defined]
            "RateLimit-Limit": str(client.per_minute),
            "RateLimit-Remaining": str(max(client.per_minute - client.made - 1, 0)),
            "RateLimit-Reset": str(self.left),
        }
        return bool(client.made < client.per_minute)

    def wait(self) -> float:
        return self.left
