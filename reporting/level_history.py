"""The history of one level: its changes with their causes in words, how long it lasted, what is usual."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from milestones.models import MilestonePace, StatusChange
from milestones.past import Moment
from reporting.set_levels import SetLevel
from status_engine import Level

CAUSES: dict[str, Callable[[], str]] = {
    "evidence": lambda: _("New evidence"),
    "corrected": lambda: _("A piece was corrected"),
    "withdrawn": lambda: _("A piece was withdrawn"),
    "policy": lambda: _("A new version of the policy"),
    "prerequisite": lambda: _("A competency that comes first moved"),
    "calendar": lambda: _("Time went by: older work no longer counts in full"),
    "recompute": lambda: _("Worked out anew"),
    "milestone": lambda: _("The milestone is new; this was shown before"),
    "bar": lambda: _("The goal of the milestone was changed"),
    "verify": lambda: _("Put right by the nightly check against the ledger"),
    "override": lambda: _("Set by a teacher"),
    "override_ended": lambda: _("A teacher let the rule decide again"),
    "override_expired": lambda: _("The last day of what a teacher set is over"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One move. `cause` in words; `who` and `why` where a person decided; `days` until the next one, or until now."""

    at: datetime
    before: int
    after: int
    cause: str
    who: str = ""
    why: str = ""
    days: int = 0

    @property
    def is_down(self) -> bool:
        return self.after < self.before


@dataclass(frozen=True, slots=True)
class Duration:
    """Days in the level so far; `usual`: the median of the cohort's finished stays, if enough are known.

    `to_mastery`: days from the first level to mastery, once that was reached.
    """

    days: int | None
    usual: float | None
    to_mastery: int | None


def changes_of(
    learner_id: int, milestone_id: int, overrides: Sequence[SetLevel], moment: Moment | None, now: datetime
) -> list[Change]:
    """Oldest first, each with how long it lasted. One query."""
    rows = StatusChange.objects.filter(learner_id=learner_id, milestone_id=milestone_id)
    if moment is not None:
        rows = rows.filter(moment.told_by)
    set_by = {row.key: row for row in overrides}
    fields = ("applies_from", "from_level", "to_level", "cause", "override_id")
    found = [_change(*row, set_by=set_by) for row in rows.order_by("applies_from", "id").values_list(*fields)]
    ends = [change.at for change in found[1:]] + [now]
    return [replace(change, days=max((end - change.at).days, 0)) for change, end in zip(found, ends, strict=False)]


def _change(
    at: datetime, before: int, after: int, cause: str, override_id: int | None, *, set_by: dict[int, SetLevel]
) -> Change:
    one = set_by.get(override_id or 0)
    if one is None or cause == "override_expired":
        return Change(at, before, after, CAUSES[cause]())
    if cause == "override_ended":
        return Change(at, before, after, CAUSES[cause](), one.ended_by, one.end_reason)
    return Change(at, before, after, CAUSES[cause](), one.by, one.reason)


def duration_of(
    milestone_id: int, level: int, since: datetime | None, changes: Sequence[Change], now: datetime
) -> Duration:
    """One query, for a level on the way."""
    days = None if since is None or level == Level.NOT_STARTED else max((now - since).days, 0)
    usual = None
    if level in {Level.BEGINNING, Level.DEVELOPING}:
        pace = MilestonePace.objects.filter(milestone_id=milestone_id, level=level)
        median = pace.values_list("median_days", flat=True).first()
        usual = None if median is None else float(median)
    return Duration(days, usual, _to_mastery(changes))


def _to_mastery(changes: Sequence[Change]) -> int | None:
    first = next((change.at for change in changes if change.after > Level.NOT_STARTED), None)
    reached = next((change.at for change in changes if change.after == Level.MASTERY), None)
    return None if first is None or reached is None else max((reached - first).days, 0)


def last_met(changes: Sequence[Change], level: int) -> datetime | None:
    """When the goal was reached that the level is now below: for "met on 3 Nov, recent work below"."""
    if level >= Level.MEETS:
        return None
    ups = [change.at for change in changes if change.before < Level.MEETS <= change.after]
    return ups[-1] if ups else None
