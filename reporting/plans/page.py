"""The board of support plans, and one plan with its sessions. A fixed number of queries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interventions.effect import Followed, followed
from interventions.models import PlanSession, Protocol, ResourceUse, SupportPlan
from interventions.models.library import GIVEN, LIBRARY
from interventions.models.plans import CASE
from learners.models import Learner
from milestones.models import Milestone
from milestones.selectors import reasons_for
from reporting.today.trail import Shown, trails
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.selectors import member_names

READ, OPEN = (CASE, "read"), (CASE, "open, assign, update, close")
CLOSED_FOR, COUNTED_FOR = timedelta(days=30), timedelta(days=365)
MOST = 200
State = SupportPlan.State


@dataclass(frozen=True, slots=True)
class Card:
    """trail: pieces since the plan began. days: how long it has run."""

    plan: SupportPlan
    learner: Learner
    milestone: Milestone
    owner: str
    sessions: int
    days: int | None
    trail: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    title: Any
    empty: Any
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Board:
    columns: tuple[Column, ...]
    effect: Followed


@dataclass(frozen=True, slots=True)
class Session:
    public_id: UUID
    on: date
    minutes: int
    what: str
    approach: str
    led_by: str
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class PlanPage:
    card: Card
    sessions: tuple[Session, ...]
    follows: SupportPlan | None
    followed_by: SupportPlan | None
    may_change: bool
    given: tuple[ResourceUse, ...]

    @property
    def next_step(self) -> dict[str, Any] | None:
        plan = self.card.plan
        return next((step for step in plan.steps if step["position"] > plan.step), None)

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.sessions if not one.is_withdrawn)


def plans_board(actor: Actor) -> Board:
    """Proposed, running, due for review, and closed in the last thirty days."""
    now = timezone.now()
    rows = SupportPlan.objects.visible_to(actor, *READ).select_related("learner", "milestone")
    open_ones = list(rows.exclude(state=State.CLOSED).order_by("review_on", "proposed_at", "id")[:MOST])
    closed = list(rows.filter(state=State.CLOSED, closed_at__gte=now - CLOSED_FOR).order_by("-closed_at")[:MOST])
    cards = _cards([*open_ones, *closed], now)
    by_key: dict[str, list[Card]] = {key: [] for key in ("proposed", "running", "due", "closed")}
    for card in cards:
        by_key[column_of(card.plan, actor.today)].append(card)
    begun = SupportPlan.objects.visible_to(actor, *READ).filter(started_at__gte=now - COUNTED_FOR)
    return Board(tuple(Column(*names, tuple(by_key[names[0]])) for names in COLUMNS), followed(begun, now))


COLUMNS: tuple[tuple[str, Any, Any], ...] = (
    ("proposed", _("Proposed"), _("Nothing is proposed.")),
    ("running", _("Running"), _("No plan is running.")),
    ("due", _("Review due"), _("No plan waits to be looked at.")),
    ("closed", _("Closed"), _("No plan was closed in the last 30 days.")),
)


def column_of(plan: SupportPlan, today: date) -> str:
    if plan.state != State.RUNNING:
        return plan.state
    return "due" if plan.review_on is not None and plan.review_on <= today else "running"


def plan_page(actor: Actor, plan_id: UUID) -> PlanPage:
    """Raises NotFound for a plan out of reach."""
    rows = SupportPlan.objects.visible_to(actor, *READ).select_related("learner", "milestone", "follows", "protocol")
    plan = rows.filter(public_id=plan_id).first()
    if plan is None:
        raise NotFound
    may_change = SupportPlan.objects.visible_to(actor, *OPEN).filter(pk=plan.pk).exists()
    [card] = _cards([plan], timezone.now())
    given = ResourceUse.objects.visible_to(actor, GIVEN, "read").filter(plan=plan).select_related("resource")
    return PlanPage(
        card, _sessions(plan), plan.follows, plan.followed_by.order_by("id").first(), may_change,
        tuple(given.order_by("-given_at", "-id")),
    )  # fmt: skip


def protocols_for(actor: Actor) -> dict[str, Protocol]:
    """Those that a plan may begin with, by public id. One query."""
    rows = Protocol.objects.visible_to(actor, LIBRARY, "read").filter(is_active=True).exclude(steps=None)
    return {str(row.public_id): row for row in rows.distinct().order_by("name", "id")}


def _cards(plans: Sequence[SupportPlan], now: datetime) -> list[Card]:
    pairs = sorted({(plan.learner_id, plan.milestone_id) for plan in plans})
    shown = trails(reasons_for(pairs)) if pairs else {}
    owners = member_names({plan.owner_id for plan in plans})
    sessions = _counts(plans)
    return [
        Card(
            plan=plan,
            learner=plan.learner,
            milestone=plan.milestone,
            owner=owners.get(plan.owner_id, ""),
            sessions=sessions[plan.pk],
            days=((plan.closed_at or now) - plan.started_at).days if plan.started_at else None,
            trail=tuple(
                one
                for one in shown.get((plan.learner_id, plan.milestone_id), ())
                if plan.started_at is not None and one.at >= plan.started_at
            ),
        )
        for plan in plans
    ]


def _counts(plans: Sequence[SupportPlan]) -> Counter[int]:
    """Sessions that stand, by plan."""
    rows = PlanSession.objects.filter(plan__in=plans).values_list("plan_id", "withdraws_id")
    counts: Counter[int] = Counter()
    for plan, withdraws in rows:
        counts[plan] += 1 if withdraws is None else -1
    return counts


def _sessions(plan: SupportPlan) -> tuple[Session, ...]:
    rows = list(PlanSession.objects.filter(plan=plan).order_by("-on", "-id"))
    withdrawn = {row.withdraws_id for row in rows if row.withdraws_id is not None}
    names = member_names({row.led_by_id for row in rows})
    return tuple(
        Session(
            row.public_id, row.on, row.minutes, row.what, row.approach, names.get(row.led_by_id, ""),
            row.pk in withdrawn,
        )
        for row in rows
        if row.withdraws_id is None
    )  # fmt: skip
