"""Keeps the queue true: opens an entry when a reason begins to hold, closes it when it no longer does.

Worked out from what stands in PostgreSQL, so it can be done at any time and twice: one entry per learner, milestone and
reason is kept by a unique key, and two workers on the same learner wait for each other.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from interventions.actions import act_on
from interventions.book import Finding, findings, watches
from interventions.facts import facts_of
from interventions.models import Alert, AlertMark, AlertRun
from interventions.reasons import Now
from learners.models import Learner
from tenancy.context import current_tenant_id, tenant_context
from tenancy.live import tell_boards
from tenancy.models import Tenant
from tenancy.selectors import local_today

AT_ONCE = 500
KEEP_RUNS = timedelta(days=7)
Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    opened: int
    closed: int

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.opened + other.opened, self.closed + other.closed)


def look_at(learner_ids: Collection[int]) -> Outcome:
    """Bring the entries of these learners up to date, in the caller's transaction and tenant."""
    locked = Learner.objects.filter(id__in=learner_ids).order_by("id").select_for_update(no_key=True)
    learners = list(locked.values_list("id", "is_active"))
    now = _now()
    # Of a learner who has left nothing is found, and what is open is closed.
    here = [key for key, is_active in learners if is_active]
    found = {_key(one): one for one in findings(facts_of(here, now.today), watches(), now)}
    open_ones = Alert.objects.filter(learner_id__in=[key for key, _ in learners], closed_at=None)
    stands = {(one.learner_id, one.milestone_id, one.reason): one for one in open_ones}
    gone = [one.pk for key, one in stands.items() if key not in found]
    Alert.objects.filter(pk__in=gone).update(closed_at=now.at)
    _follow([(stands[key], one) for key, one in found.items() if key in stands])
    new = [(_alert(one), one) for key, one in found.items() if key not in stands]
    Alert.objects.bulk_create([alert for alert, _ in new])
    act_on(new)
    tell_boards([alert.learner_id for alert, _ in new] + [stands[key].learner_id for key in stands if key not in found])
    return Outcome(len(new), len(gone))


def follow_moves_of(tenant_id: int, limit: int = AT_ONCE) -> int:
    """Look at learners whose levels moved. Returns how many; a worker killed here leaves their marks."""
    with tenant_context(tenant_id):
        marks = dict(AlertMark.objects.order_by("id").values_list("id", "learner_id")[:limit])
        if not marks:
            return 0
        look_at(set(marks.values()))
        # Only the marks that were there before the looking: a move since then has one of its own.
        AlertMark.objects.filter(id__in=list(marks)).delete()
        return len(set(marks.values()))


def watch_all_of(tenant_id: int, only: Callable[[date], Q] = lambda today: Q()) -> Outcome:
    """Look at every learner of the tenant, some at a time in a transaction of their own.

    only: which learners on this day of the tenant.
    """
    total, after = Outcome(0, 0), 0
    while True:
        with tenant_context(tenant_id):
            rows = Learner.objects.filter(only(_now().today), id__gt=after).order_by("id")
            keys = list(rows.values_list("id", flat=True)[:AT_ONCE])
            if not keys:
                AlertRun.objects.create(opened=total.opened, closed=total.closed)
                AlertRun.objects.filter(at__lt=timezone.now() - KEEP_RUNS).delete()
                return total
            total, after = total + look_at(keys), keys[-1]


def _now() -> Now:
    tenant = Tenant.objects.get(pk=current_tenant_id())
    at = timezone.now()
    return Now(at, local_today(tenant, at))


def _key(finding: Finding) -> Key:
    return finding.fact.learner, finding.fact.milestone, finding.reason


def _alert(finding: Finding) -> Alert:
    fact = finding.fact
    return Alert(
        learner_id=fact.learner,
        milestone_id=fact.milestone,
        section_id=fact.place.section if fact.place else None,
        reason=finding.reason,
        rule=finding.watches[0].rule,
        facts=finding.held.facts,
        level=fact.level,
        since=finding.held.since,
    )


def _follow(pairs: list[tuple[Alert, Finding]]) -> None:
    """Entries that stay: their facts may have changed."""
    columns = ("section_id", "facts", "level", "since")
    moved: list[Alert] = []
    for alert, finding in pairs:
        fresh = _alert(finding)
        if any(getattr(alert, name) != getattr(fresh, name) for name in columns):
            for name in columns:
                setattr(alert, name, getattr(fresh, name))
            moved.append(alert)
    Alert.objects.bulk_update(moved, ["section", "facts", "level", "since"], batch_size=500)
