"""Whom a rule would have flagged in the last thirty days: worked out from the past, without writing anything.

Counted is every learner and milestone for which the rule's condition held at some moment of these days, where no nearer
rule holds instead. On Today a reason may be silent beside another one that says more; here it is counted all the same.

A reason begins or ceases to hold when something changes, or when time passes a number of the rule; while nothing
changes it holds from one moment on or up to one. So it is looked at where a stretch begins and where it ends: every
moment in between is decided by these two.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from interventions.book import Watch, nearest_for
from interventions.facts import Fact, Place
from interventions.past_facts import stretches
from interventions.reasons import Now, holds


@dataclass(frozen=True, slots=True)
class Flagged:
    """One learner on one milestone. then: by the rule that is looked at; now: by what holds there today."""

    learner: int
    milestone: int
    section: int | None
    then: bool
    now: bool


def flagged_by(
    watch: Watch, book: Sequence[Watch], learner_ids: Collection[int], now: Now, here: ZoneInfo
) -> list[Flagged]:
    """Whom this rule, saved or not, would have flagged, beside whom the book does. At most seven queries.

    book: the rules as they are, the nearest first; the rule as it was saved is among them. here: the tenant's zone.
    """
    changed = _with(book, watch)
    pairs: dict[tuple[int, Place | None], Watch | None] = {}  # what holds there today

    def wanted(milestone: int, place: Place | None) -> bool:
        if (milestone, place) in pairs:
            return True
        if not watch.covers(milestone, place) or nearest_for(changed, watch, milestone, place) is not watch:
            return False
        pairs[milestone, place] = nearest_for(book, watch, milestone, place)
        return True

    found: dict[tuple[int, int], Flagged] = {}
    moments: dict[datetime, Now] = {}
    for one in stretches(learner_ids, watch.reason, now, wanted):
        fact = one.fact
        key = fact.learner, fact.milestone
        before = found.get(key)
        if before is not None and before.then and before.now:
            continue
        ends = [_moment(at, here, moments) for at in (one.begins, one.ends)]
        today = pairs[fact.milestone, fact.place]
        then = (before is not None and before.then) or _held(watch, fact, ends)
        is_now = (before is not None and before.now) or (then if today == watch else _held(today, fact, ends))
        if then or is_now:
            section = fact.place.section if fact.place else None
            found[key] = Flagged(*key, section, then, is_now)
    return list(found.values())


def _with(book: Sequence[Watch], watch: Watch) -> list[Watch]:
    """The book with this rule in it, in place of itself as it was saved; before equally near ones."""
    key = watch.rule.pk if watch.rule else None
    others = [one for one in book if key is None or one.rule is None or one.rule.pk != key]
    return sorted([watch, *others], key=lambda one: -one.nearness)


def _held(watch: Watch | None, fact: Fact, ends: Sequence[Now]) -> bool:
    return watch is not None and any(holds(watch.reason, watch.params, fact, one) is not None for one in ends)


def _moment(at: datetime, here: ZoneInfo, known: dict[datetime, Now]) -> Now:
    """The moment with its day. The first and the last one are everybody's."""
    found = known.get(at)
    if found is None:
        found = known[at] = Now(at, at.astimezone(here).date())
    return found
