"""Tells open boards that something moved: a doorbell through Redis, rung after the commit.

A bell that nobody hears costs a late look, never a record: pages that hear nothing look by themselves, and what they
then read comes from PostgreSQL. So a Redis that is away is logged and stops no write.
"""

import json
import logging
from collections.abc import Iterable
from functools import cache, partial

import redis
from django.conf import settings
from django.db import transaction

from tenancy.context import current_tenant_id

logger = logging.getLogger(__name__)
MOST = 2000  # learners named in one message; of more the whole tenant is told


def channel(tenant_id: int) -> str:
    return f"live:{tenant_id}"


def tell_boards(learner_ids: Iterable[int]) -> None:
    """Once the open transaction is committed, tell whoever has these learners on a board. Nothing for no learner."""
    some = sorted({int(one) for one in learner_ids})
    if some:
        message = json.dumps(some if len(some) <= MOST else None)
        transaction.on_commit(partial(_ring, channel(current_tenant_id()), message))


def _ring(name: str, message: str) -> None:
    try:
        _client().publish(name, message)
    except redis.RedisError as error:
        logger.warning("open boards were not told: %s", error)


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
