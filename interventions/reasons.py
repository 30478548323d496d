"""The reasons for which somebody is needed (design: ui §7.3): when each holds, from facts and a rule's numbers.

| reason | holds when | numbers |
|---|---|---|
| dropped | the last move was down, in the last `days` | days 30 |
| stalled | beginning or developing for longer than `days`; 0 = longer than usual for this milestone | days 0 |
| stalled_one_kind | the same, with at least `pieces` that are all of one kind | days 0, pieces 3 |
| not_started_late | nothing shown, the target date is `days` or more past | days 1 |
| behind | below meets, the target date is `days` or more past | days 1 |
| blocked | nothing shown, the target date is at most `days` away, something before it is below meets | days 14 |
| attempts | `tries` judged since the level began, and still below meets | tries 3 |
| stale | meets or above, last shown `days` ago | days 60 |
| asked | the learner asked, and nobody has answered | |
| reached | mastery for the first time in the last `days`, before the target date | days 14 |
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from interventions.facts import Fact
from interventions.models import Reason
from status_engine import Level

ON_THE_WAY = (Level.BEGINNING, Level.DEVELOPING)
Params = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a rule's sentence: what it is when nobody chose, and what it may be."""

    default: int
    least: int
    most: int


NUMBERS: dict[str, dict[str, Number]] = {
    Reason.DROPPED: {"days": Number(30, 1, 180)},
    Reason.STALLED: {"days": Number(0, 0, 365)},
    Reason.ONE_KIND: {"days": Number(0, 0, 365), "pieces": Number(3, 2, 20)},
    Reason.NOT_STARTED: {"days": Number(1, 1, 180)},
    Reason.BEHIND: {"days": Number(1, 1, 180)},
    Reason.BLOCKED: {"days": Number(14, 0, 180)},
    Reason.ATTEMPTS: {"tries": Number(3, 2, 20)},
    Reason.STALE: {"days": Number(60, 7, 730)},
    Reason.ASKED: {},
    Reason.EARLY: {"days": Number(14, 1, 180)},
}


@dataclass(frozen=True, slots=True)
class Now:
    at: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Held:
    """Since when a reason holds, and what its sentence is made of."""

    since: datetime
    facts: dict[str, Any]


def params_of(reason: str, given: Mapping[str, Any]) -> dict[str, int]:
    """The numbers of a rule, with the usual ones where it has none."""
    return {name: int(given.get(name, number.default)) for name, number in NUMBERS[reason].items()}


def holds(reason: str, params: Params, fact: Fact, now: Now) -> Held | None:
    """Whether the reason holds for this learner and milestone. Raises KeyError for an unknown reason."""
    return CHECKS[reason](params, fact, now)


def _dropped(params: Params, fact: Fact, now: Now) -> Held | None:
    if fact.since is None or fact.level >= fact.previous_level or _days(fact.since, now) > params["days"]:
        return None
    return Held(fact.since, {"from": fact.previous_level})


def _stalled(params: Params, fact: Fact, now: Now) -> Held | None:
    if fact.since is None or fact.level not in ON_THE_WAY:
        return None
    days = _days(fact.since, now)
    if days <= (params["days"] or fact.stalled_after):
        return None
    return Held(fact.since, {"days": days, "usual": fact.stalled_after, "pieces": fact.seen.pieces})


def _one_kind(params: Params, fact: Fact, now: Now) -> Held | None:
    held = _stalled(params, fact, now)
    if held is None or len(fact.seen.kinds) != 1 or fact.seen.pieces < params["pieces"]:
        return None
    return Held(held.since, {**held.facts, "kind": fact.seen.kinds[0]})


def _not_started(params: Params, fact: Fact, now: Now) -> Held | None:
    if fact.due_on is None or fact.level != Level.NOT_STARTED:
        return None
    past = (now.today - fact.due_on).days
    return Held(_midday(fact.due_on), {"days": past}) if past >= params["days"] else None


def _behind(params: Params, fact: Fact, now: Now) -> Held | None:
    if fact.due_on is None or fact.level not in ON_THE_WAY:
        return None
    past = (now.today - fact.due_on).days
    return Held(_midday(fact.due_on), {"days": past}) if past >= params["days"] else None


def _blocked(params: Params, fact: Fact, now: Now) -> Held | None:
    if fact.due_on is None or fact.level != Level.NOT_STARTED or not fact.blockers:
        return None
    past = (now.today - fact.due_on).days  # negative before the date
    if -past > params["days"]:
        return None
    blockers = [{"competency": competency, "level": level} for competency, level in fact.blockers]
    return Held(_midday(fact.due_on), {"days": past, "blockers": blockers})


def _attempts(params: Params, fact: Fact, now: Now) -> Held | None:
    if fact.level >= Level.MEETS or fact.attempts < params["tries"]:
        return None
    return Held(fact.since or fact.seen.last_at or now.at, {"tries": fact.attempts})


def _stale(params: Params, fact: Fact, now: Now) -> Held | None:
    last = fact.seen.last_at
    if last is None or fact.level < Level.MEETS or _days(last, now) < params["days"]:
        return None
    return Held(last, {"days": _days(last, now), "on": last.date().isoformat()})


def _asked(params: Params, fact: Fact, now: Now) -> Held | None:
    return None if fact.asked is None else Held(fact.asked[1], {"kind": fact.asked[0]})


def _reached(params: Params, fact: Fact, now: Now) -> Held | None:
    at = fact.earned_at
    if at is None or fact.level != Level.MASTERY or _days(at, now) > params["days"]:
        return None
    if fact.due_on is not None and fact.due_on <= at.date():
        return None
    return Held(at, {"early": None if fact.due_on is None else (fact.due_on - at.date()).days})


def _days(at: datetime, now: Now) -> int:
    return (now.at - at) // timedelta(days=1)


def _midday(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


CHECKS: dict[str, Callable[[Params, Fact, Now], Held | None]] = {
    Reason.DROPPED: _dropped,
    Reason.STALLED: _stalled,
    Reason.ONE_KIND: _one_kind,
    Reason.NOT_STARTED: _not_started,
    Reason.BEHIND: _behind,
    Reason.BLOCKED: _blocked,
    Reason.ATTEMPTS: _attempts,
    Reason.STALE: _stale,
    Reason.ASKED: _asked,
    Reason.EARLY: _reached,
}
