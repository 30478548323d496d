"""Judging an attempt: parts saved, sent back, judged, marked twice, settled, released.

Only what is judged becomes evidence, one piece per competency; judged again it is corrected by a new row. Learners see
levels and feedback when the teacher releases them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.assessing import JUDGE, lock
from assessments.attempts import lock_attempt, save_attempt
from assessments.judged_evidence import check_points, write_evidence
from assessments.marks import Round, Rounds, add_scores, criteria_of, means_by_competency, rounds_of
from assessments.models import Assessment, Attempt
from competencies.models import RubricCriterion
from tenancy.access import can
from tenancy.actor import SCH, Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, Refused, problem

PUBLISH = ("Publication to learner and family", "publish, withdraw")
LONGEST_FEEDBACK = 5000
State = Attempt.State


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a teacher enters: levels per criterion (rubric), one per competency (by level), or points.

    `hints` that the learner used: with any, the work does not count towards a level. `minutes`: how long they worked.
    """

    levels: Mapping[int, int] = field(default_factory=dict)
    points: Decimal | None = None
    feedback: str = ""
    hints: int = 0
    minutes: int | None = None

    def as_part(self) -> dict[str, Any]:
        """What is kept of it until it is complete."""
        points = {} if self.points is None else {"points": f"{self.points.normalize():f}"}
        return {"levels": {str(key): level for key, level in sorted(self.levels.items())}, **points}

    def note_on(self, row: Attempt) -> None:
        """What is said about the attempt as a whole."""
        row.feedback, row.hints, row.minutes = self.feedback, self.hints, self.minutes


@transaction.atomic
def save_part(actor: Actor, *, attempt: Attempt, judgement: Judgement, version: int | None = None) -> Attempt:
    """Keep what there is so far without judging: the attempt awaits judgement. Raises Conflict, Invalid, NotFound.

    Levels on criteria stand in the scores; those on competencies and points on the attempt: no evidence yet.
    """
    row = _begin(actor, attempt, version)
    criteria = _checked(row, judgement)
    rounds = rounds_of([row.pk])[row.pk]
    _first_marking_goes_on(actor, row, rounds, [one.pk for one in criteria])
    if row.state in {State.JUDGED, State.RELEASED}:
        raise Conflict(_("This attempt has been judged. Judge it again to change it."))
    if criteria:
        add_scores(actor, row, judgement.levels, Round.FIRST, rounds.first.levels)
    else:
        row.part = judgement.as_part()
    judgement.note_on(row)
    row.state = State.AWAITING
    save_attempt(row)
    record_audit(actor, "attempt.scored_in_part", target=row)
    return row


@transaction.atomic
def send_back(actor: Actor, *, attempt: Attempt, feedback: str, version: int | None = None) -> Attempt:
    """The work needs revision; the learner reads the feedback at once. Never evidence. Raises Invalid, Conflict."""
    row = _begin(actor, attempt, version)
    if not feedback.strip():
        raise _invalid("feedback", _("Write what to revise, like: Show how you found the second fraction"))
    if row.state in {State.JUDGED, State.RELEASED}:
        raise Conflict(_("This attempt has been judged. Give another attempt instead of sending it back."))
    row.feedback, row.state = feedback, State.NEEDS_REVISION
    save_attempt(row)
    record_audit(actor, "attempt.sent_back", target=row)
    return row


@transaction.atomic
def judge(actor: Actor, *, attempt: Attempt, judgement: Judgement, version: int | None = None) -> Attempt:
    """Levels or points become evidence. With second marking the attempt waits until another teacher has scored it.

    Raises Invalid naming each criterion without a level, Conflict, Refused where judging again is too late, NotFound.
    """
    row = _begin(actor, attempt, version)
    criteria = _checked(row, judgement)
    rounds = rounds_of([row.pk])[row.pk]
    _first_marking_goes_on(actor, row, rounds, [one.pk for one in criteria])
    missing = [f"level_{one.pk}" for one in criteria if one.pk not in judgement.levels]
    if missing:
        message = _("Choose a level for each criterion before judging, or save a part")
        raise Invalid([problem(name, message, "missing") for name in missing])
    judgement.note_on(row)
    if criteria:
        add_scores(actor, row, judgement.levels, Round.FIRST, rounds.first.levels)
    if row.assessment.needs_second_marking and not rounds.second.levels:
        row.state = State.AWAITING
        save_attempt(row)
        record_audit(actor, "attempt.first_marked", target=row)
        return row
    return _conclude(actor, row, judgement)


