"""Review sessions of two schools of the home tenant and one of the other, each with an item and a follow-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from milestones.models import FollowUp, ReviewItem, ReviewSession
from tenancy.context import tenant_context
from tenancy.ids import uuid7

if TYPE_CHECKING:
    from tests.permissions.places import Places

NAMES = ("review", "review_item", "follow_up")


def add_reviews(places: Places) -> None:
    """`review`, `review_item`, `follow_up`: by school."""
    home, away = places.home, places.cast.away
    for name in NAMES:
        places.ids[name] = {"never": str(uuid7()), "wrong_type": "12345"}
    with tenant_context(home.tenant.pk):
        _add(places, "own", home, home.school)
        _add(places, "other_school", home, home.other_school)
        gone = _add(places, "deleted", home, home.school)
        FollowUp.objects.filter(item__session=gone).delete()
        gone.delete()
    with tenant_context(away.tenant.pk):
        _add(places, "other_tenant", away, away.school)


def _add(places: Places, kind: str, world: Any, school: Any) -> ReviewSession:
    day = timezone.now().date() if kind != "deleted" else "2026-01-01"
    session: ReviewSession = ReviewSession.objects.create(
        school=school, title=f"{school.name} review", for_day=day, notes=f"{school.name} notes"
    )
    facts = {"learners": 12, "at_goal": 3, "percent": 25}
    item = ReviewItem.objects.create(session=session, milestone=world.milestone, facts=facts)
    promise = FollowUp.objects.create(item=item, text=f"{school.name} form", owner=world.members["SCH"], due_on=day)
    for name, row in zip(NAMES, (session, item, promise), strict=True):
        places.ids[name][kind] = str(row.public_id)
    return session
