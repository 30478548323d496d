"""The way up from the curriculum: whoever works out levels listens here."""

from django.dispatch import Signal

# Sent inside the transaction of the change with `competency_ids: Collection[int]`: what comes before these changed.
prerequisites_changed = Signal()
