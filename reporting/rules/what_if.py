"""Whom a rule would have flagged in the last thirty days, by name where the asker may read that, else in counts.

Who may not read what is noticed about a learner (the district) gets counts of classes with ten learners or more.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from interventions.book import watch_of, watches
from interventions.models import Rule
from interventions.models.queue import ALERT
from interventions.queue import ACKNOWLEDGE
from interventions.reasons import Now
from interventions.what_if import Flagged, flagged_by
from learners.models import Enrolment, Learner, Section
from learners.reach import running
from milestones.models import Milestone
from tenancy.access import may_at_all
from tenancy.actor import Actor
from tenancy.models import Tenant
from tenancy.selectors import zone

FEWEST, MOST, SHOWN = 10, 200, 3


@dataclass(frozen=True, slots=True)
class Named:
    """One learner of a class with the milestones flagged; how many of them are new, and no longer flagged."""

    learner: Learner
    milestones: tuple[Milestone, ...]
    new: int
    gone: int

    @property
    def shown(self) -> tuple[Milestone, ...]:
        return self.milestones[:SHOWN]

    @property
    def others(self) -> int:
        return max(0, len(self.milestones) - SHOWN)


@dataclass(frozen=True, slots=True)
class OfClass:
    """then, now: learners by this rule and by what holds now. None: fewer than ten learners stand behind it."""

    title: str
    then: int | None
    now: int | None
    people: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Learners, and flags: a learner on a milestone. new, gone: flags by this rule only, by what holds now only."""

    then: int
    then_flags: int
    now: int
    now_flags: int
    new: int
    gone: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """totals: None where fewer than ten learners stand behind them. left_out: learners beyond the longest list."""

    totals: Totals | None
    classes: tuple[OfClass, ...]
    is_named: bool
    left_out: int


def what_if(actor: Actor, rule: Rule) -> WhatIf:
    """Of learners whom the asker sees, in the place of the rule. The same number of queries at any size."""
    is_named = may_at_all(actor, ALERT, ACKNOWLEDGE)
    learners = Learner.objects.visible_to(actor, ALERT, ACKNOWLEDGE) if is_named else Learner.objects.all()
    keys = list(learners.filter(_in_place(rule, actor), is_active=True).values_list("id", flat=True))
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    now = Now(timezone.now(), actor.today)
    found = flagged_by(watch_of(rule), watches(), keys, now, zone(tenant.time_zone))
    return _named(actor, found) if is_named else _counted(found, keys, actor)


def _in_place(rule: Rule, actor: Actor) -> Q:
    """Who may be flagged at all: learners of the class or the school of the rule."""
    rows = Enrolment.objects.filter(running(actor.today), is_withdrawn=False)
    if rule.section_id is not None:
        return Q(id__in=rows.filter(section_id=rule.section_id).values("learner_id"))
    if rule.school_id is not None:
        return Q(id__in=rows.filter(section__school_id=rule.school_id).values("learner_id"))
    return Q()


def _named(actor: Actor, found: Sequence[Flagged]) -> WhatIf:
    milestones = Milestone.objects.visible_to(actor).in_bulk({one.milestone for one in found})
    seen = [one for one in found if one.milestone in milestones]
    learners = Learner.objects.in_bulk({one.learner for one in seen})
    flags: dict[tuple[int | None, int], list[Flagged]] = defaultdict(list)
    for one in sorted(seen, key=lambda one: (learners[one.learner].folded_name, one.learner, one.milestone)):
        flags[one.section, one.learner].append(one)
    people: dict[int | None, list[Named]] = defaultdict(list)
    for (section, learner), some in list(flags.items())[:MOST]:
        people[section].append(
            Named(
                learners[learner], tuple(milestones[one.milestone] for one in some),
                sum(one.then and not one.now for one in some), sum(one.now and not one.then for one in some),
            )
        )  # fmt: skip
    then, now = _counts(seen)
    titles = _titles({*then, *now})
    classes = tuple(
        OfClass(titles.get(key, ""), then[key], now[key], tuple(people[key]))
        for key in sorted({*then, *now}, key=lambda key: (key is None, titles.get(key, "")))
    )
    return WhatIf(_totals(seen), classes, is_named=True, left_out=max(0, len(flags) - MOST))


def _counted(found: Sequence[Flagged], learner_ids: Sequence[int], actor: Actor) -> WhatIf:
    """Counts of classes with enough learners; where one alone is hidden, the smallest of the others is, too."""
    rows = Enrolment.objects.filter(running(actor.today), is_withdrawn=False, learner_id__in=learner_ids)
    sizes = Counter(rows.values_list("section_id", flat=True).distinct("section_id", "learner_id"))
    then, now = _counts(found)
    titles = _titles({*then, *now})
    keys = sorted((key for key in {*then, *now} if key is not None), key=lambda key: titles[key])
    hidden = {key for key in keys if sizes[key] < FEWEST}
    if len(hidden) == 1 and len(keys) > 1:
        hidden.add(min((key for key in keys if key not in hidden), key=lambda key: sizes[key]))
    classes = tuple(
        OfClass(titles[key], None if key in hidden else then[key], None if key in hidden else now[key], ())
        for key in keys
    )
    totals = _totals(found) if len(learner_ids) >= FEWEST else None
    return WhatIf(totals, classes, is_named=False, left_out=0)


def _totals(found: Sequence[Flagged]) -> Totals:
    then, now = [one for one in found if one.then], [one for one in found if one.now]
    return Totals(
        then=len({one.learner for one in then}), then_flags=len(then),
        now=len({one.learner for one in now}), now_flags=len(now),
        new=sum(not one.now for one in then), gone=sum(not one.then for one in now),
    )  # fmt: skip


def _counts(found: Sequence[Flagged]) -> tuple[Counter[int | None], Counter[int | None]]:
    """Learners by class: flagged by this rule, and by what holds now."""
    return (
        Counter(section for section, _ in {(one.section, one.learner) for one in found if one.then}),
        Counter(section for section, _ in {(one.section, one.learner) for one in found if one.now}),
    )


def _titles(keys: set[int | None]) -> dict[int | None, str]:
    return dict(Section.objects.filter(id__in=[key for key in keys if key is not None]).values_list("id", "title"))
