"""Today: who needs this teacher, why, and what the next move is. A fixed number of queries for any number of learners.

A learner appears once, under the most urgent reason. What a reason says in words stands in `words`, the pieces behind
it in `trail`, the main action in `moves`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interventions.models import Alert, AlertRun, Reason
from interventions.models.queue import ALERT
from interventions.queue import ACKNOWLEDGE, colleagues_for
from learners.models import Section
from learners.reach import my_section_ids
from milestones.lag import Lag, lag
from milestones.selectors import CriterionReason, reasons_for
from reporting.today.moves import Move, Unused, move_of, offers, review_of, running_plans, unused_forms
from reporting.today.trail import Shown, trails
from reporting.today.words import offer_sentence, plan_sentence, sentence_of, tag_of
from tenancy.actor import Actor

AT_FIRST = 12
MOST = 300
GROUPS = (
    ("dropped", _("Dropped a level"), _("Newest first"), (Reason.DROPPED,)),
    ("stalled", _("Stalled"), _("Longest first"), (Reason.STALLED, Reason.ONE_KIND, Reason.ATTEMPTS)),
    ("late", _("Past the target date, not started"), _("Longest first"), (Reason.NOT_STARTED, Reason.BLOCKED)),
    ("behind", _("Past the target date, on the way"), _("Longest first"), (Reason.BEHIND,)),
    ("stale", _("Not shown for a long time"), _("Longest first"), (Reason.STALE,)),
)  # fmt: skip
# The order of the groups is that of urgency; inside a group that of its reasons.
URGENCY = {str(reason): at for at, reason in enumerate(one for _, _, _, some in GROUPS for one in some)}
STANDING_STILL = (Reason.STALLED, Reason.ONE_KIND, Reason.ATTEMPTS, Reason.BEHIND)
BESIDE = (Reason.ASKED, Reason.EARLY)
MOST_BESIDE = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One learner. others: how many more reasons there are. trail: the last five pieces, oldest first."""

    alert: UUID
    learner: UUID
    name: str
    initials: str
    milestone: UUID
    title: str
    reason: str
    tag: str
    sentence: str
    others: int
    trail: tuple[Shown, ...]
    move: Move
    colleagues: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    title: Any
    meta: Any
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """people: how many learners need somebody; hidden: how many of them are not shown yet."""

    groups: tuple[Group, ...]
    people: int
    hidden: int
    asked: tuple[Row, ...]
    reached: tuple[Row, ...]
    classes: tuple[tuple[UUID, str], ...]
    chosen: UUID | None
    worked_out_at: datetime | None
    lag: Lag


def today_page(actor: Actor, chosen: UUID | None = None, *, is_whole: bool = False) -> Today:
    """The queue of the actor's classes, or of one of them; at most twelve rows unless the whole is asked for."""
    classes = list(
        Section.objects.filter(id__in=my_section_ids(actor)).order_by("title", "id").values_list("public_id", "title")
    )
    alerts = _alerts(actor, chosen)
    main = _once([one for one in alerts if one.reason not in BESIDE])
    shown = _in_order(main)[: MOST if is_whole else AT_FIRST]
    beside = [*_beside(alerts, Reason.ASKED), *_beside(alerts, Reason.EARLY)]
    facts = _Facts(actor, [alert for alert, _ in shown] + beside)
    rows = {alert.pk: facts.row(alert, others) for alert, others in shown}
    return Today(
        groups=_grouped([alert for alert, _ in shown], rows),
        people=len(main),
        hidden=len(main) - len(shown),
        asked=tuple(facts.row(one, 0) for one in beside if one.reason == Reason.ASKED),
        reached=tuple(facts.row(one, 0) for one in beside if one.reason == Reason.EARLY),
        classes=tuple(classes),
        chosen=chosen,
        worked_out_at=AlertRun.objects.order_by("-id").values_list("at", flat=True).first(),
        lag=lag(),
    )


