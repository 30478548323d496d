"""Writes of recognition: good words, letting a peer's through, and from which level on a milestone is celebrated."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Learner, School
from milestones.models import LEVELS, CelebrationRule, ShoutOut
from milestones.reviews import text_problem
from status_engine import Level
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, problem

LONGEST = 300
NEVER = max(Level) + 1
A_DAY, MOST_CHEERS = timedelta(days=1), 3
MOST_WAITING = 10  # of one peer: enough for every day, too few to bury a teacher


@transaction.atomic
def say(actor: Actor, *, learner: Learner, text: str, is_from_peer: bool = False) -> ShoutOut:
    """A good word for a learner. A teacher's is shown at once, a peer's waits for a teacher.

    Raises Invalid for a bad text, Conflict for a peer of whom ten are waiting.
    """
    text = text.strip()
    found = text_problem("text", text, LONGEST)
    if not text:
        found = [problem("text", _("Write what you saw, like: You helped me find my mistake"))]
    if found:
        raise Invalid(found)
    waiting = ShoutOut.objects.filter(by_member_id=actor.member_id, state=ShoutOut.State.WAITING)
    if is_from_peer and waiting.count() >= MOST_WAITING:
        raise Conflict(_("Your teachers have not read your last ones yet. Try again when they have."))
    state = ShoutOut.State.WAITING if is_from_peer else ShoutOut.State.SHOWN
    shout_out: ShoutOut = ShoutOut.objects.create(
        learner=learner, text=text, by_member_id=actor.member_id or 0, by_name=actor.label, is_from_peer=is_from_peer,
        state=state,
    )  # fmt: skip
    record_audit(actor, "shout_out.said", target=shout_out)
    return shout_out


@transaction.atomic
def cheer(actor: Actor, *, learner: Learner, text: str) -> ShoutOut:
    """A good word from home, which the child and teachers see at once. Raises Invalid, Conflict for a fourth a day."""
    text = " ".join(text.split())
    found = text_problem("text", text, LONGEST)
    if not text:
        found = [problem("text", _("Write your cheer, like: We are proud of how you explained it"))]
    if found:
        raise Invalid(found)
    Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    mine = ShoutOut.objects.filter(learner=learner, by_member_id=actor.member_id, is_from_home=True)
    if mine.filter(said_at__gte=timezone.now() - A_DAY).count() >= MOST_CHEERS:
        raise Conflict(_("You sent three cheers today. Send the next one tomorrow."), field="text")
    row: ShoutOut = ShoutOut.objects.create(
        learner=learner, text=text, by_member_id=actor.member_id or 0, by_name=actor.label, is_from_home=True,
        state=ShoutOut.State.SHOWN,
    )  # fmt: skip
    record_audit(actor, "cheer.sent", target=row)
    return row


@transaction.atomic
def moderate(actor: Actor, *, shout_out: ShoutOut, state: str) -> ShoutOut:
    """Let a good word through, decline it, or put it back to waiting. The same again changes nothing. Raises Invalid.

    A teacher's own never waits: it is shown, or taken back.
    """
    allowed = {ShoutOut.State.SHOWN, ShoutOut.State.DECLINED} | (
        {ShoutOut.State.WAITING} if shout_out.is_from_peer else set()
    )
    if state not in allowed:
        raise Invalid([problem("state", _("A good word can be shown, not shown, or put back to waiting"))])
    locked: ShoutOut = ShoutOut.objects.select_for_update(no_key=True).get(pk=shout_out.pk)
    if locked.state == state:
        return locked
    is_waiting = state == ShoutOut.State.WAITING
    locked.state = state
    locked.moderated_at, locked.moderated_by_id = (None, None) if is_waiting else (timezone.now(), actor.member_id)
    locked.save(update_fields=["state", "moderated_at", "moderated_by_id"])
    record_audit(actor, f"shout_out.{state}", target=locked)
    return locked


@transaction.atomic
def set_celebration(actor: Actor, *, school: School | None, level: int | None) -> CelebrationRule:
    """From which level on milestones are celebrated, at a school or (None) in the tenant; None = never.

    Raises Invalid.
    """
    if level is not None and (level not in dict(LEVELS) or level == Level.NOT_STARTED):
        raise Invalid([problem("level", _("Choose a level from the list, or never"))])
    rule: CelebrationRule = CelebrationRule.objects.update_or_create(school=school, defaults={"level": level})[0]
    record_audit(actor, "celebration.set", target=school, detail={"level": level})
    return rule


@transaction.atomic
def follow_tenant(actor: Actor, *, school: School) -> None:
    """The school celebrates again as the whole tenant does."""
    CelebrationRule.objects.filter(school=school).delete()
    record_audit(actor, "celebration.cleared", target=school)


def celebrated_from(school: str) -> Combinable:
    """The level from which on milestones are celebrated, above every level for never; for a query over learners.

    The school's rule (`school`: the path to its key), else the tenant's, else Meets.
    """
    rules = CelebrationRule.objects.filter(Q(school=None) | Q(school_id=OuterRef(school)))
    nearest = rules.order_by(F("school_id").asc(nulls_last=True)).values(least=Coalesce("level", Value(NEVER)))[:1]
    return Coalesce(Subquery(nearest), Value(int(Level.MEETS)), output_field=IntegerField())
