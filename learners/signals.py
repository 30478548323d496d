"""What this room tells the rooms above."""

from django.dispatch import Signal

# Arguments: school_id, None = all of the tenant. Sent in the transaction of the change.
calendar_changed = Signal()
# Who learns what where has changed: enrolments, classes, learners' schools and grades, plans of classes, what is given.
# Arguments: school_ids, None = anywhere in the tenant. Sent in the transaction of the change.
places_changed = Signal()
# Argument: learner_id. By hand: the learner is at home at another school. Sent in the transaction of the change.
learner_moved = Signal()
# The tenant keeps this of its learners no longer: whoever holds anything of it deletes it. Argument: dimension. Sent in
# the transaction of the change.
dimension_dropped = Signal()