def _open(actor: Actor, chosen: UUID | None) -> Any:
    """Entries of the actor's classes that nobody else has taken over, and those handed to the actor."""
    mine = Q(section_id__in=my_section_ids(actor)) | Q(section=None)
    if chosen is not None:
        mine &= Q(section__public_id=chosen)
    rows = Alert.objects.visible_to(actor, ALERT, ACKNOWLEDGE).filter(closed_at=None, dismissed_at=None)
    rows = rows.filter(Q(hidden_until=None) | Q(hidden_until__lte=actor.today))
    return rows.filter(Q(owner_id=actor.member_id) | mine & Q(owner=None))


def _alerts(actor: Actor, chosen: UUID | None) -> list[Alert]:
    return list(_open(actor, chosen).select_related("learner", "milestone", "section").order_by("since", "id"))


def _beside(alerts: Sequence[Alert], reason: str) -> list[Alert]:
    """The newest, one of each learner, as many as fit beside the list."""
    newest = {one.learner_id: one for one in alerts if one.reason == reason}
    return sorted(newest.values(), key=lambda one: one.since, reverse=True)[:MOST_BESIDE]


def _once(alerts: Sequence[Alert]) -> list[tuple[Alert, int]]:
    """The most urgent entry of each learner, with how many others there are."""
    by_learner: dict[int, list[Alert]] = defaultdict(list)
    for alert in sorted(alerts, key=lambda one: URGENCY[one.reason]):
        by_learner[alert.learner_id].append(alert)
    return [(some[0], len(some) - 1) for some in by_learner.values()]


def _in_order(entries: list[tuple[Alert, int]]) -> list[tuple[Alert, int]]:
    """By group; the newest drop first, else the longest wait."""
    place = {str(reason): at for at, (_, _, _, reasons) in enumerate(GROUPS) for reason in reasons}

    def order(entry: tuple[Alert, int]) -> tuple[int, float, int]:
        since = entry[0].since.timestamp()
        return place[entry[0].reason], -since if entry[0].reason == Reason.DROPPED else since, entry[0].pk

    return sorted(entries, key=order)


def _grouped(alerts: Sequence[Alert], rows: dict[int, Row]) -> tuple[Group, ...]:
    groups = (
        Group(key, title, meta, tuple(rows[one.pk] for one in alerts if one.reason in reasons))
        for key, title, meta, reasons in GROUPS
    )
    return tuple(group for group in groups if group.rows)


class _Facts:
    """What the rows are made of, read together for all of them."""

    def __init__(self, actor: Actor, alerts: Sequence[Alert]) -> None:
        pairs = sorted({(one.learner_id, one.milestone_id) for one in alerts})
        self.reasons: dict[tuple[int, int], list[CriterionReason]] = reasons_for(pairs) if pairs else {}
        self.trails = trails(self.reasons)
        self.unused: dict[tuple[int, int], Unused] = unused_forms(actor, self.reasons)
        self.plans = running_plans(pairs)
        self.offers = offers(pairs)
        self.colleagues = colleagues_for(actor, {one.learner_id for one in alerts})

    def row(self, alert: Alert, others: int) -> Row:
        learner, milestone = alert.learner, alert.milestone
        pair = (learner.pk, milestone.pk)
        criteria, trail = self.reasons.get(pair, []), self.trails.get(pair, ())
        # Where something is tried already, the next move is to look at whether it helps.
        plan = self.plans.get(pair) if alert.reason in STANDING_STILL else None
        offer = self.offers.get(pair) if alert.reason == Reason.EARLY else None
        sentence = plan_sentence(plan) if plan else sentence_of(alert, criteria, trail)
        return Row(
            alert=alert.public_id,
            learner=learner.public_id,
            name=learner.name,
            initials=f"{learner.given_name[:1]}{learner.family_name[:1]}".upper(),
            milestone=milestone.public_id,
            title=milestone.title,
            reason=alert.reason,
            tag=tag_of(alert),
            sentence=f"{sentence} {offer_sentence(offer)}" if offer else sentence,
            others=others,
            trail=trail,
            move=review_of(plan) if plan else move_of(alert, self.unused.get(pair), offer),
            colleagues=tuple((one.public_id, one.name) for one in self.colleagues.get(learner.pk, ())),
        )
