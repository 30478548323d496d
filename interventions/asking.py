"""A learner asks for help on a milestone, or that somebody looks at the level again; a teacher answers."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.models import LearnerRequest
from interventions.models.requests import ASKING
from interventions.texts import check, text_problems
from interventions.watching import look_at
from learners.models import Learner
from milestones.assigned import works_towards
from milestones.models import Milestone, Release
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, NotFound, problem

READ, ASK, ANSWER = ((ASKING, action) for action in ("read", "ask, take back", "answer"))
Kind = LearnerRequest.Kind
LONGEST_TEXT, LONGEST_ANSWER = 500, 1000


@transaction.atomic
def ask(actor: Actor, *, milestone_id: UUID, kind: str, text: str) -> LearnerRequest:
    """Raises Invalid, NotFound for a milestone that the learner does not work towards, Conflict if one is open."""
    text = text.strip()
    wrong = [] if kind in Kind.values else [problem("kind", _("Choose what you ask for"))]
    check(*wrong, *text_problems("text", text, LONGEST_TEXT))
    learner = Learner.objects.visible_to(actor, *ASK).select_for_update(no_key=True, of=("self",)).first()
    milestone = Milestone.objects.visible_to(actor).filter(public_id=milestone_id, is_active=True).first()
    if learner is None or milestone is None or not works_towards([learner.pk], actor.today, [milestone.pk]):
        raise NotFound
    if kind == Kind.SECOND_LOOK and not is_released(actor, learner, milestone):
        raise Conflict(_("There is no level to look at again yet."), code="not_released")
    rows = LearnerRequest.objects.filter(learner=learner, milestone=milestone, kind=kind)
    if rows.filter(answered_at=None, taken_back_at=None).exists():
        raise Conflict(_("You have asked already. Your teacher sees it and answers."), code="open")
    made: LearnerRequest = LearnerRequest.objects.create(learner=learner, milestone=milestone, kind=kind, text=text)
    record_audit(actor, f"request.{kind}", target=made)
    look_at([learner.pk])  # a teacher sees it at once
    return made


@transaction.atomic
def take_back(actor: Actor, *, request_id: UUID) -> LearnerRequest:
    """Raises NotFound, and Conflict where it was answered meanwhile."""
    row = _locked(actor, request_id, ASK)
    row.taken_back_at = timezone.now()
    row.save(update_fields=["taken_back_at"])
    record_audit(actor, "request.taken_back", target=row)
    look_at([row.learner_id])
    return row


@transaction.atomic
def answer(actor: Actor, *, request_id: UUID, text: str) -> LearnerRequest:
    """Raises Invalid, NotFound, and Conflict where it was answered or taken back meanwhile."""
    text = text.strip()
    check(*text_problems("answer", text, LONGEST_ANSWER, _("Write a sentence to the learner")))
    row = _locked(actor, request_id, ANSWER)
    row.answer, row.answered_at, row.answered_by_id = text, timezone.now(), actor.member_id
    row.save(update_fields=["answer", "answered_at", "answered_by_id"])
    record_audit(actor, "request.answered", target=row)
    look_at([row.learner_id])
    return row


def is_released(actor: Actor, learner: Learner, milestone: Milestone) -> bool:
    """Whether the learner has been shown a level of the milestone."""
    rows = Release.objects.visible_to(actor, "Current level").filter(learner=learner, milestone=milestone)
    return bool(rows.exists())


def _locked(actor: Actor, request_id: UUID, right: tuple[str, str]) -> LearnerRequest:
    """The request, still open. The learner is locked first, as in `ask`."""
    reached = LearnerRequest.objects.visible_to(actor, *right).filter(public_id=request_id)
    list(Learner.objects.select_for_update(no_key=True).filter(id__in=reached.values("learner_id")))
    row: LearnerRequest | None = (
        LearnerRequest.objects.select_for_update(no_key=True).filter(pk__in=reached.values("pk")).first()
    )
    if row is None:
        raise NotFound
    if row.answered_at is not None:
        raise Conflict(_("This was answered already. Look at the answer."), code="answered")
    if row.taken_back_at is not None:
        raise Conflict(_("This was taken back. There is nothing to answer."), code="taken_back")
    return row
