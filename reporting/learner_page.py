"""The page of one learner and one milestone: the level, why, the evidence, what would change it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments.attempts import OpenAttempt, open_attempts
from competencies.models import Prerequisite
from learners.models import Learner, Section
from milestones.assigned import SECTION, due_dates, works_towards
from milestones.flags import Stand, flags_of, stall_limit
from milestones.models import CompetencyStatus, Milestone, MilestoneStatus, SectionMilestone
from milestones.past import Moment
from milestones.past_reasons import LearnerThen, learner_then
from milestones.selectors import CriterionReason, milestone_reasons
from reporting.learner_pieces import Piece, pieces_of
from reporting.level_history import Change, Duration, changes_of, duration_of, last_met
from reporting.reach import published_milestone, section_of, visible_learner
from reporting.sentences import Reason, reason_of
from reporting.set_levels import SetLevel, set_levels
from tenancy.actor import Actor
from tenancy.errors import NotFound

STAFF_VIEW = ("Evidence version history", "read")
NOWHERE = Stand(0, 0, 0, None, 0, None, 0)


@dataclass(frozen=True, slots=True)
class Sibling:
    """A milestone of the same section, for the list beside the page."""

    id: int
    public_id: UUID
    code: str
    title: str
    heading: str
    level: int
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Need:
    """A competency that comes before those of the milestone, with the learner's level on it."""

    code: str
    statement: str
    level: int


@dataclass(frozen=True, slots=True)
class LearnerMilestone:
    """`level` is what holds, `computed_level` what the rule says; `moment`: as of when, None = now.

    `waiting`: work that was handed in and is not judged yet.
    """

    learner_pk: int
    milestone_pk: int
    learner_id: UUID
    learner_name: str
    grade: str
    initials: str
    milestone_id: UUID
    code: str
    title: str
    heading: str
    due_on: date | None
    level: int
    computed_level: int
    flags: tuple[str, ...]
    since: datetime | None
    duration: Duration
    met_before: datetime | None
    reasons: tuple[Reason, ...]
    pieces: tuple[Piece, ...]
    waiting: tuple[OpenAttempt, ...]
    changes: tuple[Change, ...]
    overrides: tuple[SetLevel, ...]
    needs: tuple[Need, ...]
    siblings: tuple[Sibling, ...]
    counts: tuple[int, ...]
    section_id: UUID | None
    section_title: str
    computed_at: datetime | None
    is_true_to_ledger: bool
    moment: Moment | None
    ended_on: date | None

    @property
    def standing(self) -> tuple[SetLevel, ...]:
        """What holds the level now. Not what was kept from an earlier goal and has been outgrown."""
        rows = (row for row in self.overrides if row.stands)
        return tuple(row for row in rows if row.of or not row.is_kept or row.level >= self.level)

    @property
    def is_kept(self) -> bool:
        """The level holds because it was met under an earlier goal, not because somebody judged."""
        return any(row.is_kept and not row.of for row in self.standing)


@dataclass(frozen=True, slots=True)
class Here:
    """What the page is about, and the learner's standing on every milestone of the section."""

    learner: Learner
    milestone: Milestone
    section: Section | None
    siblings: tuple[Sibling, ...]
    stand: Stand
    reasons: list[CriterionReason]
    computed_at: datetime | None


def learner_milestone(
    actor: Actor,
    learner_id: UUID,
    milestone_id: UUID | None,
    section_id: UUID | None = None,
    moment: Moment | None = None,
    *,
    is_panel: bool = False,
) -> LearnerMilestone:
    """Everything the page shows, or only what the side panel does, in a fixed number of queries. Raises NotFound.

    Without a milestone the first one of the learner's section is shown.
    """
    learner = visible_learner(actor, learner_id, *STAFF_VIEW)
    milestone = published_milestone(
        actor, milestone_id or _first_milestone(actor, learner, section_id), learner, or_ended=True
    )
    section = section_of(actor, learner, section_id, milestone)
    here = (
        _now(actor, learner, milestone, section)
        if moment is None
        else _then(actor, learner, milestone, section, moment)
    )
    return _page(actor, here, moment, is_panel=is_panel)


def _page(actor: Actor, here: Here, moment: Moment | None, *, is_panel: bool) -> LearnerMilestone:
    is_short = is_panel or moment is not None
    learner, milestone, stand = here.learner, here.milestone, here.stand
    competencies = [reason.competency_id for reason in here.reasons]
    overrides = set_levels(actor, learner.pk, milestone.pk, competencies, moment)
    now, today = (moment.at, moment.day) if moment else (timezone.now(), actor.today)
    changes = changes_of(learner.pk, milestone.pk, overrides, moment, now)
    return LearnerMilestone(
        learner_pk=learner.pk,
        milestone_pk=milestone.pk,
        learner_id=learner.public_id,
        learner_name=learner.name,
        grade=learner.grade,
        initials="".join(part[0] for part in learner.name.split()[:2]).upper(),
        milestone_id=milestone.public_id,
        code=milestone.code,
        title=milestone.title,
        heading=milestone.heading,
        due_on=stand.due_on,
        level=stand.level,
        computed_level=stand.computed_level,
        flags=tuple(flags_of(stand, now, today)),
        since=stand.since,
        duration=duration_of(milestone.pk, stand.level, stand.since, changes, now),
        met_before=last_met(changes, stand.level),
        reasons=tuple(reason_of(reason) for reason in here.reasons),
        pieces=tuple(pieces_of(actor, learner.pk, here.reasons, moment)),
        waiting=() if is_short else _waiting(learner, competencies),
        changes=tuple(changes),
        overrides=tuple(overrides),
        needs=() if is_short else tuple(_needs(learner, competencies)),
        siblings=here.siblings,
        counts=tuple(sum(s.level == number for s in here.siblings) for number in range(5)),
        section_id=here.section.public_id if here.section else None,
        section_title=here.section.title if here.section else "",
        computed_at=here.computed_at,
        is_true_to_ledger=all(reason.is_true_to_ledger for reason in here.reasons),
        moment=moment,
        ended_on=milestone.ended_on,
    )


