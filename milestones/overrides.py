"""A teacher's judgement in place of the computed level (design: status engine §6).

The level that is set holds, is marked, and survives every recompute; the computed one goes on being worked out beside
it. Rows are only ever appended: an override, and the end of one. At most one stands per learner and thing, because
whoever sets or ends one holds the lock of the status row.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import LearnerCompetency
from competencies.models import Competency
from learners.models import Learner
from learners.reach import learner_scopes
from milestones.criteria import roll_up_milestone_pairs
from milestones.explanation import explanation_of
from milestones.models import CompetencyStatus, LevelOverride, Milestone, MilestoneStatus, OverrideEnd
from milestones.recompute import recompute_statuses
from status_engine import Level
from tenancy.access import can, visible_q
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.context import tenant_context
from tenancy.errors import Conflict, Invalid, NotFound, Refused, problem
from tenancy.models import Tenant
from tenancy.selectors import local_today

ROW = ("Level override with reason", "set, lift")
SHORTEST, LONGEST = 15, 2000  # characters of a reason
LATEST = date(2199, 12, 31)
AT_ONCE = 500  # overrides that one run of the job ends per tenant


@dataclass(frozen=True, slots=True)
class Place:
    """What a level is set on: a milestone or a competency of a learner."""

    learner: Learner
    thing: Milestone | Competency

    @property
    def keys(self) -> dict[str, int | None]:
        is_milestone = isinstance(self.thing, Milestone)
        return {
            "learner_id": self.learner.pk,
            "milestone_id": self.thing.pk if is_milestone else None,
            "competency_id": None if is_milestone else self.thing.pk,
        }


class _NewOverride:
    """What the codes of the matrix mean for a learner whose level is to be set: a new override is inside its window."""

    SCOPES = {**learner_scopes(), "WIN": lambda actor: Q()}


def learners_to_judge(actor: Actor) -> QuerySet[Learner]:
    """Learners whose levels the actor may set."""
    judged: Any = _NewOverride
    rows: QuerySet[Learner] = Learner.objects.filter(visible_q(judged, actor, *ROW))
    return rows


def standing_override(place: Place) -> LevelOverride | None:
    """The override that has not been ended. One whose last day is over stands until the hourly job has ended it."""
    row: LevelOverride | None = LevelOverride.objects.filter(ends=None, **place.keys).order_by("-id").first()
    return row


@transaction.atomic
def set_override(
    actor: Actor,
    *,
    place: Place,
    level: int,
    reason: str,
    until: date | None = None,
    seen: Collection[UUID] | None = None,
) -> LevelOverride:
    """The level now holds, until the end of the tenant's day `until` or until it is ended. An earlier one is followed.

    `seen`: the overrides that the person knew of; another one that stands is a Conflict. None asks no question.
    Raises NotFound for a learner out of reach, Invalid per field.
    """
    if not learners_to_judge(actor).filter(pk=place.learner.pk).exists():
        raise NotFound
    reason = reason.strip()
    problems = [*_level_problems(level), *reason_problems(reason), *until_problems(until, actor.today)]
    if problems:
        raise Invalid(problems)
    computed = _lock(place)
    before = standing_override(place)
    if before is not None and seen is not None and before.public_id not in seen:
        raise Conflict(_("Somebody else set this level a moment ago. Keep theirs, or save again to use yours."))
    override: LevelOverride = LevelOverride.objects.create(
        level=level, computed_level=computed, reason=reason, until=until, set_by_id=actor.member_id,
        explanation=explanation_of(place.learner.pk, place.thing), **place.keys,
    )  # fmt: skip
    if before is not None:
        _end(before, OverrideEnd.Cause.FOLLOWED, actor.member_id)
    _apply(place, level, until, "override", override.pk)
    record_audit(actor, "override.set", target=override, detail={"level": int(level)})
    return override


@transaction.atomic
def end_override(actor: Actor, *, override: LevelOverride, reason: str = "") -> OverrideEnd:
    """The computed level holds again. Raises NotFound out of reach, Refused after the window, Conflict when it ended.

    The window is for taking a judgement back; later a new one follows it, or its last day ends it.
    """
    if not can(actor, *ROW, override):
        if learners_to_judge(actor).filter(pk=override.learner_id).exists():
            day = date_format(override.set_at, "j M Y")
            text = _("This level was set on %(day)s, more than 14 days ago. Set the level anew with a last day instead")
            raise Refused(text % {"day": day})
        raise NotFound
    if len(reason) > LONGEST:
        raise Invalid(reason_problems(reason))
    place = place_of(override)
    _lock(place)
    if OverrideEnd.objects.filter(override_id=override.pk).exists():
        raise Conflict(_("Somebody else ended this a moment ago. Look at the level again."))
    end = _end(override, OverrideEnd.Cause.ENDED, actor.member_id, reason.strip())
    _apply(place, None, None, "override_ended", override.pk)
    record_audit(actor, "override.ended", target=override)
    return end


def end_overrides_of(tenant_id: int) -> int:
    """End what stood until a day that is over, each in its own transaction. Returns how many; again changes nothing."""
    with tenant_context(tenant_id):
        today = local_today(Tenant.objects.get(pk=tenant_id))
        over = list(
            LevelOverride.objects.filter(ends=None, until__lt=today)
            .order_by("id")
            .values_list("id", flat=True)[:AT_ONCE]
        )
    return sum(_expire(tenant_id, key) for key in over)


def _expire(tenant_id: int, key: int) -> bool:
    with tenant_context(tenant_id):
        override = LevelOverride.objects.select_related("learner", "milestone", "competency").get(pk=key)
        place = place_of(override)
        _lock(place)
        if OverrideEnd.objects.filter(override_id=key).exists():
            return False
        _end(override, OverrideEnd.Cause.EXPIRED, None)
        _apply(place, None, None, "override_expired", key)
        return True


def place_of(override: LevelOverride) -> Place:
    thing: Milestone | Competency = override.milestone or override.competency  # one of them, by constraint
    return Place(override.learner, thing)


def _lock(place: Place) -> int:
    """Take the lock under which the level is worked out, opening the status row first. Returns the computed level."""
    if isinstance(place.thing, Milestone):
        keys = {"learner_id": place.learner.pk, "milestone_id": place.thing.pk}
        MilestoneStatus.objects.get_or_create(**keys, defaults={"level": 0, "since": timezone.now()})
        status = MilestoneStatus.objects.select_for_update(no_key=True).get(**keys)
        return int(status.computed_level)
    pair = _pair(place)
    LearnerCompetency.objects.select_for_update(no_key=True).get(pk=pair.pk)
    found = CompetencyStatus.objects.filter(learner_competency_id=pair.pk)
    if not found.exists():
        recompute_statuses([pair.pk], "recompute")  # without evidence: not started
    return int(found.values_list("computed_level", flat=True)[0])


def _pair(place: Place) -> LearnerCompetency:
    pair: LearnerCompetency
    pair, _created = LearnerCompetency.objects.get_or_create(learner=place.learner, competency=place.thing)
    return pair


def _apply(place: Place, level: int | None, until: date | None, cause: str, override_id: int) -> None:
    """Write down on the status row what is set, and work the level out with it."""
    values = {"set_level": level, "set_until": until}
    if isinstance(place.thing, Milestone):
        pair = (place.learner.pk, place.thing.pk)
        MilestoneStatus.objects.filter(learner_id=pair[0], milestone_id=pair[1]).update(**values)
        roll_up_milestone_pairs([pair], cause, override_id=override_id)
    else:
        key = _pair(place).pk
        CompetencyStatus.objects.filter(learner_competency_id=key).update(**values)
        recompute_statuses([key], cause, override_id=override_id)


def _end(override: LevelOverride, cause: str, member_id: int | None, reason: str = "") -> OverrideEnd:
    end: OverrideEnd = OverrideEnd.objects.create(override=override, cause=cause, reason=reason, ended_by_id=member_id)
    return end


def _level_problems(level: int) -> list[dict[str, str]]:
    if level in set(Level):
        return []
    return [problem("level", _("Choose the level from the list"), "invalid_choice")]


def reason_problems(reason: str) -> list[dict[str, str]]:
    """What is wrong with a reason, in the words of the form."""
    length = len(reason)
    if length < SHORTEST:
        text = ngettext(
            "The reason has %(n)d character. Write at least %(least)d, in words the family understands",
            "The reason has %(n)d characters. Write at least %(least)d, in words the family understands",
            length,
        )
        if not length:
            text = _("Enter the reason with at least %(least)d characters, like: Explained it to the class on 12 Nov")
        return [problem("reason", text % {"n": length, "least": SHORTEST}, "too_short")]
    if length > LONGEST:
        text = _("The reason has %(n)d characters. Shorten it to %(most)d")
        return [problem("reason", text % {"n": length, "most": LONGEST}, "too_long")]
    return []


def until_problems(until: date | None, today: date) -> list[dict[str, str]]:
    """What is wrong with the last day."""
    if until is None or today <= until <= LATEST:
        return []
    day = until.isoformat() if until > LATEST else date_format(until, "j M Y")
    text = _("The last day was %(day)s. Enter a day from today to 2199, or leave it empty to let the level stand")
    return [problem("until", text % {"day": day}, "out_of_range")]
