"""What happened, newest first: levels as they were shared, words of teachers, certificates, help from school.

Only what learner and family were shown: nothing from before a release that was taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from interventions.models import SupportPlan
from interventions.models.plans import CASE
from learners.models import Learner
from milestones.models import NARRATIVE, RECOGNITION, Certificate, Narrative, Release
from reporting.family.home_words import NOTHING, home_texts
from tenancy.actor import Actor

MOST = 400
PAGE = 30


@dataclass(frozen=True, slots=True)
class Event:
    """kind: up, down, same or first (a level), narrative, certificate, plan. `what`: of which milestone or subject."""

    at: datetime
    kind: str
    what: str
    level: int | None = None
    before: int | None = None
    by: str = ""


def timeline_of(actor: Actor, learner: Learner) -> list[Event]:
    """Five queries."""
    found = [*_levels(actor, learner), *_words(actor, learner), *_certificates(actor, learner), *_plans(actor, learner)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def page_of(events: Sequence[Event], number: int) -> tuple[Sequence[Event], bool]:
    """(the events of a page from 1 on, whether there are older ones)."""
    return events[(number - 1) * PAGE : number * PAGE], len(events) > number * PAGE


def _levels(actor: Actor, learner: Learner) -> list[Event]:
    seen = Release.objects.visible_to(actor, "Current level", "read").filter(learner=learner)
    taken_back = Release.objects.filter(
        learner=learner, milestone_id=OuterRef("milestone_id"), is_withdrawn=True
    ).order_by()
    last = taken_back.values("milestone_id").annotate(last=Max("id")).values("last")
    rows = Release.objects.filter(learner=learner, milestone_id__in=seen.values("milestone_id"))
    rows = rows.filter(milestone__is_active=True).annotate(since=Coalesce(Subquery(last), 0))
    kept = rows.filter(id__gt=F("since")).order_by("milestone_id", "id")
    values = list(kept.values_list("milestone_id", "milestone__title", "level", "released_at")[: MOST * 5])
    texts = home_texts({row[0] for row in values})
    found: list[Event] = []
    for key, some in groupby(values, key=lambda row: row[0]):
        before: int | None = None
        for _key, title, level, at in some:
            if level != before and (level or before):
                kind = "first" if before is None else "up" if level > before else "down"
                found.append(Event(at, kind, texts.get(key, NOTHING).title or title, level, before))
            before = level
    return found


def _words(actor: Actor, learner: Learner) -> list[Event]:
    rows = Narrative.objects.visible_to(actor, NARRATIVE, "read").filter(learner=learner).exclude(released_at=None)
    found = rows.order_by("-released_at")[:MOST].values_list("released_at", "subject", "written_by_name")
    return [Event(at, "narrative", subject, by=by) for at, subject, by in found]


def _certificates(actor: Actor, learner: Learner) -> list[Event]:
    rows = Certificate.objects.visible_to(actor, RECOGNITION, "read").filter(learner=learner, withdrawn_at=None)
    found = rows.order_by("-issued_at")[:MOST].values_list("issued_at", "milestone_title", "level")
    return [Event(at, "certificate", title, level) for at, title, level in found]


def _plans(actor: Actor, learner: Learner) -> list[Event]:
    rows = SupportPlan.objects.visible_to(actor, CASE).filter(Q(is_shared=True), learner=learner)
    found = rows.exclude(started_at=None).order_by("-started_at")[:MOST]
    return [
        Event(at, "plan", title, by=approach)
        for at, title, approach in found.values_list("started_at", "milestone__title", "approach")
    ]
