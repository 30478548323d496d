"""What time alone changes: a policy that comes into force, and rules that look at the calendar.

Nothing is worked out here: the levels concerned are marked, and the worker takes them from there.
"""

import numpy as np
from django.utils import timezone

from assessments.ledger import mark_stale
from competencies.book import policy_book
from competencies.models import Indicator, PolicyVersion
from milestones.criteria import roll_up_milestone_pairs
from milestones.day import Day, the_day, to_moment
from milestones.judging import versions_for
from milestones.models import CompetencyStatus, Criterion, MilestoneStatus
from milestones.whole import read_pairs
from tenancy.context import tenant_context

AT_ONCE = 20_000


def announce_policies_of(tenant_id: int) -> int:
    """Mark the levels that a version which came into force applies to. Returns how many; again marks nothing."""
    with tenant_context(tenant_id):
        due = PolicyVersion.objects.filter(is_announced=False, in_force_from__lte=timezone.now())
        keys = list(due.select_for_update(no_key=True, skip_locked=True).values_list("id", flat=True))
        if not keys:
            return 0
        book = policy_book()
        binding = [key for key, effective in book.by_version.items() if key in keys and effective.applies_to_past]
        marked = 0
        for pairs in read_pairs(AT_ONCE) if binding else ():
            keys_of = pairs.id[np.isin(versions_for(book, pairs), binding)].tolist()
            mark_stale(keys_of, "policy")
            marked += len(keys_of)
        PolicyVersion.objects.filter(id__in=keys).update(is_announced=True)
        return marked


def follow_calendar_of(tenant_id: int) -> int:
    """Mark the levels that were judged on a day before the tenant's today by a rule that looks at the calendar.

    Milestones with an indicator of the term are worked out anew when a term has begun since. Returns how many in all.
    """
    with tenant_context(tenant_id):
        day = the_day()
        old = CompetencyStatus.objects.filter(judged_on__lt=day.on).order_by("learner_competency_id")
        keys = list(old.values_list("learner_competency_id", flat=True)[:AT_ONCE])
        if keys:
            mark_stale(keys, "calendar")
        return len(keys) + _new_term(day)


def _new_term(day: Day) -> int:
    if day.term_start is None:
        return 0
    of_term = Criterion.objects.filter(period=Criterion.Period.TERM).exclude(measure="").values("milestone_id")
    began = to_moment(day.term_start)
    rows = MilestoneStatus.objects.filter(milestone_id__in=of_term, milestone__is_active=True, computed_at__lt=began)
    pairs = list(rows.order_by("id").values_list("learner_id", "milestone_id")[:AT_ONCE])
    roll_up_milestone_pairs(pairs, "calendar")
    MilestoneStatus.objects.filter(
        learner_id__in={learner for learner, _ in pairs}, milestone_id__in=of_term, computed_at__lt=began
    ).update(computed_at=timezone.now())  # also those that came out as before: they are not looked at again
    return len(pairs)


def follow_calendar_days(school_id: int | None) -> int:
    """Work out anew the milestones with a figure that follows the calendar, of one school (home) or of all learners.

    Returns how many. In the transaction of the change: no rate ever shows a holiday that is known.
    """
    competencies = Indicator.objects.filter(follows_calendar=True).values("competency_id")
    milestones = Criterion.objects.filter(competency_id__in=competencies).exclude(measure="").values("milestone_id")
    rows = MilestoneStatus.objects.filter(milestone_id__in=milestones, milestone__is_active=True)
    if school_id is not None:
        rows = rows.filter(learner__home_school_id=school_id)
    pairs = list(rows.order_by("learner_id", "milestone_id").values_list("learner_id", "milestone_id"))
    for start in range(0, len(pairs), AT_ONCE):
        roll_up_milestone_pairs(pairs[start : start + AT_ONCE], "calendar")
    return len(pairs)
