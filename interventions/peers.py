"""Peer tutoring: proposed by a teacher, begun when both learners agreed, logged, ended by any of the three."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from interventions.models import PeerPair, PeerSession
from interventions.peer_matches import (
    AGREE,
    ASK_AGAIN_AFTER,
    MOST_AT_ONCE,
    OPEN,
    PROPOSE,
    State,
    loads,
    matches,
    said_not_now,
)
from interventions.texts import check, minutes_problems, session_day_problems, text_problems
from learners.models import Learner
from milestones.models import Milestone
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, problem

LONGEST = 1000
Right = tuple[str, str]


@transaction.atomic
def propose_pair(actor: Actor, *, learner: Learner, milestone: Milestone, tutor_id: UUID | None) -> PeerPair:
    """Ask two learners. Raises Invalid for somebody who is no match, Conflict where another teacher was faster.

    Both learners are locked in the order of their keys, so that the limit of a tutor and the one open pair of a learner
    hold however many teachers ask at once.
    """
    tutor = Learner.objects.visible_to(actor, *PROPOSE).filter(public_id=tutor_id).exclude(pk=learner.pk).first()
    if tutor is None:
        raise Invalid([problem("tutor", _("Choose a classmate from the list"))])
    list(Learner.objects.select_for_update(no_key=True).filter(id__in=(tutor.pk, learner.pk)).order_by("id"))
    if PeerPair.objects.filter(learner=learner, milestone=milestone, state__in=OPEN).exists():
        text = _("%(name)s has been asked about a pair for this milestone already. Look at it under Tutoring.")
        raise Conflict(text % {"name": learner.given_name}, code="open")
    check_may_be_asked(learner, milestone)
    if loads([tutor.pk])[tutor.pk] >= MOST_AT_ONCE:
        text = _("%(name)s helps %(n)d classmates already. Choose somebody else.")
        raise Conflict(text % {"name": tutor.given_name, "n": MOST_AT_ONCE}, code="full")
    match = next((one for one in matches(actor, learner, milestone) if one.learner.pk == tutor.pk), None)
    if match is None:
        raise Invalid([problem("tutor", _("Choose a classmate from the list"))])
    pair: PeerPair = PeerPair.objects.create(
        section_id=match.section, milestone=milestone, tutor=tutor, learner=learner, proposed_by_id=actor.member_id
    )
    record_audit(actor, "peer.proposed", target=pair)
    return pair


def check_may_be_asked(learner: Learner, milestone: Milestone) -> None:
    """Raises Conflict for a learner without an account, or who said "not now" in the last thirty days."""
    if learner.member_id is None:
        text = _("%(name)s has no account to agree with. The school office can open one.")
        raise Conflict(text % {"name": learner.given_name}, code="no_account")
    said = said_not_now(learner, milestone)
    if said is not None and said.ended_at is not None:
        day = date_format(localtime(said.ended_at + ASK_AGAIN_AFTER), "j M")
        text = _("%(name)s said “not now”. You can ask again from %(day)s on.")
        raise Conflict(text % {"name": learner.given_name, "day": day}, code="not_now")


@transaction.atomic
def answer_pair(actor: Actor, *, pair_id: UUID, agrees: bool) -> PeerPair:
    """One of the two says yes or "not now", without a reason. It begins when both said yes."""
    pair = _locked(actor, pair_id, AGREE)
    if pair.state != State.ASKED:
        raise Conflict(_("This question is answered already."), code="state")
    if not agrees:
        return _ended(actor, pair, State.DECLINED, "peer.not_now")
    now = timezone.now()
    if pair.tutor.member_id == actor.member_id:
        pair.tutor_agreed_at = pair.tutor_agreed_at or now
    else:
        pair.learner_agreed_at = pair.learner_agreed_at or now
    if pair.tutor_agreed_at and pair.learner_agreed_at:
        pair.state = State.RUNNING
    return _saved(actor, pair, "peer.agreed")


@transaction.atomic
def end_pair(actor: Actor, *, pair_id: UUID, right: Right = PROPOSE) -> PeerPair:
    """right: PROPOSE for staff, AGREE for one of the two. Raises NotFound, Conflict if it is over."""
    pair = _locked(actor, pair_id, right)
    if pair.state not in OPEN:
        raise Conflict(_("This is over already."), code="state")
    return _ended(actor, pair, State.ENDED, "peer.ended")


@transaction.atomic
def log_peer_session(
    actor: Actor, *, pair_id: UUID, on: date | None, minutes: int | None, what: str, right: Right = PROPOSE
) -> PeerSession:
    """Written down by a teacher or by one of the two. Raises Invalid, and Conflict for a pair that does not run."""
    what = what.strip()
    pair = _locked(actor, pair_id, right)
    if pair.state != State.RUNNING:
        raise Conflict(_("Sessions belong to a pair that has begun and is not over."), code="state")
    wanted = _("Say in a few words what you did")
    check(*session_day_problems(actor, on), *minutes_problems(minutes), *text_problems("what", what, LONGEST, wanted))
    session: PeerSession = PeerSession.objects.create(
        pair=pair, on=on, minutes=minutes, what=what, recorded_by_id=actor.member_id
    )
    record_audit(actor, "peer.session", target=pair)
    return session


def _ended(actor: Actor, pair: PeerPair, state: str, action: str) -> PeerPair:
    pair.state, pair.ended_at, pair.ended_by_id = state, timezone.now(), actor.member_id
    return _saved(actor, pair, action)


def _saved(actor: Actor, pair: PeerPair, action: str) -> PeerPair:
    pair.version += 1
    pair.save()
    record_audit(actor, action, target=pair)
    return pair


def _locked(actor: Actor, pair_id: UUID, right: Right) -> PeerPair:
    reached = PeerPair.objects.visible_to(actor, *right).filter(public_id=pair_id).values("pk")
    rows = PeerPair.objects.select_for_update(no_key=True, of=("self",)).select_related("tutor", "learner")
    pair: PeerPair | None = rows.filter(pk__in=reached).first()
    if pair is None:
        raise NotFound
    return pair
