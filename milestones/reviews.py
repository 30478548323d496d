"""What a team writes in a review session: decisions, follow-ups, notes, and how often the school looks."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.pieces import not_storable
from learners.models import School, SchoolPost, SectionStaff
from learners.reach import running
from milestones.models import FollowUp, ReviewCadence, ReviewItem, ReviewSession
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, problem
from tenancy.models import Member

LONGEST_NOTE, LONGEST_NOTES, LONGEST_FOLLOW_UP = 2_000, 10_000, 300
STAFF_POSTS = ("TCH", "AST", "SCH")


class Slower(Conflict):
    """A colleague decided since the page was read: `theirs` stands until the person has chosen."""

    def __init__(self, theirs: ReviewItem) -> None:
        super().__init__(_("A colleague decided this a moment ago. Nothing of theirs was overwritten."))
        self.theirs = theirs


@transaction.atomic
def decide(actor: Actor, *, item: ReviewItem, decision: str, note: str, version: int) -> ReviewItem:
    """Write down what the team decided. version: of the item that the person saw.

    Sending the same again changes nothing. The first decision opens a session that was only prepared. Raises Invalid,
    Slower when somebody was faster, Conflict for a session that is closed.
    """
    note = note.strip()
    found = text_problem("note", note, LONGEST_NOTE)
    if decision not in ReviewItem.Decision.values:
        found.insert(0, problem("decision", _("Choose a decision from the list")))
    if found:
        raise Invalid(found)
    session = _running(item.session_id)
    locked: ReviewItem = ReviewItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    if (locked.decision, locked.note) == (decision, note):
        return locked
    if locked.version != version:
        raise Slower(locked)
    locked.decision, locked.note, locked.version = decision, note, version + 1
    locked.decided_at, locked.decided_by_id = timezone.now(), actor.member_id
    locked.save(update_fields=["decision", "note", "version", "decided_at", "decided_by_id"])
    if session.state == ReviewSession.State.PREPARED:
        _move(session, ReviewSession.State.OPEN)
    record_audit(actor, "review.decided", target=locked, detail={"decision": decision})
    return locked


@transaction.atomic
def add_follow_up(actor: Actor, *, item: ReviewItem, text: str, owner: Member | None, due_on: date | None) -> FollowUp:
    """Somebody of the school promises something by a day. Raises Invalid, or Conflict for a closed session."""
    text = text.strip()
    found = text_problem("text", text, LONGEST_FOLLOW_UP)
    if not text:
        found.append(problem("text", _("Enter what is to be done, like Make a second form")))
    if owner is None or not staff_of(item.session.school, actor.today).filter(pk=owner.pk).exists():
        found.append(problem("owner", _("Choose somebody of the school from the list")))
    if due_on is None:
        found.append(problem("due_on", _("Enter a date, like 19 Nov 2026")))
    elif due_on < actor.today:
        words = _("%(day)s is over. Enter today or a later day")
        found.append(problem("due_on", words % {"day": due_on.isoformat()}))
    if found:
        raise Invalid(found)
    _running(item.session_id)
    follow_up: FollowUp = FollowUp.objects.create(item=item, text=text, owner=owner, due_on=due_on)
    record_audit(actor, "review.follow_up", target=follow_up)
    return follow_up


@transaction.atomic
def set_done(actor: Actor, *, follow_up: FollowUp, is_done: bool) -> FollowUp:
    """Tick a follow-up off, or open it again; also after the session was closed. The same again changes nothing."""
    locked: FollowUp = FollowUp.objects.select_for_update(no_key=True).get(pk=follow_up.pk)
    if (locked.done_at is not None) == is_done:
        return locked
    locked.done_at = timezone.now() if is_done else None
    locked.done_by_id = actor.member_id if is_done else None
    locked.save(update_fields=["done_at", "done_by_id"])
    record_audit(actor, "review.follow_up_done" if is_done else "review.follow_up_open", target=locked)
    return locked


@transaction.atomic
def set_state(actor: Actor, *, session: ReviewSession, state: str, notes: str) -> ReviewSession:
    """Start a session, close it, or open it again, and keep its notes. Raises Invalid."""
    notes = notes.strip()
    found = text_problem("notes", notes, LONGEST_NOTES)
    if state not in (ReviewSession.State.OPEN, ReviewSession.State.CLOSED):
        found.append(problem("state", _("A session can be started, closed or opened again")))
    if found:
        raise Invalid(found)
    locked: ReviewSession = ReviewSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    locked.notes = notes
    _move(locked, state)
    record_audit(actor, f"review.{state}", target=locked)
    return locked


@transaction.atomic
def set_cadence(actor: Actor, *, school: School, every: str, next_on: date, is_active: bool = True) -> ReviewCadence:
    """How often the school looks, from which day on. Raises Invalid."""
    found = []
    if every not in ReviewCadence.Every.values:
        found.append(problem("every", _("Choose every month or every quarter")))
    if next_on < actor.today and is_active:
        words = _("%(day)s is over. Enter today or a later day")
        found.append(problem("next_on", words % {"day": next_on.isoformat()}))
    if found:
        raise Invalid(found)
    values = {"every": every, "next_on": next_on, "is_active": is_active}
    cadence: ReviewCadence = ReviewCadence.objects.update_or_create(school=school, defaults=values)[0]
    record_audit(actor, "review.cadence", target=school, detail={"every": every, "is_active": is_active})
    return cadence


def staff_of(school: School, today: date) -> QuerySet[Any, Any]:
    """Members who work at the school today: with a post there, or assigned to one of its classes."""
    posts = SchoolPost.objects.filter(running(today), school=school, role__in=STAFF_POSTS).values("member_id")
    classes = SectionStaff.objects.filter(running(today), section__school=school, section__is_active=True)
    rows: QuerySet[Any, Any] = Member.objects.filter(Q(id__in=posts) | Q(id__in=classes.values("member_id")))
    return rows.filter(is_enabled=True)


def decisions_of(actor: Actor, milestone_id: int) -> list[ReviewItem]:
    """What review sessions that the actor may read decided about a milestone, newest first. One query."""
    seen = ReviewSession.objects.visible_to(actor)
    rows = ReviewItem.objects.filter(milestone_id=milestone_id, session__in=seen).exclude(decision="")
    return list(rows.select_related("session__school").order_by("-decided_at", "-id")[:20])


def _running(session_id: int) -> ReviewSession:
    """The session, locked. Raises Conflict where it is closed."""
    session: ReviewSession = ReviewSession.objects.select_for_update(no_key=True).get(pk=session_id)
    if session.state == ReviewSession.State.CLOSED:
        raise Conflict(_("This session is closed. Open it again to change what was decided."))
    return session


def _move(session: ReviewSession, state: str) -> None:
    now = timezone.now()
    session.state = state
    if state == ReviewSession.State.OPEN:
        session.opened_at, session.closed_at = session.opened_at or now, None
    else:
        session.closed_at = now
    session.save(update_fields=["state", "opened_at", "closed_at", "notes"])


def text_problem(field: str, text: str, most: int) -> list[dict[str, str]]:
    """Too long, or with a character that cannot be kept."""
    if len(text) > most:
        words = _("This has %(n)d characters. Shorten it to %(most)d")
        return [problem(field, words % {"n": len(text), "most": most})]
    if not_storable(text, has_lines=True):
        return [problem(field, _("This contains a control character. Type it again"))]
    return []
