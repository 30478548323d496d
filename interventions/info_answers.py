"""What families answer to an information session. Places are given one by one: two families never take the last."""

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.models import InfoAnswer, InfoSession
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, problem

MOST_PEOPLE = 20


@transaction.atomic
def answer(actor: Actor, *, session: InfoSession, comes: bool, people: int | None) -> InfoAnswer:
    """What a family says, in the place of what it said before. Raises Invalid, Conflict once it is over."""
    row = InfoSession.objects.select_for_update(no_key=True).get(pk=session.pk)  # places are given one by one
    if row.called_off_at is not None or row.starts_at < timezone.now():
        raise Conflict(_("This session is over, or does not take place"))
    number = people or 0
    if comes and not 1 <= number <= MOST_PEOPLE:
        text = _("Enter how many of you come, from 1 to %(most)d") % {"most": MOST_PEOPLE}
        raise Invalid([problem("people", text, "bad_number")])
    others = InfoAnswer.objects.filter(session=row, comes=True).exclude(member_id=actor.member_id)
    left = row.capacity - (others.aggregate(n=Sum("people"))["n"] or 0)
    if comes and row.capacity and number > left:
        text = (
            _("There is room for %(n)d more. Enter fewer, or ask the school office")
            if left > 0
            else _("There is no room left. Ask the school office whether there will be another session")
        )
        raise Invalid([problem("people", text % {"n": left} if left > 0 else text, "full")])
    values = {"comes": comes, "people": number if comes else 0, "answered_at": timezone.now()}
    said: InfoAnswer = InfoAnswer.objects.update_or_create(session=row, member_id=actor.member_id, defaults=values)[0]
    record_audit(actor, "info_session.answered", target=row, detail={"comes": comes})
    return said


def _full(left: int) -> str:
    if left <= 0:
        return _("There is no room left. Ask the school office whether there will be another session")
    return _("There is room for %(n)d more. Enter fewer, or ask the school office") % {"n": left}
