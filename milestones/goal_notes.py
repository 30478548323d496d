"""What a learner writes beside a goal: own steps, how it is going, what was learned. Only the learner writes it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.pieces import not_storable
from learners.models import Learner
from milestones.models import GOAL_NOTE, PERSONAL, GoalNote, Milestone
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, problem

WRITE = (GOAL_NOTE, "write")
LONGEST, MOST = 1000, 60
DOINGS = ("tick", "untick", "share", "unshare", "remove")


@transaction.atomic
def add_note(
    actor: Actor, *, learner: Learner, milestone_id: UUID, kind: str, text: str, is_shared: bool = False
) -> GoalNote:
    """Raises NotFound for a goal that is not the learner's own, Invalid, Conflict for more than 60 of them."""
    goals = Milestone.objects.visible_to(actor, PERSONAL).filter(learner=learner, is_active=True)
    goal = goals.exclude(proposal=Milestone.Proposal.DECLINED).filter(public_id=milestone_id).first()
    if goal is None:
        raise NotFound
    text = text.replace("\r\n", "\n").strip()
    problems = []
    if kind not in GoalNote.Kind.values:
        problems.append(problem("kind", _("Choose from the list what you write")))
    if not text:
        problems.append(problem("text", _("Write a few words, like: I draw one problem every day")))
    elif len(text) > LONGEST:
        values = {"n": len(text), "most": LONGEST}
        problems.append(problem("text", _("This has %(n)d characters. Shorten it to %(most)d") % values))
    elif not_storable(text, has_lines=True):
        problems.append(problem("text", _("This contains a control character. Type it again")))
    if problems:
        raise Invalid(problems)
    if GoalNote.objects.filter(milestone=goal, removed_at=None).count() >= MOST:
        raise Conflict(_("There are 60 notes on this goal. Take out some that you no longer need."), field="text")
    note: GoalNote = GoalNote.objects.create(
        learner=learner, milestone=goal, kind=kind, text=text, is_shared=is_shared, written_by_id=actor.member_id
    )
    record_audit(actor, "goal_note.written", target=note)
    return note


@transaction.atomic
def change_note(actor: Actor, *, note_id: UUID, doing: str) -> GoalNote:
    """Tick a step, share a note, take it out. The same again changes nothing. Raises NotFound, Invalid."""
    if doing not in DOINGS:
        raise Invalid([problem("doing", _("This cannot be done with a note"))])
    rows = GoalNote.objects.visible_to(actor, *WRITE).filter(public_id=note_id, removed_at=None).values("pk")
    note: GoalNote | None = GoalNote.objects.select_for_update(no_key=True).filter(pk__in=rows).first()
    if note is None:
        raise NotFound
    if doing in {"tick", "untick"}:
        note.done_at = (note.done_at or timezone.now()) if doing == "tick" else None
    elif doing == "remove":
        note.removed_at = timezone.now()
    else:
        note.is_shared = doing == "share"
    note.save(update_fields=["done_at", "removed_at", "is_shared"])
    record_audit(actor, f"goal_note.{doing}", target=note)
    return note
