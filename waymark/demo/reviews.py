"""Review sessions of the sample district: last month's, decided and closed, and one that is ready for today."""

from dataclasses import replace
from datetime import timedelta

from learners.models import School
from milestones.models import ReviewItem
from milestones.reviews import add_follow_up, decide, set_cadence, set_state, staff_of
from milestones.reviews_prepare import next_day, prepare_session
from tenancy.actor import Actor

DECIDED = (
    (ReviewItem.Decision.RETEACH, "Two lessons with number lines before the next check.", "Plan the two lessons"),
    (ReviewItem.Decision.FORM, "The first form was read as a language task. Make one with fewer words.",
     "Write form B with fewer words"),
    (ReviewItem.Decision.KEEP, "Was only begun two weeks ago. Look again next month.", ""),
    (ReviewItem.Decision.SPLIT, "Two ideas in one: comparing and ordering.", "Propose the two parts"),
)  # fmt: skip


def add_reviews(actor: Actor) -> None:
    """For the first school that has classes with milestones."""
    places = School.objects.filter(sections__section_milestones__id__gt=0, is_active=True).distinct().order_by("id")
    school = places.first()
    if school is None:
        return
    before, _is_new = prepare_session(actor, school=school, for_day=actor.today - timedelta(days=30))
    people = list(staff_of(school, actor.today).order_by("id")[:4])
    items = list(ReviewItem.objects.filter(session=before).select_related("session__school").order_by("position"))
    for n, item in enumerate(items):
        decision, note, promise = DECIDED[n % len(DECIDED)]
        who = replace(actor, member_id=people[n % len(people)].pk)
        decide(who, item=item, decision=decision, note=note, version=1)
        if promise and n < len(DECIDED):
            due = actor.today + timedelta(days=7 * n)
            add_follow_up(who, item=item, text=promise, owner=people[n % len(people)], due_on=due)
    set_state(actor, session=before, state="closed", notes="Next time we look at the new forms first.")
    prepare_session(actor, school=school, for_day=actor.today)
    set_cadence(actor, school=school, every="month", next_on=next_day(actor.today, "month"))
