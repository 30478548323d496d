"""Who works towards a milestone until when: dates of a class, of one learner, and what is given beside the plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Learner, LearnerGroup, School, Section
from learners.signals import places_changed
from milestones.models import LearnerTarget, Milestone, MilestoneAssignment, SectionMilestone
from milestones.plans import plan_milestones
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, problem

LONGEST_REASON, LONGEST_GRADE = 500, 20


@dataclass(frozen=True, slots=True)
class Moved:
    """A target date of a class: as it was seen, and as it is wanted; None = no date."""

    seen: date | None
    wanted: date | None


@dataclass(frozen=True, slots=True)
class To:
    """Exactly one of a learner, a group, or a grade of a school."""

    learner: Learner | None = None
    group: LearnerGroup | None = None
    school: School | None = None
    grade: str = ""


@transaction.atomic
def move_dates(actor: Actor, *, section: Section, dates: Mapping[int, Moved]) -> int:
    """Move target dates of the plan: {milestone: Moved}. Returns how many moved.

    Raises Conflict, with both dates, where somebody else moved one since it was seen.
    """
    wanted = {key: one for key, one in dates.items() if one.wanted != one.seen}
    rows = SectionMilestone.objects.select_for_update(no_key=True).filter(section_id=section.pk)
    found = list(rows.filter(milestone_id__in=wanted).select_related("milestone").order_by("id"))
    for row in found:
        move = wanted[row.milestone_id]
        if row.due_on not in (move.seen, move.wanted):
            values = {"title": row.milestone.title, "now": row.due_on, "mine": move.wanted}
            text = _(
                "Somebody moved %(title)s to %(now)s a moment ago, you to %(mine)s. Look at the plan and save again"
            )
            raise Conflict(text % values)
        row.due_on = move.wanted
    SectionMilestone.objects.bulk_update(found, ["due_on"])
    if found:
        record_audit(actor, "section.dates_moved", target=section, detail={"milestones": len(found)})
    return len(found)


@transaction.atomic
def set_learner_date(
    actor: Actor, *, learner: Learner, milestone: Milestone, due_on: date | None, reason: str = ""
) -> None:
    """The target date of one learner, with why; without a date the one of the plan holds again. Raises Invalid."""
    if due_on is not None and not reason.strip():
        raise Invalid([problem("reason", _("Write why, so that colleagues understand the other date"))])
    if len(reason) > LONGEST_REASON:
        text = _("The reason has %(n)d characters. Shorten it to %(most)d") % {"n": len(reason), "most": LONGEST_REASON}
        raise Invalid([problem("reason", text)])
    if due_on is None:
        LearnerTarget.objects.filter(learner_id=learner.pk, milestone_id=milestone.pk).delete()
    else:
        values = {"due_on": due_on, "reason": reason.strip(), "set_at": timezone.now(), "set_by_id": actor.member_id}
        LearnerTarget.objects.update_or_create(learner=learner, milestone=milestone, defaults=values)
    record_audit(actor, "learner_date.set" if due_on else "learner_date.ended", target=learner)


@transaction.atomic
def give_milestone(actor: Actor, *, milestone: Milestone, to: To, due_on: date | None = None) -> MilestoneAssignment:
    """Give it to a learner, a group or a grade; a second time the date is the new one. Raises Invalid."""
    places = [to.learner is not None, to.group is not None, to.school is not None and bool(to.grade.strip())]
    if sum(places) != 1 or len(to.grade) > LONGEST_GRADE or milestone.learner_id is not None:
        raise Invalid([problem("to", _("Choose one learner, one group or one grade"))])
    row: MilestoneAssignment = MilestoneAssignment.objects.update_or_create(
        milestone=milestone, learner=to.learner, group=to.group, school=to.school, grade=to.grade.strip(),
        defaults={"due_on": due_on, "given_at": timezone.now(), "given_by_id": actor.member_id},
    )[0]  # fmt: skip
    _tell(row)
    record_audit(actor, "milestone.given", target=milestone)
    return row


@transaction.atomic
def assign_milestone(
    actor: Actor, *, milestone: Milestone, sections: Sequence[Section], to: Sequence[To], due_on: date | None = None
) -> int:
    """Into the plans of several classes, to several grades and groups, in one go. Returns to how many.

    Without a date, those that have it keep the date they have. Raises Invalid where nobody is chosen.
    """
    if not sections and not to:
        raise Invalid([problem("to", _("Choose at least one class, group or grade"))])
    if milestone.section_id is not None and any(one.pk != milestone.section_id for one in sections):
        raise Invalid([problem("to", _("This milestone was made for another class. Choose that class"))])
    known: set[int] = set()
    if due_on is None:
        rows = SectionMilestone.objects.filter(milestone_id=milestone.pk)
        known = set(rows.values_list("section_id", flat=True))
    for section in sorted(sections, key=lambda one: one.pk):
        if section.pk not in known:
            plan_milestones(actor, section=section, milestones=[(milestone, due_on)])
    for one in to:
        if due_on is not None or not _has(one, milestone):
            give_milestone(actor, milestone=milestone, to=one, due_on=due_on)
    return len(sections) + len(to)


def _has(to: To, milestone: Milestone) -> bool:
    rows = MilestoneAssignment.objects.filter(
        milestone_id=milestone.pk, learner=to.learner, group=to.group, school=to.school, grade=to.grade.strip()
    )
    found: bool = rows.exists()
    return found


@transaction.atomic
def take_out(actor: Actor, *, section: Section, milestone: Milestone) -> None:
    """The class does not plan it any more; it may be planned again. Evidence, levels and dates of single learners stay.

    Raises NotFound where it is not in the plan.
    """
    rows = SectionMilestone.objects.select_for_update(no_key=True)
    row: SectionMilestone | None = rows.filter(section_id=section.pk, milestone_id=milestone.pk).first()
    if row is None:
        raise NotFound
    due = None if row.due_on is None else row.due_on.isoformat()
    record_audit(actor, "section.taken_out", target=section, detail={"milestone": milestone.pk, "due_on": due})
    row.delete()
    places_changed.send(sender=SectionMilestone, school_ids=[section.school_id])


@transaction.atomic
def take_back(actor: Actor, *, assignment: MilestoneAssignment) -> None:
    """It is not given there any more. What was shown stays shown."""
    record_audit(actor, "milestone.taken_back", target=assignment.milestone)
    assignment.delete()
    _tell(assignment)


def _tell(assignment: MilestoneAssignment) -> None:
    """Where it is given has something else to learn."""
    school = assignment.school_id
    if assignment.learner is not None:
        school = assignment.learner.home_school_id
    elif assignment.group is not None:
        school = assignment.group.section.school_id
    if school is not None:
        places_changed.send(sender=MilestoneAssignment, school_ids=[school])
