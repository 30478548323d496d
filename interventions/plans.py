"""Support plans: begin one, log what was done, look at it again, try something else, end it with a result."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.models import PlanSession, Protocol, SupportPlan
from interventions.models.plans import CASE
from interventions.protocols import steps_of
from learners.models import Learner, Section
from milestones.models import Milestone, MilestoneStatus
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, problem

OPEN = "open, assign, update, close"
LONGEST_APPROACH, LONGEST_TEXT = 120, 2000
MOST_MINUTES = 480
REVIEW_WITHIN = timedelta(days=180)
State, Result = SupportPlan.State, SupportPlan.Result


@transaction.atomic
def open_plan(
    actor: Actor, *, learner: Learner, milestone: Milestone, section: Section | None, approach: str, goal: str,
    review_on: date | None, protocol: Protocol | None = None,
) -> SupportPlan:  # fmt: skip
    """Begin a plan, with the first step of a protocol if one is named and nothing else is tried. Raises Invalid, and
    Conflict where one is open for this learner and milestone."""
    steps = steps_of(protocol.steps.all()) if protocol else []
    approach, goal = " ".join(approach.split()) or (steps[0]["approach"] if steps else ""), goal.strip()
    _check(*_approach_problems(approach), *_text_problems("goal", goal), *_review_problems(actor, review_on))
    Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    same = SupportPlan.objects.filter(learner=learner, milestone=milestone, kind=SupportPlan.Kind.SUPPORT)
    if same.exclude(state=State.CLOSED).exists():
        raise Conflict(_("There is an open plan for this learner and milestone. Look at that one first."), code="open")
    status = MilestoneStatus.objects.filter(learner=learner, milestone=milestone).first()
    plan: SupportPlan = SupportPlan.objects.create(
        learner=learner, milestone=milestone, section=section, approach=approach, goal=goal, review_on=review_on,
        state=State.RUNNING, owner_id=actor.member_id, proposed_by_id=actor.member_id, started_at=timezone.now(),
        level_then=status.level if status else 0, since_then=status.since if status else None,
        protocol=protocol, steps=steps,
    )  # fmt: skip
    record_audit(actor, "plan.opened", target=plan)
    return plan


def start_plan(actor: Actor, *, plan_id: UUID, version: int, review_on: date | None) -> SupportPlan:
    """Begin what was proposed; it becomes the actor's own."""
    _check(*_review_problems(actor, review_on))

    def change(plan: SupportPlan) -> None:
        _must_be(plan, State.PROPOSED, _("This plan has begun already."))
        plan.state, plan.started_at, plan.review_on = State.RUNNING, timezone.now(), review_on
        plan.owner_id = actor.member_id

    return _changed(actor, plan_id, version, "plan.started", change)


def review_plan(
    actor: Actor, *, plan_id: UUID, version: int, review_on: date | None, approach: str, is_shared: bool
) -> SupportPlan:
    """Go on until another day, with the same approach or another one; say whether learner and family see it."""
    approach = " ".join(approach.split())
    _check(*_review_problems(actor, review_on), *_approach_problems(approach))

    def change(plan: SupportPlan) -> None:
        _must_be(plan, State.RUNNING, _("Only a running plan can be changed."))
        plan.review_on, plan.approach, plan.is_shared = review_on, approach, is_shared

    return _changed(actor, plan_id, version, "plan.reviewed", change)


def close_plan(actor: Actor, *, plan_id: UUID, version: int, result: str, note: str) -> SupportPlan:
    """End it with a result. A running plan that ended without movement proposes another one with another approach."""
    note = note.strip()
    found = [] if result in Result.values else [problem("result", _("Choose a result from the list"))]
    if result == Result.OTHER and not note:
        found.append(problem("note", _("Say in a few words why the plan ends")))
    _check(*found, *_text_problems("note", note))

    def change(plan: SupportPlan) -> None:
        if plan.state == State.CLOSED:
            raise Conflict(_("This plan is closed already."), code="closed")
        was_running = plan.state == State.RUNNING
        plan.state, plan.result, plan.result_note = State.CLOSED, result, note
        plan.closed_at, plan.closed_by_id = timezone.now(), actor.member_id
        plan.save()
        if was_running and result == Result.NO_CHANGE:
            _escalate(plan)

    return _changed(actor, plan_id, version, "plan.closed", change)


