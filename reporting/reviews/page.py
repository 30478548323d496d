"""What the pages of review sessions show, and to whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q
from django.urls import Resolver404, resolve
from django.utils.functional import Promise

from learners.models import Learner, School
from milestones.models import REVIEW, FollowUp, ReviewCadence, ReviewItem, ReviewSession
from milestones.reviews import staff_of
from tenancy.access import can
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.models import Member
from tenancy.selectors import member_names

READ, DECIDE, PREPARE = (REVIEW, "read"), (REVIEW, "decide"), (REVIEW, "prepare, close")
MOST = 60
DOES: dict[str, str] = {ReviewItem.Decision.SPLIT: "split", ReviewItem.Decision.CHANGE: "bar"}


@dataclass(frozen=True, slots=True)
class SessionRow:
    public_id: UUID
    title: str
    school: str
    for_day: date
    state: str
    state_name: str
    total: int
    decided: int


@dataclass(frozen=True, slots=True)
class Promised:
    """A follow-up. `is_due`: its day has come and it is not done."""

    public_id: UUID
    text: str
    owner: str
    due_on: date
    is_done: bool
    is_due: bool
    about: str
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide on. Of a learner whom the actor may not see only that there is one: `name` is empty."""

    public_id: UUID
    number: int
    is_learner: bool
    name: str
    code: str
    milestone_id: UUID | None
    learner_id: UUID | None
    facts: dict[str, object]
    decision: str
    decision_name: str | Promise
    note: str
    version: int
    decided_at: datetime | None
    decided_by: str
    next_step: str  # address of the page that does what was decided, where there is one
    follow_ups: tuple[Promised, ...]


@dataclass(frozen=True, slots=True)
class SessionPage:
    session: ReviewSession
    milestones: tuple[Item, ...]
    learners: tuple[Item, ...]
    decided: int
    total: int
    staff: tuple[tuple[str, str], ...]
    may_prepare: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    sessions: tuple[SessionRow, ...]
    mine: tuple[Promised, ...]
    cadences: tuple[ReviewCadence, ...]
    schools: tuple[tuple[str, str], ...]


def list_page(actor: Actor) -> ListPage:
    """Five queries."""
    rows = list(
        ReviewSession.objects.visible_to(actor, *READ).select_related("school").order_by("-for_day", "-id")[:MOST]
    )
    counts = _counts([row.pk for row in rows])
    open_ones = FollowUp.objects.filter(owner_id=actor.member_id, done_at=None).order_by("due_on", "id")
    seen = open_ones.filter(item__session__in=ReviewSession.objects.visible_to(actor, *READ))
    mine = seen.select_related("item__milestone", "item__session", "owner")[:MOST]
    schools = schools_for(actor)
    cadences = ReviewCadence.objects.filter(school__public_id__in=[key for key, _name in schools])
    return ListPage(
        sessions=tuple(
            SessionRow(
                row.public_id, row.title, row.school.name, row.for_day, row.state, row.get_state_display(),
                *counts.get(row.pk, (0, 0)),
            )
            for row in rows
        ),
        mine=tuple(_promise(one, actor.today) for one in mine),
        cadences=tuple(cadences.select_related("school").order_by("school__name")[:MOST]) if schools else (),
        schools=tuple(schools),
    )  # fmt: skip


def _counts(session_ids: list[int]) -> dict[int, tuple[int, int]]:
    """{session: (items, decided ones)}."""
    rows = ReviewItem.objects.filter(session_id__in=session_ids).values("session_id").order_by("session_id")
    counted = rows.annotate(total=Count("id"), decided=Count("id", filter=~Q(decision="")))
    return {row["session_id"]: (row["total"], row["decided"]) for row in counted}


def schools_for(actor: Actor) -> list[tuple[str, str]]:
    """(public id, name) of the schools that the actor may prepare sessions for."""
    rows = School.objects.visible_to(actor, *PREPARE).filter(is_active=True, sections__is_active=True).distinct()
    return [(str(key), name) for key, name in rows.order_by("name", "id").values_list("public_id", "name")]


def school_for(actor: Actor, public_id: str) -> School:
    """One of them. Raises NotFound."""
    school: School | None = School.objects.visible_to(actor, *PREPARE).filter(public_id=public_id).first()
    if school is None:
        raise NotFound
    return school


def visible_session(actor: Actor, session_id: UUID, row: tuple[str, str]) -> ReviewSession:
    """The session, if the actor may do it. Raises NotFound."""
    rows = ReviewSession.objects.visible_to(actor, *row).select_related("school")
    session: ReviewSession | None = rows.filter(public_id=session_id).first()
    if session is None:
        raise NotFound
    return session


