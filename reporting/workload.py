"""A teacher's own workload: work that waits for a judgement, and time spent entering. Shown to the teacher only.

**Minutes spent entering are an estimate**, from when the teacher's own pieces were recorded in the last seven days, of
work done in the last thirty: pieces entered through pages, not by import. The time from one piece to the next counts
where it is at most two minutes; the first piece of a series counts half a minute. Time spent reading work is not in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.db.models import Q
from django.utils import timezone

from assessments.models import Attempt, Evidence
from learners.models import Section
from learners.reach import learner_ids_in_sections, my_section_ids
from milestones.school_days import school_days
from tenancy.actor import Actor
from tenancy.models import Tenant
from tenancy.selectors import zone

OVERDUE_AFTER = 5  # school days
LOOK_BACK = timedelta(days=60)  # far enough for five school days behind the longest holidays but summer
ENTERED_WITHIN, DONE_WITHIN = timedelta(days=7), timedelta(days=30)
LONGEST_GAP, FIRST_OF_A_SERIES = timedelta(minutes=2), timedelta(seconds=30)
WAITING = (Attempt.State.HANDED_IN, Attempt.State.AWAITING)


@dataclass(frozen=True, slots=True)
class Workload:
    """overdue: handed in longer than five school days ago, not judged; oldest: when the first of them was handed in."""

    overdue: int
    oldest: datetime | None
    minutes: int
    pieces: int


def workload(actor: Actor, tenant: Tenant) -> Workload:
    """Three queries, and one for each school of the teacher's classes."""
    sections = Section.objects.filter(id__in=my_section_ids(actor))
    late = Q(pk__in=[])
    for school in sorted(set(sections.values_list("school_id", flat=True))):
        since = handed_in_before(actor.today, school, tenant.time_zone)
        late |= Q(assessment__section__school_id=school, handed_in_at__lt=since)
    attempts = Attempt.objects.filter(late, state__in=WAITING, assessment__section_id__in=my_section_ids(actor))
    handed_in = sorted(attempts.values_list("handed_in_at", flat=True))
    moments = _entered(actor)
    return Workload(len(handed_in), handed_in[0] if handed_in else None, minutes_of(moments), len(moments))


def handed_in_before(today: date, school_id: int, time_zone: str) -> datetime:
    """Work handed in before this moment has waited for more than five school days, today among them."""
    days = school_days(today - LOOK_BACK, today, school_id)
    day = days[-OVERDUE_AFTER - 1] if len(days) > OVERDUE_AFTER else today - LOOK_BACK
    return datetime.combine(day, time(), zone(time_zone))


def minutes_of(moments: Iterable[datetime]) -> int:
    """Estimated minutes of entering, from when pieces were recorded, in order."""
    known = list(moments)
    gaps = [later - earlier for earlier, later in pairwise(known)]
    total = FIRST_OF_A_SERIES if known else timedelta()
    for gap in gaps:
        total += FIRST_OF_A_SERIES if gap > LONGEST_GAP else gap
    return round(total / timedelta(minutes=1))


def _entered(actor: Actor) -> list[datetime]:
    now = timezone.now()
    rows = Evidence.objects.filter(
        learner_competency__learner_id__in=learner_ids_in_sections(actor), recorded_by_id=actor.member_id,
        token_id=None, recorded_at__gte=now - ENTERED_WITHIN, occurred_at__gte=now - DONE_WITHIN,
    )  # fmt: skip
    return list(rows.order_by("recorded_at", "id").values_list("recorded_at", flat=True))
