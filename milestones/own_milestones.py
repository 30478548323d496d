"""Personal milestones: a learner proposes one, a teacher confirms it (perhaps changed) or says not now, with a reason.

A proposal is not in use: nothing is worked out for it until it is confirmed. It never belongs to anybody else.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Learner
from milestones.criteria import roll_up_milestone_pairs
from milestones.models import CompetencyStatus, Criterion, LearnerTarget, Milestone
from milestones.plans import Asked
from status_engine import Level
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, Refused, problem

MOST_OPEN = 5
FARTHEST = timedelta(days=730)
OWN_CODE = "OWN"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the goal is. `asked`: what will show it; None while learner and teacher still look for it."""

    title: str
    why: str = ""
    kind: str = Milestone.Kind.ACADEMIC
    due_on: date | None = None
    asked: Asked | None = None


@transaction.atomic
def propose_milestone(actor: Actor, *, learner: Learner, wish: Wish) -> Milestone:
    """A goal of the learner's own, waiting for a teacher. Raises Invalid, Refused with five already waiting."""
    _check(actor, wish)
    Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    waiting = Milestone.objects.filter(learner_id=learner.pk, proposal=Milestone.Proposal.PROPOSED).count()
    if waiting >= MOST_OPEN:
        text = _("%(n)d goals of yours wait for an answer. Wait for one of them before you propose another")
        raise Refused(text % {"n": waiting})
    milestone: Milestone = Milestone.objects.create(
        learner=learner, title=wish.title, description=wish.why, kind=wish.kind, code=OWN_CODE,
        heading=_("Own goals"), is_active=False, proposal=Milestone.Proposal.PROPOSED, proposed_at=timezone.now(),
        made_by_id=actor.member_id,
    )  # fmt: skip
    _set_measure(milestone, wish.asked)
    _set_date(actor, milestone, wish.due_on)
    record_audit(actor, "own_milestone.proposed", target=milestone)
    return milestone


@transaction.atomic
def confirm_milestone(actor: Actor, *, milestone: Milestone, wish: Wish, answer: str = "") -> Milestone:
    """In force from now, as `wish` says. Raises Invalid, Conflict when somebody answered before."""
    _check(actor, wish)
    if wish.asked is None:
        raise Invalid([problem("measure", _("Choose what will show that the goal is reached"))])
    row = _waiting(milestone)
    row.title, row.description, row.kind = wish.title, wish.why, wish.kind
    row.is_active, row.proposal = True, Milestone.Proposal.CONFIRMED
    _answer(actor, row, answer)
    row.criteria.all().delete()
    _set_measure(row, wish.asked)
    _set_date(actor, row, wish.due_on)
    record_audit(actor, "own_milestone.confirmed", target=row)
    shown = CompetencyStatus.objects.filter(learner_id=row.learner_id, competency_id=wish.asked.competency.pk)
    if row.learner_id is not None and shown.filter(level__gt=Level.NOT_STARTED).exists():
        roll_up_milestone_pairs([(row.learner_id, row.pk)], "milestone")
    return row


@transaction.atomic
def decline_milestone(actor: Actor, *, milestone: Milestone, reason: str) -> Milestone:
    """Not now. The learner reads the reason. Raises Invalid without one, Conflict when somebody answered before."""
    if not reason.strip():
        raise Invalid([problem("reason", _("Write why not now. The learner reads it"))])
    row = _waiting(milestone)
    row.proposal = Milestone.Proposal.DECLINED
    _answer(actor, row, reason)
    record_audit(actor, "own_milestone.declined", target=row)
    return row


def _waiting(milestone: Milestone) -> Milestone:
    row: Milestone = Milestone.objects.select_for_update(no_key=True).get(pk=milestone.pk)
    if row.proposal != Milestone.Proposal.PROPOSED:
        raise Conflict(_("Somebody answered this a moment ago. Load the page again to see the answer"))
    return row


def _answer(actor: Actor, row: Milestone, text: str) -> None:
    row.answer, row.answered_at, row.answered_by_id = text.strip(), timezone.now(), actor.member_id
    row.save()


def _set_measure(milestone: Milestone, asked: Asked | None) -> None:
    if asked is None:
        return
    Criterion.objects.create(
        milestone=milestone, competency=asked.competency, required_level=int(asked.level), points=asked.points,
        measure=asked.measure, target=asked.target, is_at_most=asked.is_at_most, baseline=asked.baseline,
        period=asked.period,
    )  # fmt: skip


def _set_date(actor: Actor, milestone: Milestone, due_on: date | None) -> None:
    rows = LearnerTarget.objects.filter(learner_id=milestone.learner_id, milestone_id=milestone.pk)
    if due_on is None:
        rows.delete()
        return
    LearnerTarget.objects.update_or_create(
        learner_id=milestone.learner_id, milestone=milestone,
        defaults={"due_on": due_on, "set_at": timezone.now(), "set_by_id": actor.member_id},
    )  # fmt: skip


def _check(actor: Actor, wish: Wish) -> None:
    problems = []
    if not wish.title.strip():
        problems.append(problem("title", _("Write what you want to be able to do")))
    if wish.kind not in Milestone.Kind.values:
        problems.append(problem("kind", _("Choose what the goal is about from the list")))
    if wish.due_on is not None and not actor.today <= wish.due_on <= actor.today + FARTHEST:
        problems.append(problem("due_on", _("Choose a day from today to two years from now")))
    if problems:
        raise Invalid(problems)
