"""Tutoring: pairs of learners and sessions by staff; what one pair did; what the two of it see. Fixed queries."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from interventions.models import PeerPair, PeerSession, PlanSession, SupportPlan
from interventions.models.plans import CASE
from interventions.peer_matches import OPEN, PROPOSE, READ, State, matches
from interventions.peers import check_may_be_asked
from learners.models import Learner
from milestones.models import Milestone
from reporting.reach import published_milestone, visible_learner
from tenancy.access import may_at_all
from tenancy.actor import Actor
from tenancy.errors import Conflict, NotFound
from tenancy.selectors import member_names

CASE_READ = (CASE, "read")
ENDED_FOR, WEEKS = timedelta(days=30), timedelta(weeks=4)
MOST, MOST_SESSIONS = 200, 60


@dataclass(frozen=True, slots=True)
class Pair:
    """minutes: of all its sessions together."""

    pair: PeerPair
    sessions: int
    minutes: int


@dataclass(frozen=True, slots=True)
class StaffSession:
    on: date
    minutes: int
    what: str
    learner: str
    milestone: str
    plan: UUID
    led_by: str


@dataclass(frozen=True, slots=True)
class Tutoring:
    """totals: (who, sessions, minutes) of staff in the last weeks, most minutes first."""

    groups: tuple[tuple[str, tuple[Pair, ...]], ...]
    sessions: tuple[StaffSession, ...]
    totals: tuple[tuple[str, int, int], ...]

    @property
    def minutes(self) -> int:
        return sum(minutes for _, _, minutes in self.totals)

    @property
    def held(self) -> int:
        return sum(sessions for _, sessions, _ in self.totals)


@dataclass(frozen=True, slots=True)
class PairPage:
    """names: who wrote a session down, by member."""

    pair: Pair
    sessions: tuple[PeerSession, ...]
    names: dict[int | None, str]
    may_change: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """why_not: what stands against asking this learner now; people: (learner, in how many pairs they help)."""

    learner: Learner
    milestone: Milestone
    why_not: str
    people: tuple[tuple[Learner, int], ...]
    open_pair: PeerPair | None


@dataclass(frozen=True, slots=True)
class MyPair:
    """As one of the two sees it: who the other is, and whether they explain or ask. No level of anybody."""

    pair: PeerPair
    other: str
    explains: bool
    has_agreed: bool


def tutoring_page(actor: Actor) -> Tutoring:
    """Pairs that were asked, run, or ended lately; sessions of support plans of the last four weeks. Seven queries."""
    rows = PeerPair.objects.visible_to(actor, *READ).select_related("milestone", "tutor", "learner")
    found = list(rows.filter(state__in=OPEN).order_by("-proposed_at", "-id")[:MOST])
    ended = rows.exclude(state__in=OPEN).filter(ended_at__gte=timezone.now() - ENDED_FOR)
    pairs = _counted([*found, *ended.order_by("-ended_at", "-id")[:MOST]])
    groups = (
        ("running", tuple(one for one in pairs if one.pair.state == State.RUNNING)),
        ("asked", tuple(one for one in pairs if one.pair.state == State.ASKED)),
        ("over", tuple(one for one in pairs if one.pair.state not in OPEN)),
    )
    sessions, totals = _of_staff(actor) if may_at_all(actor, *CASE_READ) else ((), ())
    return Tutoring(groups, sessions, totals)


def pair_page(actor: Actor, pair_id: UUID) -> PairPage:
    """Raises NotFound."""
    rows = PeerPair.objects.visible_to(actor, *READ).select_related("milestone", "tutor", "learner")
    pair = rows.filter(public_id=pair_id).first()
    if pair is None:
        raise NotFound
    sessions = tuple(PeerSession.objects.filter(pair=pair).order_by("-on", "-id"))
    may_change = (
        may_at_all(actor, *PROPOSE) and PeerPair.objects.visible_to(actor, *PROPOSE).filter(pk=pair.pk).exists()
    )
    return PairPage(
        pair=Pair(pair, len(sessions), sum(one.minutes for one in sessions)),
        sessions=sessions,
        names=member_names({one.recorded_by_id for one in sessions} | {pair.proposed_by_id}),
        may_change=may_change,
    )


def proposal_page(actor: Actor, learner_id: UUID, milestone_id: UUID) -> Proposal:
    """Raises NotFound."""
    learner = visible_learner(actor, learner_id, *PROPOSE)
    milestone = published_milestone(actor, milestone_id, learner)
    open_pair = PeerPair.objects.filter(learner=learner, milestone=milestone, state__in=OPEN).first()
    why_not = ""
    try:
        check_may_be_asked(learner, milestone)
    except Conflict as error:
        why_not = error.message
    people = (
        () if why_not or open_pair else tuple((one.learner, one.helps) for one in matches(actor, learner, milestone))
    )
    return Proposal(learner, milestone, why_not, people, open_pair)


def my_pairs(actor: Actor) -> list[MyPair]:
    """Open pairs of the learner's own, questions first. One query."""
    rows = PeerPair.objects.visible_to(actor, *READ).filter(state__in=OPEN)
    found = rows.select_related("milestone", "tutor", "learner").order_by("state", "proposed_at", "id")
    return [my_pair(actor, one) for one in found]


def my_pair(actor: Actor, pair: PeerPair) -> MyPair:
    explains = pair.tutor.member_id == actor.member_id
    agreed = pair.tutor_agreed_at if explains else pair.learner_agreed_at
    return MyPair(pair, (pair.learner if explains else pair.tutor).name, explains, agreed is not None)


def pairs_of(actor: Actor, learner_id: int, milestone_id: int) -> list[PeerPair]:
    """Open pairs in which the learner asks, for the staff's page of the milestone. One query."""
    rows = PeerPair.objects.visible_to(actor, *READ).filter(learner_id=learner_id, milestone_id=milestone_id)
    return list(rows.filter(state__in=OPEN).select_related("tutor"))


def _counted(pairs: Sequence[PeerPair]) -> list[Pair]:
    rows = PeerSession.objects.filter(pair__in=pairs).values_list("pair_id", "minutes")
    held: dict[int, list[int]] = defaultdict(list)
    for pair, minutes in rows:
        held[pair].append(minutes)
    return [Pair(one, len(held[one.pk]), sum(held[one.pk])) for one in pairs]


def _of_staff(actor: Actor) -> tuple[tuple[StaffSession, ...], tuple[tuple[str, int, int], ...]]:
    plans = SupportPlan.objects.visible_to(actor, *CASE_READ)
    rows: Any = PlanSession.objects.filter(
        plan_id__in=plans.values("id"), on__gte=actor.today - WEEKS, withdraws=None, withdrawn_by=None
    )
    found = list(rows.select_related("plan__learner", "plan__milestone").order_by("-on", "-id"))
    names = member_names({one.led_by_id for one in found})
    sessions, minutes = Counter(one.led_by_id for one in found), Counter[int | None]()
    for one in found:
        minutes[one.led_by_id] += one.minutes
    totals = tuple((names.get(key, ""), sessions[key], n) for key, n in minutes.most_common())
    listed = tuple(
        StaffSession(
            one.on, one.minutes, one.what, one.plan.learner.name, one.plan.milestone.title, one.plan.public_id,
            names.get(one.led_by_id, ""),
        )
        for one in found[:MOST_SESSIONS]
    )  # fmt: skip
    return listed, totals
