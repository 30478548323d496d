"""What this room tells the rooms above."""

from django.dispatch import Signal

# Arguments: school_id, None = all of the tenant. Sent in the transaction of the change.
calendar_changed = Signal()
