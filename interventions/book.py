"""The rules that hold for a place: what the tenant, a school, a class or a milestone says, else the house's own.

Of two rules for one reason and one action (for messages: to one audience) the nearer holds: milestone before class
before school before tenant. A rule that is switched off silences the farther ones at its place; so a school can do
without a rule of the tenant.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from interventions.facts import Fact, Place
from interventions.models import Reason, Rule
from interventions.reasons import Held, Now, Params, holds, params_of

QUEUE = Rule.Action.QUEUE


@dataclass(frozen=True, slots=True)
class Watch:
    """A rule as it is applied. rule: None for the house's own."""

    reason: str
    action: str
    params: Params
    rule: Rule | None = None
    nearness: int = 0

    @property
    def does(self) -> tuple[str, str]:
        """The action and, for a message, to whom: of two rules that do the same the nearer holds."""
        return self.action, self.rule.audience if self.rule else ""

    def covers(self, milestone: int, place: Place | None) -> bool:
        one = self.rule
        if one is None:
            return True
        if one.milestone_id is not None and one.milestone_id != milestone:
            return False
        if one.section_id is not None:
            return place is not None and one.section_id == place.section
        return one.school_id is None or (place is not None and one.school_id == place.school)


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason that holds for a fact, and the rules that say so, the queue's own first."""

    fact: Fact
    reason: str
    held: Held
    watches: tuple[Watch, ...] = field(default=())


HOUSE = tuple(Watch(reason, QUEUE, params_of(reason, {}), nearness=-1) for reason in Reason.values)


def watch_of(rule: Rule) -> Watch:
    nearness = (
        8 * (rule.milestone_id is not None) + 4 * (rule.section_id is not None) + 2 * (rule.school_id is not None)
    )
    return Watch(rule.reason, rule.action, params_of(rule.reason, rule.params), rule, nearness)


def watches() -> list[Watch]:
    """All rules, the nearest first; of equally near ones the newest. Two queries."""
    rules = Rule.objects.select_related("protocol").prefetch_related("protocol__steps").order_by("-id")
    own = [watch_of(rule) for rule in rules]
    return sorted([*own, *HOUSE], key=lambda watch: -watch.nearness)


def nearest_for(book: Sequence[Watch], watch: Watch, milestone: int, place: Place | None) -> Watch | None:
    """Of the rules for the reason and action of this one, the one that holds here; none where it is switched off."""
    same = (one for one in book if (one.reason, one.does) == (watch.reason, watch.does))
    found = next((one for one in same if one.covers(milestone, place)), None)
    return None if found is None or (found.rule is not None and not found.rule.is_active) else found


def findings(facts: Iterable[Fact], book: Sequence[Watch], now: Now) -> list[Finding]:
    """What holds for each fact; where two reasons say the same, only the one that says more."""
    from_book: dict[str, list[Watch]] = {reason: [] for reason in Reason.values}
    for watch in book:
        from_book[watch.reason].append(watch)
    found: list[Finding] = []
    for fact in facts:
        held = {reason: one for reason in from_book if (one := _finding(fact, from_book[reason], now)) is not None}
        found += _without_repeats(held)
    return found


def _finding(fact: Fact, book: Sequence[Watch], now: Now) -> Finding | None:
    nearest: dict[tuple[str, str], Watch] = {}
    for watch in book:
        if watch.does not in nearest and watch.covers(fact.milestone, fact.place):
            nearest[watch.does] = watch
    best: Held | None = None
    saying: list[Watch] = []
    for watch in sorted(nearest.values(), key=lambda one: one.action != QUEUE):
        if watch.rule is not None and not watch.rule.is_active:
            continue
        held = holds(watch.reason, watch.params, fact, now)
        if held is not None:
            best = best or held
            saying.append(watch)
    return None if best is None else Finding(fact, saying[0].reason, best, tuple(saying))


# Where both hold, the key says more than the value.
SAYS_MORE = {
    Reason.ONE_KIND: (Reason.STALLED, Reason.BEHIND),
    Reason.STALLED: (Reason.BEHIND,),
    Reason.BLOCKED: (Reason.NOT_STARTED,),
}


def _without_repeats(held: dict[str, Finding]) -> list[Finding]:
    repeated = {less for more, some in SAYS_MORE.items() if more in held for less in some}
    return [finding for reason, finding in held.items() if reason not in repeated]
