"""Shared gaps: learners of several classes who stop at the same criterion, or wait for the same prerequisite.

At least three learners with evidence of the last thirty days (design: ui §3.5). Worked out from the levels as they are,
in a fixed number of queries; who is in a running group on that milestone already is left out.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from assessments.models import Evidence, standing
from competencies.models import Competency, Prerequisite
from competencies.statements import cut, label_of, plain
from interventions.models import Resource, ResourceTag, SupportPlan
from learners.models import Enrolment, Learner, Section
from learners.reach import running
from milestones.models import CompetencyStatus, Criterion, Milestone, MilestoneStatus, SectionMilestone
from status_engine import Level
from tenancy.actor import Actor

FEWEST = 3
LONGEST_STATEMENT = 180
SEEN_WITHIN = timedelta(days=30)
CRITERION, PREREQUISITE = "criterion", "prerequisite"
Key = tuple[int, int, str]  # milestone, competency, which of the two
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    public_id: UUID
    name: str
    section: int
    class_title: str


@dataclass(frozen=True, slots=True)
class Gap:
    """One milestone and what these learners miss for it. statement: plain words, cut to a few lines.

    lesson: what the library has for it, if anything.
    """

    milestone: UUID
    milestone_title: str
    competency: UUID
    label: str
    statement: str
    kind: str
    people: tuple[Person, ...]
    lesson: Resource | None

    @property
    def classes(self) -> int:
        return len({person.section for person in self.people})


@dataclass(frozen=True, slots=True)
class _Class:
    """Who works on what: places by learner, milestones by section, criteria (competency, level) by milestone."""

    people: Mapping[int, list[Person]]
    plans: Mapping[int, set[int]]
    criteria: Mapping[int, list[Pair]]


@dataclass(frozen=True, slots=True)
class Found:
    """Who has which gap in these sections and is in no group for it, however many they are."""

    section_ids: tuple[int, ...]
    here: _Class
    gaps: Mapping[Key, list[int]]

    def shared(self) -> list[Gap]:
        """Those of at least three learners, the largest first. Three queries."""
        found = {key: some for key, some in self.gaps.items() if len(some) >= FEWEST}
        return _described(_without_repeats(found), self.here)

    def with_gap(self, milestone: int, competency: int) -> tuple[Person, ...]:
        """By name."""
        some = {who for kind in (CRITERION, PREREQUISITE) for who in self.gaps.get((milestone, competency, kind), ())}
        return tuple(sorted((_place(self.here, who, milestone) for who in some), key=lambda one: one.name))


def shared_gaps(actor: Actor, section_ids: Collection[int]) -> list[Gap]:
    """The gaps of these sections, the largest first. Ten queries."""
    return find_gaps(actor, section_ids).shared()


def find_gaps(actor: Actor, section_ids: Collection[int]) -> Found:
    """Seven queries."""
    here = _read(actor, section_ids)
    competencies = {competency for some in here.criteria.values() for competency, _ in some}
    before = _before(competencies)
    looked_at = competencies | {one for some in before.values() for one in some}
    levels = _levels(here.people, looked_at)
    standings = _milestone_levels(here.people, here.criteria)
    candidates = _candidates(here, levels, standings, before)
    seen = _seen_lately({pair for key, some in candidates.items() for pair in ((who, key[1]) for who in some)})
    helped = _helped(here)
    found: dict[Key, list[int]] = {}
    for key, learners in candidates.items():
        some = [who for who in learners if (who, key[1]) in seen and (who, key[1]) not in helped]
        if some:
            found[key] = some
    return Found(tuple(section_ids), here, found)


def _without_repeats(found: Mapping[Key, list[int]]) -> dict[Key, list[int]]:
    """Whoever stops at a criterion needs it for what comes after, too: that is the same lesson, so it is said once."""
    stops = [(competency, set(some)) for (_, competency, kind), some in found.items() if kind == CRITERION]
    return {
        key: some
        for key, some in found.items()
        if key[2] == CRITERION or not any(key[1] == one and set(some) <= others for one, others in stops)
    }


def _read(actor: Actor, section_ids: Collection[int]) -> _Class:
    rows = Enrolment.objects.filter(running(actor.today), section_id__in=section_ids, is_withdrawn=False)
    people: dict[int, list[Person]] = defaultdict(list)
    for row in rows.filter(learner__is_active=True).select_related("learner", "section").order_by("section_id"):
        learner: Learner = row.learner
        section: Section = row.section
        people[learner.pk].append(Person(learner.pk, learner.public_id, learner.name, section.pk, section.title))
    plans: dict[int, set[int]] = defaultdict(set)
    planned = SectionMilestone.objects.filter(section_id__in=section_ids, milestone__is_active=True)
    for section_id, milestone in planned.values_list("section_id", "milestone_id"):
        plans[section_id].add(milestone)
    criteria: dict[int, list[Pair]] = defaultdict(list)
    asked = Criterion.objects.filter(milestone_id__in={one for some in plans.values() for one in some}, measure="")
    for milestone, competency, level in asked.values_list("milestone_id", "competency_id", "required_level"):
        criteria[milestone].append((competency, level))
    return _Class(people, plans, criteria)


def _before(competencies: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    edges = Prerequisite.objects.filter(after_id__in=competencies, is_in_cycle=False)
    for after_id, before_id in edges.values_list("after_id", "before_id"):
        found[after_id].append(before_id)
    return found


def _levels(learners: Iterable[int], competencies: Collection[int]) -> dict[Pair, int]:
    rows = CompetencyStatus.objects.filter(learner_id__in=list(learners), competency_id__in=competencies)
    return {(who, what): level for who, what, level in rows.values_list("learner_id", "competency_id", "level")}


def _milestone_levels(learners: Iterable[int], milestones: Iterable[int]) -> dict[Pair, int]:
    rows = MilestoneStatus.objects.filter(learner_id__in=list(learners), milestone_id__in=list(milestones))
    return {(who, what): level for who, what, level in rows.values_list("learner_id", "milestone_id", "level")}


def _candidates(
    here: _Class, levels: Mapping[Pair, int], standings: Mapping[Pair, int], before: Mapping[int, list[int]]
) -> dict[Key, list[int]]:
    """Who misses what: a criterion that was begun and not met, or something begun that comes before it."""
    found: dict[Key, list[int]] = defaultdict(list)
    for who, places in here.people.items():
        milestones = {milestone for place in places for milestone in here.plans.get(place.section, ())}
        for milestone in sorted(milestones):
            if standings.get((who, milestone), 0) >= Level.MEETS:
                continue
            for competency, required in here.criteria.get(milestone, ()):
                level = levels.get((who, competency), 0)
                if 0 < level < required:
                    found[milestone, competency, CRITERION].append(who)
                if level == 0:
                    for one in before.get(competency, ()):
                        if 0 < levels.get((who, one), 0) < Level.MEETS:
                            found[milestone, one, PREREQUISITE].append(who)
    return found


def _seen_lately(pairs: Collection[Pair]) -> set[Pair]:
    learner, competency = "learner_competency__learner_id", "learner_competency__competency_id"
    rows = Evidence.objects.filter(
        standing(), state=Evidence.State.COUNTED, learner_competency__learner_id__in={who for who, _ in pairs},
        learner_competency__competency_id__in={what for _, what in pairs},
        occurred_at__gte=timezone.now() - SEEN_WITHIN,
    ).exclude(entry=Evidence.Entry.WITHDRAWN)  # fmt: skip
    lately = rows.values_list(learner, competency).annotate(last=Max("occurred_at"))
    return {(who, what) for who, what, _ in lately}


def _helped(here: _Class) -> set[Pair]:
    """(learner, competency) of the milestones for which the learner is in a running group."""
    rows = SupportPlan.objects.filter(
        learner_id__in=list(here.people), kind=SupportPlan.Kind.GROUP, state=SupportPlan.State.RUNNING
    ).values_list("learner_id", "milestone__criteria__competency_id")
    return set(rows)


def _described(found: Mapping[Key, list[int]], here: _Class) -> list[Gap]:
    milestones = Milestone.objects.in_bulk({key[0] for key in found})
    competencies = Competency.objects.in_bulk({key[1] for key in found})
    lessons = _lessons(competencies)
    gaps = [
        Gap(
            milestone=milestones[milestone].public_id,
            milestone_title=milestones[milestone].title,
            competency=competencies[competency].public_id,
            label=label_of(competencies[competency]),
            statement=cut(plain(competencies[competency].statement), LONGEST_STATEMENT),
            kind=kind,
            people=tuple(sorted((_place(here, who, milestone) for who in some), key=lambda one: one.name)),
            lesson=lessons.get(competency),
        )
        for (milestone, competency, kind), some in found.items()
    ]
    return sorted(gaps, key=lambda gap: (-len(gap.people), gap.milestone_title, gap.label))


def _place(here: _Class, who: int, milestone: int) -> Person:
    """The learner in the class that works on the milestone."""
    places = here.people[who]
    return next((one for one in places if milestone in here.plans.get(one.section, ())), places[0])


def _lessons(competencies: Iterable[int]) -> dict[int, Resource]:
    """{competency: the newest mini-lesson for it}. One query."""
    tags = ResourceTag.objects.filter(competency_id__in=list(competencies), resource__is_active=True)
    rows = tags.filter(resource__kind=Resource.Kind.MINI_LESSON).select_related("resource").order_by("resource_id")
    return {tag.competency_id: tag.resource for tag in rows}