def visible_item(actor: Actor, session_id: UUID, item_id: UUID) -> ReviewItem:
    """An item of a session that the actor may decide in, of a learner only whom the actor sees. Raises NotFound."""
    session = visible_session(actor, session_id, DECIDE)
    rows = ReviewItem.objects.filter(_of_seen(actor, ""), session_id=session.pk, public_id=item_id)
    item: ReviewItem | None = rows.select_related("session__school").first()
    if item is None:
        raise NotFound
    return item


def visible_follow_up(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """A follow-up of a session that the actor may decide in. Raises NotFound."""
    rows = FollowUp.objects.filter(item__session__in=ReviewSession.objects.visible_to(actor, *DECIDE))
    rows = rows.filter(_of_seen(actor, "item__") | Q(owner_id=actor.member_id))
    found: FollowUp | None = rows.filter(public_id=follow_up_id).select_related("item__session").first()
    if found is None:
        raise NotFound
    return found


def member_of(session: ReviewSession, public_id: UUID | None, today: date) -> Member | None:
    """Somebody of the school, or None."""
    found: Member | None = staff_of(session.school, today).filter(public_id=public_id).first()
    return found


def session_page(actor: Actor, session: ReviewSession) -> SessionPage:
    """Six queries, whatever the length of the list."""
    rows = list(
        ReviewItem.objects.filter(session_id=session.pk).select_related("milestone", "learner").order_by("position")
    )
    promises: dict[int, list[Promised]] = {}
    follow_ups = FollowUp.objects.filter(item__session_id=session.pk).select_related("owner").order_by("due_on", "id")
    for one in follow_ups:
        promises.setdefault(one.item_id, []).append(_promise(one, actor.today, session.public_id))
    seen = _seen_learners(actor, [row.learner_id for row in rows if row.learner_id])
    people = member_names(row.decided_by_id for row in rows)
    items = [_item(row, n, seen, people, promises.get(row.pk, [])) for n, row in enumerate(rows, 1)]
    staff = staff_of(session.school, actor.today).order_by("family_name", "given_name", "id")
    return SessionPage(
        session=session,
        milestones=tuple(item for item in items if not item.is_learner),
        learners=tuple(item for item in items if item.is_learner),
        decided=sum(bool(item.decision) for item in items),
        total=len(items),
        staff=tuple((str(one.public_id), one.name) for one in staff),
        may_prepare=can(actor, *PREPARE, session),
    )


def _of_seen(actor: Actor, path: str) -> Q:
    """Milestones, and learners whose levels the actor may see."""
    seen = Learner.objects.visible_to(actor, "Current level", "read").values("id")
    return Q(**{f"{path}learner": None}) | Q(**{f"{path}learner_id__in": seen})


def _seen_learners(actor: Actor, ids: Iterable[int]) -> set[int]:
    rows = Learner.objects.visible_to(actor, "Current level", "read").filter(id__in=list(ids))
    return set(rows.values_list("id", flat=True))


def _item(
    row: ReviewItem, number: int, seen: set[int], people: dict[int | None, str], promises: list[Promised]
) -> Item:
    is_seen = row.learner_id is None or row.learner_id in seen
    learner = row.learner if is_seen else None
    return Item(
        public_id=row.public_id, number=number, is_learner=row.learner_id is not None,
        name=row.milestone.title if row.milestone else learner.name if learner else "",
        code=row.milestone.code if row.milestone else "",
        milestone_id=row.milestone.public_id if row.milestone else None,
        learner_id=learner.public_id if learner else None,
        facts=row.facts if is_seen else {}, decision=row.decision, decision_name=row.get_decision_display(),
        note=row.note if is_seen else "", version=row.version, decided_at=row.decided_at,
        decided_by=people.get(row.decided_by_id or 0, ""), next_step=_next_step(row),
        follow_ups=tuple(promises) if is_seen else (),
    )  # fmt: skip


def _next_step(row: ReviewItem) -> str:
    end = DOES.get(row.decision)
    if end is None or row.milestone is None:
        return ""
    address = f"/milestones/{row.milestone.public_id}/{end}/"
    try:
        resolve(address)
    except Resolver404:
        return ""
    return address


def _promise(one: FollowUp, today: date, session_id: UUID | None = None) -> Promised:
    """`about`: the milestone's title; what a learner's item is about stands on the session's page only."""
    is_done = one.done_at is not None
    about = "" if session_id or not one.item.milestone else one.item.milestone.title
    return Promised(
        one.public_id, one.text, one.owner.name, one.due_on, is_done, not is_done and one.due_on <= today, about,
        session_id or one.item.session.public_id,
    )  # fmt: skip
