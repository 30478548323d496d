"""The one way up: whoever works out levels listens here; the ledger knows nothing about them."""

from django.dispatch import Signal

# Sent inside the ledger's transaction with `learner_competency_ids: list[int]` (ascending) and `cause: str`.
# A few rows: levels are worked out before the answer. Bulk rows are marked stale instead and not sent here.
ledger_changed = Signal()