def _waiting(learner: Learner, competency_ids: list[int]) -> tuple[OpenAttempt, ...]:
    """Work that nobody has judged yet, each attempt once: no evidence, so no part of the level."""
    found = open_attempts([learner.pk], competency_ids)
    return tuple({one.attempt_id: one for one in found}.values())


def _now(actor: Actor, learner: Learner, milestone: Milestone, section: Section | None) -> Here:
    limit = stall_limit("milestone_id", "milestone__framework_id", OuterRef("level"))
    rows = {
        row.milestone_id: row for row in MilestoneStatus.objects.filter(learner_id=learner.pk).annotate(limit=limit)
    }
    siblings, work = _work_of(actor, learner, section, {key: row.level for key, row in rows.items()})
    row, stand = rows.get(milestone.pk), NOWHERE
    if row is not None:
        known = (row.level, row.computed_level, row.previous_level, row.since, row.flags)
        stand = Stand(*known, due_on=None, stalled_after=row.limit)
    return Here(
        learner=learner,
        milestone=milestone,
        section=section,
        siblings=siblings,
        stand=replace(stand, due_on=work.get(milestone.pk)),
        reasons=milestone_reasons(learner.pk, milestone),
        computed_at=row.computed_at if row else None,
    )


def _then(actor: Actor, learner: Learner, milestone: Milestone, section: Section | None, moment: Moment) -> Here:
    """Levels of the moment, against the dates that hold today."""
    planned = _siblings(section, {})
    then: LearnerThen = learner_then(learner.pk, milestone, [one.id for one in planned], moment)
    siblings = tuple(replace(one, level=then.stands.get(one.id, NOWHERE).level) for one in planned)
    due = due_dates([learner.pk], [milestone.pk], actor.today)
    stand = then.stands.get(milestone.pk, NOWHERE)
    return Here(
        learner=learner,
        milestone=milestone,
        section=section,
        siblings=siblings,
        stand=replace(stand, due_on=due.get((learner.pk, milestone.pk))),
        reasons=then.reasons,
        computed_at=None,
    )


def _work_of(
    actor: Actor, learner: Learner, section: Section | None, level_of: dict[int, int]
) -> tuple[tuple[Sibling, ...], dict[int, date | None]]:
    """(the plan of the section, then what the learner works towards beside it; {milestone: the date that holds})."""
    work = {one.milestone: one for one in works_towards([learner.pk], actor.today).values()}
    planned = _siblings(section, level_of)
    known = {one.id for one in planned}
    more = [key for key, one in work.items() if one.by != SECTION and key not in known]
    rows = Milestone.objects.visible_to(actor).filter(id__in=more).order_by("heading", "code", "id")
    beside = tuple(
        Sibling(one.pk, one.public_id, one.code, one.title, one.heading, level_of.get(one.pk, 0), work[one.pk].due_on)
        for one in rows
    )
    dated = tuple(replace(one, due_on=work[one.id].due_on) if one.id in work else one for one in planned)
    return dated + beside, {key: one.due_on for key, one in work.items()}


def _first_milestone(actor: Actor, learner: Learner, section_id: UUID | None) -> UUID:
    section = section_of(actor, learner, section_id)
    rows = SectionMilestone.objects.filter(section__enrolments__learner_id=learner.pk, milestone__is_active=True)
    if section is not None:
        rows = rows.order_by("section_id") if section_id is None else rows.filter(section_id=section.pk)
    first = rows.order_by("section_id", "position", "id").values_list("milestone__public_id", flat=True).first()
    if first is None:  # in no section today, or in one without a plan: what there are levels for
        known = MilestoneStatus.objects.visible_to(actor).filter(learner_id=learner.pk, milestone__is_active=True)
        first = known.order_by("milestone_id").values_list("milestone__public_id", flat=True).first()
    if first is None:
        raise NotFound
    return UUID(str(first))


def _needs(learner: Learner, competency_ids: list[int]) -> list[Need]:
    """Prerequisites that are not competencies of the milestone itself. One query."""
    level = CompetencyStatus.objects.filter(learner_id=learner.pk, competency_id=OuterRef("before_id"))
    rows = (
        Prerequisite.objects.filter(after_id__in=competency_ids, is_in_cycle=False)
        .exclude(before_id__in=competency_ids)
        .annotate(level=Coalesce(Subquery(level.values("level")[:1]), 0))
        .order_by("before__tree_order", "before_id")
        .values_list("before__code", "before__short_statement", "before__statement", "level")
    )
    return [Need(code, short or statement, level) for code, short, statement, level in rows.distinct()]


def _siblings(section: Section | None, level_of: dict[int, int]) -> tuple[Sibling, ...]:
    if section is None:
        return ()
    fields = ("milestone_id", *(f"milestone__{name}" for name in ("public_id", "code", "title", "heading")), "due_on")
    planned = SectionMilestone.objects.filter(section_id=section.pk, milestone__is_active=True)
    return tuple(
        Sibling(pk, public_id, code, title, heading, level_of.get(pk, 0), due_on)
        for pk, public_id, code, title, heading, due_on in planned.order_by("position", "id").values_list(*fields)
    )
