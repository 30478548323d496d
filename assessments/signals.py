"""The one way up: whoever works out levels listens here; the ledger knows nothing about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.dispatch import Signal

if TYPE_CHECKING:
    from assessments.ledger import Appended
    from assessments.pieces import Piece
    from tenancy.actor import Actor

# Sent inside the ledger's transaction with `learner_competency_ids: list[int]` (ascending) and `cause: str`.
# A few rows: levels are worked out before the answer. Bulk rows are marked stale instead and not sent here.
ledger_changed = Signal()

# How a single piece is recorded together with its level, if the app above knows a short way: (actor, piece) → what was
# appended, or None where nothing was and the long way has to be taken. Set once, when that app is ready.
short_way: list[Callable[[Actor, Piece], Appended | None]] = []
