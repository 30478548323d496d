"""Codes of evidence columns: what kind of work, what state a row is in, and why a row did not count."""

from enum import IntEnum

import numpy as np

NODATE = int(np.iinfo(np.int64).min)
"""Sentinel of the time columns. The smallest int64, so undated evidence sorts as the oldest; also NumPy's NaT."""

NO_CODE = -1
"""Sentinel of task, attempt and form: not given."""


class Kind(IntEnum):
    """What sort of evidence a row is."""

    FORMATIVE = 0
    SUMMATIVE = 1
    PERFORMANCE = 2
    OBSERVATION = 3
    SELF_ASSESSMENT = 4
    INDICATOR = 5


class State(IntEnum):
    """Whether a row may count."""

    COUNTED = 0
    WITHDRAWN = 1
    HIDDEN = 2
    NOT_JUDGED = 3
    WITH_HINTS = 4


class Reason(IntEnum):
    """Why a row did not count; COUNTED is no reason. Where several hold, the lowest is kept."""

    COUNTED = 0
    DUPLICATE = 1
    WITHDRAWN = 2
    HIDDEN = 3
    SELF_ASSESSMENT = 4
    WITH_HINTS = 5
    NOT_JUDGED = 6
    NULL = 7
    NOT_LATEST_ATTEMPT = 8
    NOT_BEST_ATTEMPT = 9
    OUTSIDE_WINDOW = 10


KIND_NAMES: tuple[str, ...] = tuple(kind.name.lower() for kind in Kind)
STATE_NAMES: tuple[str, ...] = tuple(state.name.lower() for state in State)
REASON_NAMES: tuple[str, ...] = tuple(reason.name.lower() for reason in Reason)
