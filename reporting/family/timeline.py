"""What happened, newest first: levels as they were shared, words of teachers, certificates, help from school.

Only what learner and family were shown: nothing from before a release that was taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
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
    levels = steps_of(actor, [learner.pk]).get(learner.pk, [])
    found = [*levels, *_words(actor, learner), *_certificates(actor, learner), *_plans(actor, learner)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def page_of(events: Sequence[Event], number: int) -> tuple[Sequence[Event], bool]:
    """(the events of a page from 1 on, whether there are older ones)."""
    return events[(number - 1) * PAGE : number * PAGE], len(events) > number * PAGE


def steps_of(actor: Actor, learner_ids: Sequence[int], since: datetime | None = None) -> dict[int, list[Event]]:
    """{learner: levels as they were shared, newest first}. Two queries.

    `since`: of milestones whose level was shared after that; what came before is read, too, to tell up from down.
    """
    of_one = {"learner_id": OuterRef("learner_id"), "milestone_id": OuterRef("milestone_id")}
    seen = Release.objects.visible_to(actor, "Current level", "read").filter(**of_one)
    last = Release.objects.filter(**of_one, is_withdrawn=True).order_by().values("milestone_id")
    rows = Release.objects.filter(Exists(seen), learner_id__in=learner_ids, milestone__is_active=True)
    if since is not None:
        rows = rows.filter(Exists(Release.objects.filter(**of_one, released_at__gte=since)))
    taken_back = Subquery(last.annotate(last=Max("id")).values("last"))
    kept = rows.annotate(since=Coalesce(taken_back, 0)).filter(id__gt=F("since"))
    read = kept.order_by("learner_id", "milestone_id", "id")
    values = list(read.values_list("learner_id", "milestone_id", "milestone__title", "level", "released_at"))
    texts = home_texts({row[1] for row in values}, only_titles=True)
    found: dict[int, list[Event]] = {}
    for (learner, key), some in groupby(values, key=lambda row: (row[0], row[1])):
        before: int | None = None
        for _learner, _key, title, level, at in some:
            if level != before and (level or before) and (since is None or at >= since):
                kind = "first" if before is None else "up" if level > before else "down"
                name = texts.get(key, NOTHING).title or title
                found.setdefault(learner, []).append(Event(at, kind, name, level, before))
            before = level
    return {learner: sorted(some, key=lambda one: one.at, reverse=True) for learner, some in found.items()}


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
