"""Guessing is slowed and reported, and never stops who is right: many people share one address, or a proxy in front.

What keeps a secret safe is its own size (codes) or its own limit (passwords, per account). This only counts wrong
answers by address and all together, over five minutes, makes wrong ones wait once there are many, and writes a
warning that an operator's monitoring hears. Right answers are not looked at. Nothing of a person is written down.
"""

import logging
import time
from hashlib import sha256
from threading import BoundedSemaphore

from django.core.cache import cache
from django.http import HttpRequest

logger = logging.getLogger(__name__)
WITHIN = 300  # seconds
FROM_ONE, FROM_ALL = 30, 300  # wrong answers within that time, from one address and from all
PAUSE = 1.0
_AT_ONCE = BoundedSemaphore(2)  # who guesses in parallel must not take the threads of everybody else


def wrong_answer(request: HttpRequest, what: str) -> None:
    """Somebody's code or password was wrong. `what`: of which kind; the word stands in the warning."""
    address = sha256(str(request.META.get("REMOTE_ADDR", "")).encode()).hexdigest()[:16]
    counts = {key: cache.get(key, 0) + 1 for key in (f"wrong:{what}:{address}", f"wrong:{what}:all")}
    of_one, of_all = counts.values()
    if of_one > FROM_ONE or of_all > FROM_ALL:
        _wait()  # before anything is written: a row that others count in is not held meanwhile
    for key, number in counts.items():
        cache.set(key, number, WITHIN)
    if of_one == FROM_ONE + 1 or of_all == FROM_ALL + 1:
        where = "one address" if of_one == FROM_ONE + 1 else "all addresses together"
        logger.warning("guessing: %d wrong answers (%s) within five minutes from %s", max(counts.values()), what, where)


def _wait() -> None:
    if _AT_ONCE.acquire(blocking=False):
        try:
            time.sleep(PAUSE)
        finally:
            _AT_ONCE.release()
