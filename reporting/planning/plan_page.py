"""The plan of a class: what is due when, and who is on pace."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from learners.classes import learners_of
from learners.models import Learner, LearnerGroup, Section
from learners.reach import my_school_ids
from milestones.assigned import SECTION, Work, works_towards
from milestones.models import Milestone, MilestoneAssignment, MilestoneStatus, SectionMilestone
from milestones.pacing import pace_of, usual_times
from reporting.planning.on_the_way import PACES
from tenancy.actor import DST, SCH, Actor
from tenancy.base import TenantQuerySet
from tenancy.errors import NotFound
from tenancy.models import Tenant
from tenancy.selectors import zone

MOST = 400


@dataclass(frozen=True, slots=True)
class Planned:
    """A milestone of the plan. `paces`: (words, how many learners), without those of whom nothing is said."""

    pk: int
    public_id: UUID
    code: str
    title: str
    heading: str
    horizon: str
    due_on: date | None
    is_own: bool
    is_planned: bool
    paces: tuple[tuple[str, Promise, int], ...]
    given: int

    @property
    def is_long(self) -> bool:
        return self.horizon == Milestone.Horizon.LONG


@dataclass(frozen=True, slots=True)
class LearnerRow:
    pk: int
    public_id: UUID
    name: str
    level: int
    due_on: date | None
    due_by: str
    pace: str
    pace_words: Promise | str


@dataclass(frozen=True, slots=True)
class GivenTo:
    public_id: UUID
    who: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class MilestonePlan:
    milestone: Milestone
    is_planned: bool
    rows: tuple[LearnerRow, ...]
    given: tuple[GivenTo, ...]


def class_plan(actor: Actor, tenant: Tenant, section: Section) -> list[Planned]:
    """By target date, those without one last. A fixed number of queries, ten."""
    learners = learners_of(section.pk, actor.today)
    planned = SectionMilestone.objects.filter(section_id=section.pk, milestone__is_active=True, milestone__learner=None)
    dates = {row.milestone_id: row.due_on for row in planned.order_by("position", "id")}
    work = works_towards([one.pk for one in learners], actor.today)
    beside = {pair[1] for pair, one in work.items() if one.by not in (SECTION, "own")}
    milestones = {
        one.pk: one for one in Milestone.objects.filter(id__in=set(dates) | beside, is_active=True, learner=None)
    }
    paces: dict[int, Counter[str]] = defaultdict(Counter)
    for (_who, key), pace in _paces(actor, tenant, list(milestones), learners, work).items():
        paces[key][pace] += 1
    rows = [
        Planned(
            pk=key, public_id=one.public_id, code=one.code, title=one.title, heading=one.heading,
            horizon=one.horizon, due_on=dates.get(key), is_own=one.section_id == section.pk,
            is_planned=key in dates,
            paces=tuple((name, PACES[name], paces[key][name]) for name in PACES if paces[key][name]),
            given=sum(work[pair].by not in (SECTION, "own") for pair in work if pair[1] == key),
        )
        for key, one in milestones.items()
    ]  # fmt: skip
    order = list(dates)
    place = {key: n for n, key in enumerate(order)}
    return sorted(rows, key=lambda one: (one.due_on is None, one.due_on or date.max, place.get(one.pk, len(place))))


def _paces(
    actor: Actor, tenant: Tenant, keys: Sequence[int], learners: Sequence[Learner], work: dict[tuple[int, int], Work]
) -> dict[tuple[int, int], str]:
    """{(learner, milestone): pace}, where there is one. Two queries."""
    stands = _stands(tenant, keys, learners)
    usual = usual_times(keys)
    wanted = set(keys)
    found = {
        pair: pace_of(*stands.get(pair, (0, None)), one.due_on, usual[pair[1]], actor.today)
        for pair, one in work.items()
        if pair[1] in wanted
    }
    return {pair: pace for pair, pace in found.items() if pace}


def _stands(
    tenant: Tenant, keys: Sequence[int], learners: Sequence[Learner]
) -> dict[tuple[int, int], tuple[int, date | None]]:
    rows = MilestoneStatus.objects.filter(milestone_id__in=keys, learner_id__in=[one.pk for one in learners])
    here = zone(tenant.time_zone)
    return {
        (who, what): (level, since.astimezone(here).date())
        for who, what, level, since in rows.values_list("learner_id", "milestone_id", "level", "since")
    }


def planned_milestone(actor: Actor, section: Section, public_id: UUID) -> Milestone:
    """One that the class, or somebody in it, works towards. Raises NotFound."""
    rows = Milestone.objects.visible_to(actor).filter(is_active=True, learner=None)
    found: Milestone | None = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    is_planned = SectionMilestone.objects.filter(section_id=section.pk, milestone_id=found.pk).exists()
    if not is_planned and found.section_id != section.pk:
        ids = [one.pk for one in learners_of(section.pk, actor.today)]
        if not works_towards(ids, actor.today, [found.pk]):
            raise NotFound
    return found


def milestone_plan(actor: Actor, tenant: Tenant, section: Section, milestone: Milestone) -> MilestonePlan:
    """Every learner of the class with the date that holds and the pace; and whom it was given to here."""
    learners = learners_of(section.pk, actor.today)
    work = works_towards([one.pk for one in learners], actor.today, [milestone.pk])
    paces = _paces(actor, tenant, [milestone.pk], learners, work)
    stands = _stands(tenant, [milestone.pk], learners)
    rows = []
    for one in learners:
        pair = (one.pk, milestone.pk)
        if pair in work:
            pace = paces.get(pair, "")
            level = stands.get(pair, (0, None))[0]
            due_on, due_by = work[pair].due_on, work[pair].due_by
            rows.append(LearnerRow(one.pk, one.public_id, one.name, level, due_on, due_by, pace, PACES.get(pace, "")))
    planned = SectionMilestone.objects.filter(section_id=section.pk, milestone_id=milestone.pk).exists()
    return MilestonePlan(milestone, planned, tuple(rows), tuple(_given(section, milestone, learners)))


def with_a_level(actor: Actor, section: Section, milestone: Milestone) -> int:
    """How many learners of the class have shown something on it. Two queries."""
    learners = [one.pk for one in learners_of(section.pk, actor.today)]
    rows = MilestoneStatus.objects.filter(milestone_id=milestone.pk, learner_id__in=learners, level__gt=0)
    count: int = rows.count()
    return count


def _given(section: Section, milestone: Milestone, learners: Sequence[Learner]) -> list[GivenTo]:
    rows = assignments_here(section, milestone, learners).select_related("learner", "group", "school")
    return [GivenTo(row.public_id, _who(row), row.due_on) for row in rows.order_by("id")]


def assignments_here(
    section: Section, milestone: Milestone, learners: Sequence[Learner]
) -> TenantQuerySet[MilestoneAssignment]:
    """What was given to learners and groups of this class, or to a grade of its school."""
    ids = [one.pk for one in learners]
    rows = MilestoneAssignment.objects.filter(milestone_id=milestone.pk)
    here = Q(learner_id__in=ids) | Q(group__section_id=section.pk, group__is_active=True)
    found: TenantQuerySet[MilestoneAssignment] = rows.filter(here | Q(school_id=section.school_id))
    return found


def _who(row: MilestoneAssignment) -> str:
    if row.learner is not None:
        return str(row.learner)
    if row.group is not None:
        return str(row.group)
    return str(_("Grade %(grade)s of %(school)s") % {"grade": row.grade, "school": row.school})


def may_give_to_grades(actor: Actor, school_id: int) -> bool:
    """Whoever plans for the whole district, or administers this very school. One query at most."""
    return actor.has(DST) or (actor.has(SCH) and my_school_ids(actor).filter(school_id=school_id).exists())


def more_milestones(section: Section) -> list[Milestone]:
    """Milestones of the curriculum and of the class itself that are not in the plan. One query."""
    planned = SectionMilestone.objects.filter(section_id=section.pk).values("milestone_id")
    here = Q(section=None) | Q(section_id=section.pk)
    rows = Milestone.objects.filter(here, is_active=True, learner=None).exclude(id__in=planned)
    return list(rows.order_by("heading", "code", "id")[:MOST])


def groups_of(section: Section) -> list[LearnerGroup]:
    """With their places. Two queries."""
    rows = LearnerGroup.objects.filter(section_id=section.pk, is_active=True)
    return list(rows.prefetch_related("places").order_by("name", "id"))