@transaction.atomic
def mark_second(actor: Actor, *, attempt: Attempt, levels: Mapping[int, int], version: int | None = None) -> Attempt:
    """A second teacher's levels, given without sight of the first ones. Where all agree, the attempt is judged.

    Raises Refused for the first marker, Conflict where no second marking is waited for, Invalid, NotFound.
    """
    row = _begin(actor, attempt, version)
    criteria = _checked(row, Judgement(levels))
    rounds = rounds_of([row.pk])[row.pk]
    keys = [one.pk for one in criteria]
    if not row.assessment.needs_second_marking or not rounds.is_complete(rounds.first, keys) or rounds.second.levels:
        raise Conflict(_("No second marking is waited for here. Look at the attempt again."))
    if actor.member_id in rounds.first.by:
        raise Refused(_("You marked this first. Somebody else has to mark it a second time"))
    if set(levels) != set(keys):
        raise _invalid(
            f"level_{next(key for key in keys if key not in levels)}", _("Choose a level for each criterion")
        )
    add_scores(actor, row, levels, Round.SECOND, {})
    record_audit(actor, "attempt.second_marked", target=row)
    if rounds.first.levels == dict(levels):
        return _conclude(actor, row, Judgement(levels, feedback=row.feedback))
    save_attempt(row)
    return row


@transaction.atomic
def settle(actor: Actor, *, attempt: Attempt, judgement: Judgement, version: int | None = None) -> Attempt:
    """After two markings that differ: the levels that hold. By the first marker or the school's administrator.

    Raises Refused for anybody else, Conflict where there is nothing to settle, Invalid, NotFound.
    """
    row = _begin(actor, attempt, version)
    criteria = _checked(row, judgement)
    rounds = rounds_of([row.pk])[row.pk]
    if not rounds.second.levels:
        raise Conflict(_("There is nothing to settle yet: the second marking is missing."))
    if actor.member_id not in rounds.first.by and not actor.has(SCH):
        raise Refused(_("The first marker or the school administrator settles this"))
    if set(judgement.levels) != {one.pk for one in criteria}:
        raise _invalid("levels", _("Choose a level for each criterion"))
    add_scores(actor, row, judgement.levels, Round.FIRST, rounds.first.levels)
    judgement.note_on(row)
    return _conclude(actor, row, judgement)


@transaction.atomic
def release(actor: Actor, *, assessment: Assessment) -> int:
    """Learners now see levels and feedback of what is judged; how many attempts are new to them. Raises NotFound."""
    task = lock(actor, assessment, PUBLISH)
    rows = Attempt.objects.filter(assessment_id=task.pk, state=State.JUDGED).select_for_update().order_by("id")
    judged = list(rows)
    for row in judged:
        row.state, row.released_at, row.version = State.RELEASED, timezone.now(), row.version + 1
    Attempt.objects.bulk_update(judged, ["state", "released_at", "version"])
    record_audit(actor, "assessment.released", target=task, detail={"attempts": len(judged)})
    return len(judged)


def _conclude(actor: Actor, row: Attempt, judgement: Judgement) -> Attempt:
    """Evidence of what holds, in the ledger of each competency."""
    keys = list(row.assessment.alignments.order_by("position", "id").values_list("competency_id", flat=True))
    now = timezone.now()
    row.handed_in_at = row.handed_in_at or now
    criteria = criteria_of(row)
    levels = means_by_competency(criteria, judgement.levels, keys) if criteria else {
        key: Decimal(level) for key, level in judgement.levels.items()
    }  # fmt: skip
    write_evidence(actor, row, levels, judgement.points, keys)
    row.state, row.judged_at, row.released_at, row.part = State.JUDGED, now, None, {}
    save_attempt(row)
    record_audit(actor, "attempt.judged", target=row)
    return row


def _begin(actor: Actor, attempt: Attempt, version: int | None) -> Attempt:
    row = lock_attempt(actor, attempt, JUDGE, version)
    if not can(actor, "Evidence", "create", row):
        raise NotFound
    if row.state == State.CANCELLED:
        raise Conflict(_("This attempt was cancelled. Give another one."))
    return row


def _checked(row: Attempt, judgement: Judgement) -> list[RubricCriterion]:
    """The criteria to score. Raises Invalid for a level or points that the task does not have."""
    criteria, task = criteria_of(row), row.assessment
    known = {one.pk for one in criteria}
    if not criteria and task.possible is None:
        known = set(task.alignments.values_list("competency_id", flat=True))
    for key, level in judgement.levels.items():
        if key not in known or level not in {1, 2, 3, 4}:
            raise _invalid(f"level_{key}", _("Choose a level from the list"))
    if judgement.points is not None:
        if task.possible is None:
            raise _invalid("points", _("This task is not scored by points"))
        check_points(judgement.points, task.possible)
    return criteria


def _first_marking_goes_on(actor: Actor, row: Attempt, rounds: Rounds, criteria: list[int]) -> None:
    """With second marking: until the second marker has scored it, and by the first marker only."""
    if not row.assessment.needs_second_marking or row.state != State.AWAITING:
        return
    if rounds.second.levels:
        raise Conflict(_("The second marker has scored this meanwhile. Compare both and settle it."))
    if rounds.is_complete(rounds.first, criteria) and actor.member_id not in rounds.first.by:
        raise Conflict(_("The first marking is complete. Mark it a second time instead."))


def _invalid(name: str, message: str) -> Invalid:
    return Invalid([problem(name, message)])