@transaction.atomic
def log_session(actor: Actor, *, plan_id: UUID, on: date | None, minutes: int | None, what: str) -> PlanSession:
    """Write down one session: when, how long, what. Raises Invalid, and Conflict for a plan that does not run."""
    what = what.strip()
    plan = _locked(actor, plan_id)
    _must_be(plan, State.RUNNING, _("Sessions belong to a running plan."))
    found = [*_day_problems(actor, plan, on), *_text_problems("what", what)]
    if minutes is None or not 1 <= minutes <= MOST_MINUTES:
        found.append(problem("minutes", _("Enter the minutes as a number from 1 to %(most)s") % {"most": MOST_MINUTES}))
    if not what:
        found.append(problem("what", _("Say in a few words what you did")))
    _check(*found)
    session: PlanSession = PlanSession.objects.create(
        plan=plan, on=on, minutes=minutes, what=what, approach=plan.approach, led_by_id=actor.member_id,
        recorded_by_id=actor.member_id,
    )  # fmt: skip
    record_audit(actor, "plan.session", target=plan)
    return session


@transaction.atomic
def withdraw_session(actor: Actor, *, plan_id: UUID, session_id: UUID) -> PlanSession:
    """Take back a session that was logged by mistake; both rows stay. Raises NotFound, Conflict."""
    plan = _locked(actor, plan_id)
    found = PlanSession.objects.filter(plan=plan, public_id=session_id, withdraws=None).first()
    if found is None:
        raise NotFound
    if PlanSession.objects.filter(withdraws=found).exists():
        raise Conflict(_("This session is taken back already."), code="withdrawn")
    row: PlanSession = PlanSession.objects.create(
        plan=plan, on=found.on, minutes=found.minutes, what=found.what, approach=found.approach,
        led_by_id=found.led_by_id, recorded_by_id=actor.member_id, withdraws=found,
    )  # fmt: skip
    record_audit(actor, "plan.session_withdrawn", target=plan)
    return row


def _escalate(plan: SupportPlan) -> None:
    """The next step of its row, or a plan whose approach has to be another one: proposed, for a person to start."""
    following = next((step for step in plan.steps if step["position"] > plan.step), None)
    other = _("Another way than: %(approach)s") % {"approach": plan.approach}
    SupportPlan.objects.create(
        learner_id=plan.learner_id, milestone_id=plan.milestone_id, section_id=plan.section_id, kind=plan.kind,
        protocol=plan.protocol, steps=plan.steps, step=following["position"] if following else plan.step, follows=plan,
        approach=following["approach"] if following else other[:LONGEST_APPROACH], goal=plan.goal,
        owner_id=plan.owner_id, level_then=plan.level_then, since_then=plan.since_then,
    )  # fmt: skip


@transaction.atomic
def _changed(
    actor: Actor, plan_id: UUID, version: int, action: str, change: Callable[[SupportPlan], None]
) -> SupportPlan:
    plan = _locked(actor, plan_id)
    if plan.version != version:
        raise Conflict(_("Somebody else changed this plan while you had it open. Look at it again."), code="changed")
    change(plan)
    plan.version += 1
    plan.save()
    record_audit(actor, action, target=plan)
    return plan


def _locked(actor: Actor, plan_id: UUID) -> SupportPlan:
    reached = SupportPlan.objects.visible_to(actor, CASE, OPEN).filter(public_id=plan_id).values("pk")
    plan: SupportPlan | None = SupportPlan.objects.select_for_update(no_key=True).filter(pk__in=reached).first()
    if plan is None:
        raise NotFound
    return plan


def _must_be(plan: SupportPlan, state: str, message: str) -> None:
    if plan.state != state:
        raise Conflict(message, code="state")


def _check(*problems: dict[str, str]) -> None:
    if problems:
        raise Invalid(list(problems))


def _approach_problems(approach: str) -> list[dict[str, str]]:
    if not approach:
        return [problem("approach", _("Say what you will try, like Fraction strips in a group of three"))]
    if len(approach) > LONGEST_APPROACH:
        text = _("This has %(n)d characters. Shorten it to %(most)d") % {"n": len(approach), "most": LONGEST_APPROACH}
        return [problem("approach", text)]
    return []


def _text_problems(name: str, text: str) -> list[dict[str, str]]:
    if len(text) <= LONGEST_TEXT:
        return []
    return [
        problem(name, _("This has %(n)d characters. Shorten it to %(most)d") % {"n": len(text), "most": LONGEST_TEXT})
    ]


def _review_problems(actor: Actor, review_on: date | None) -> list[dict[str, str]]:
    if review_on is None:
        return [problem("review_on", _("Enter the day on which you will look at it again, like 19 Nov 2026"))]
    if not actor.today <= review_on <= actor.today + REVIEW_WITHIN:
        return [problem("review_on", _("Choose a day from today on, within half a year"))]
    return []


def _day_problems(actor: Actor, plan: SupportPlan, on: date | None) -> list[dict[str, str]]:
    if on is None:
        return [problem("on", _("Enter the day, like 19 Nov 2026"))]
    if on > actor.today:
        return [problem("on", _("This day is to come. Log a session after it has been"))]
    if plan.started_at is not None and on < plan.started_at.date() - timedelta(days=31):
        return [problem("on", _("This day is long before the plan began. Check the date"))]
    return []
