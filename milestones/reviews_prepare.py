"""Prepares review sessions: which milestones and learners a school's team should look at, with the figures of that day.

| on the list | when |
|---|---|
| a milestone | 10 or more learners of the school's classes have begun it, under half are at Meets or above |
| a learner | 3 or more milestones of their classes are stalled (`milestones.flags`) |
"""

from calendar import monthrange
from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from learners.models import Enrolment, School
from learners.reach import running
from milestones.flags import is_stalled, stall_limits
from milestones.models import Milestone, MilestoneStatus, ReviewCadence, ReviewItem, ReviewSession, SectionMilestone
from status_engine import Level
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.context import tenant_context
from tenancy.errors import Conflict
from tenancy.models import Tenant
from tenancy.selectors import local_today

FEWEST_LEARNERS = 10  # fewer say nothing about the milestone
SEVERAL = 3
MOST_OF_EACH = 12  # a list that a team can go through in an hour
NAMED = 5  # titles of stalled milestones that are kept
MONTHS = {ReviewCadence.Every.MONTH: 1, ReviewCadence.Every.QUARTER: 3}


def prepare_due_of(tenant_id: int) -> int:
    """Prepare the sessions whose day has come, and move each cadence on. Returns how many are new.

    Several workers share the cadences by SKIP LOCKED; a session exists once per school and day, whoever comes first.
    """
    with tenant_context(tenant_id):
        today = local_today(Tenant.objects.get(pk=tenant_id))
        actor = Actor(tenant_id=tenant_id, today=today, label="review cadence")
        due = ReviewCadence.objects.filter(is_active=True, next_on__lte=today, school__is_active=True).order_by("id")
        new = 0
        for cadence in due.select_for_update(no_key=True, skip_locked=True, of=("self",)).select_related("school"):
            new += prepare_session(actor, school=cadence.school, for_day=cadence.next_on)[1]
            while cadence.next_on <= today:
                cadence.next_on = next_day(cadence.next_on, cadence.every)
            cadence.save(update_fields=["next_on"])
        return new


def next_day(day: date, every: str) -> date:
    """The same day of the next month or quarter, its last day where it is shorter: 31 Jan → 28 Feb → 28 Mar."""
    months = day.year * 12 + day.month - 1 + MONTHS[ReviewCadence.Every(every)]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@transaction.atomic
def prepare_session(actor: Actor, *, school: School, for_day: date) -> tuple[ReviewSession, bool]:
    """(the school's session of that day, whether it is new). Its list is made once and never rewritten."""
    title = _("Review of %(month)s") % {"month": date_format(for_day, "F Y")}
    session, is_new = ReviewSession.objects.get_or_create(school=school, for_day=for_day, defaults={"title": title})
    if is_new:
        items = [*_low_milestones(school, actor.today), *_stalled_learners(school, actor.today, timezone.now())]
        ReviewItem.objects.bulk_create(
            [ReviewItem(session=session, position=position, **values) for position, values in enumerate(items)]
        )
        record_audit(actor, "review.prepared", target=session, detail={"items": len(items)})
    return session, is_new


@transaction.atomic
def put_on_next(actor: Actor, *, school: School, milestone: Milestone) -> ReviewSession:
    """Put a milestone on the list of the school's next review; without one that is not closed, of one for today.

    Twice changes nothing. Raises Conflict where today's is closed already.
    """
    waiting = ReviewSession.objects.filter(school=school).exclude(state=ReviewSession.State.CLOSED)
    session: ReviewSession | None = waiting.order_by("for_day", "id").select_for_update(no_key=True).first()
    if session is None:
        session, is_new = prepare_session(actor, school=school, for_day=actor.today)
        if not is_new:
            raise Conflict(_("Today's review is closed. Put it on the list tomorrow"))
    items = ReviewItem.objects.filter(session=session)
    if items.filter(milestone=milestone).exists():
        return session
    counts = {"learners": Count("id"), "at_goal": Count("id", filter=Q(level__gte=Level.MEETS))}
    facts: dict[str, Any] = _of_school(school, actor.today).filter(milestone=milestone).aggregate(**counts)
    facts["percent"] = round(100 * facts["at_goal"] / facts["learners"]) if facts["learners"] else 0
    ReviewItem.objects.create(session=session, milestone=milestone, facts=facts, position=items.count())
    record_audit(actor, "review.item_added", target=session, detail={"milestone": milestone.pk})
    return session


def _of_school(school: School, today: date) -> QuerySet[Any, Any]:
    """Levels of learners on the milestones of their own classes at the school."""
    place = Q(section__school=school, section__is_active=True, is_withdrawn=False, learner_id=OuterRef("learner_id"))
    planned = Q(section__section_milestones__milestone_id=OuterRef("milestone_id"))
    enrolled = Enrolment.objects.filter(running(today), place, planned)
    rows: QuerySet[Any, Any] = MilestoneStatus.objects.filter(
        Exists(enrolled), level__gt=Level.NOT_STARTED, milestone__is_active=True, milestone__learner=None,
        learner__is_active=True,
    )  # fmt: skip
    return rows


def _low_milestones(school: School, today: date) -> list[dict[str, Any]]:
    """Lowest share first."""
    counts = {"learners": Count("id"), "at_goal": Count("id", filter=Q(level__gte=Level.MEETS))}
    rows = _of_school(school, today).values("milestone_id").annotate(**counts)
    low = rows.filter(learners__gte=FEWEST_LEARNERS, learners__gt=F("at_goal") * 2)
    found = sorted(low, key=lambda row: (row["at_goal"] / row["learners"], -row["learners"], row["milestone_id"]))
    return [
        {
            "milestone_id": row["milestone_id"],
            "facts": {
                "learners": row["learners"], "at_goal": row["at_goal"],
                "percent": round(100 * row["at_goal"] / row["learners"]),
            },
        }
        for row in found[:MOST_OF_EACH]
    ]  # fmt: skip


def _stalled_learners(school: School, today: date, now: datetime) -> list[dict[str, Any]]:
    """Most stalled first."""
    planned = SectionMilestone.objects.filter(section__school=school, section__is_active=True)
    limits = stall_limits(list(planned.values_list("milestone_id", flat=True).distinct()))
    rows = _of_school(school, today).filter(is_stalled(limits, now)).order_by("since", "milestone_id")
    stalled: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for learner, title, since in rows.values_list("learner_id", "milestone__title", "since"):
        stalled[learner].append((title, since))
    several = [pair for pair in stalled.items() if len(pair[1]) >= SEVERAL]
    several.sort(key=lambda pair: (-len(pair[1]), pair[1][0][1], pair[0]))
    return [
        {
            "learner_id": learner,
            "facts": {
                "stalled": len(found), "days": (now - found[0][1]).days,
                "milestones": [title for title, _since in found[:NAMED]],
            },
        }
        for learner, found in several[:MOST_OF_EACH]
    ]  # fmt: skip
