"""Which form a learner gets next, or why none: a rule without a database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.models import Attempt

# An attempt in one of these is still going on.
UNDER_WAY = frozenset(
    {Attempt.State.ASSIGNED, Attempt.State.HANDED_IN, Attempt.State.AWAITING, Attempt.State.NEEDS_REVISION}
)


@dataclass(frozen=True, slots=True)
class Past:
    """One attempt of the learner. `method`: of its form."""

    form_id: int
    form_name: str
    method: str
    state: str
    judged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fresh:
    """A form that is in use, in the order in which forms are given. `method`: its own, else the task's."""

    key: int
    name: str
    method: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What the task says about attempts. `max_attempts` None: as many as there are forms."""

    max_attempts: int | None = None
    cool_down: timedelta = timedelta(0)
    is_other_method: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code`: under_way, maximum, cool_down, other_method or no_form. The figures are those that the sentence names."""

    code: str
    used: tuple[str, ...] = ()
    until: datetime | None = None
    method: str = ""
    limit: int = 0
    state: str = ""


def next_form(
    rules: Rules, forms: Sequence[Fresh], history: Sequence[Past], now: datetime, *, is_early_allowed: bool = False
) -> Fresh | Refusal:
    """The first form that the learner has never had.

    `history`: all attempts, oldest first. A cancelled one does not count as an attempt, but its form has been seen.
    `is_early_allowed`: a teacher overrides the cool-down.
    """
    counted = [past for past in history if past.state != Attempt.State.CANCELLED]
    open_ones = [past for past in counted if past.state in UNDER_WAY]
    if open_ones:
        return Refusal("under_way", (open_ones[-1].form_name,), state=open_ones[-1].state)
    if rules.max_attempts is not None and len(counted) >= rules.max_attempts:
        return Refusal("maximum", limit=rules.max_attempts)
    until = _rest_until(rules, counted)
    if until is not None and until > now and not is_early_allowed:
        return Refusal("cool_down", until=until)
    used = {past.form_id for past in history}
    unused = [form for form in forms if form.key not in used]
    if not unused:
        return Refusal("no_form", _names(history))
    if rules.is_other_method and counted:
        others = [form for form in unused if form.method != counted[-1].method]
        return others[0] if others else Refusal("other_method", _names(history), method=counted[-1].method)
    return unused[0]


def _rest_until(rules: Rules, counted: Collection[Past]) -> datetime | None:
    judged = [past.judged_at for past in counted if past.judged_at is not None]
    return max(judged) + rules.cool_down if judged else None


def _names(history: Sequence[Past]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(past.form_name for past in history))
