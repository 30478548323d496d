"""What learners work towards, and until when.

A learner works towards the plans of the sections they are in today, what was given to their grade, a group of theirs or
to them, and their own confirmed milestones. The date that holds is the learner's own target, else that of the nearest
of these that has one: given to the learner, to a group, to the grade, planned by a section (the earliest of several).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from learners.models import Enrolment, GroupPlace, Learner
from learners.reach import running
from milestones.models import LearnerTarget, Milestone, MilestoneAssignment, SectionMilestone

OWN_DATE, OWN, LEARNER, GROUP, GRADE, SECTION = "own_date", "own", "learner", "group", "grade", "section"
NEARNESS = {OWN_DATE: 0, OWN: 1, LEARNER: 2, GROUP: 3, GRADE: 4, SECTION: 5}
Pair = tuple[int, int]  # learner, milestone
Given = tuple[Pair, str, date | None]  # what for whom, by which way, until when


@dataclass(frozen=True, slots=True)
class Work:
    """`by`: the nearest way it came; `due_by`: the way its date came, empty without a date."""

    learner: int
    milestone: int
    due_on: date | None
    by: str
    due_by: str


def works_towards(
    learner_ids: Collection[int], today: date, milestone_ids: Collection[int] | None = None
) -> dict[Pair, Work]:
    """{(learner, milestone): how and until when}. Six queries, whatever the number of learners.

    milestone_ids: only these; by default all that are in use.
    """
    learners = sorted(set(learner_ids))
    active = Q(milestone__is_active=True)
    if milestone_ids is not None:
        active &= Q(milestone_id__in=list(milestone_ids))
    ways: dict[Pair, list[tuple[str, date | None]]] = defaultdict(list)
    for pair, way, due in _all(learners, today, active):
        ways[pair].append((way, due))
    targets = LearnerTarget.objects.filter(active, learner_id__in=learners)
    own = {(who, what): due for who, what, due in targets.values_list("learner_id", "milestone_id", "due_on")}
    return {pair: _work(pair, found, own.get(pair)) for pair, found in sorted(ways.items())}


def sections_of(learner_ids: Collection[int], today: date) -> QuerySet[Enrolment, int]:
    """A sub-query: the sections that these learners are in today."""
    rows: QuerySet[Enrolment, int] = _enrolled(learner_ids, today).values_list("section_id", flat=True)
    return rows


def due_dates(learner_ids: Collection[int], milestone_ids: Collection[int], today: date) -> dict[Pair, date]:
    """{(learner, milestone): the date that holds}, where there is one. Six queries."""
    found = works_towards(learner_ids, today, milestone_ids)
    return {pair: work.due_on for pair, work in found.items() if work.due_on is not None}


def own_dates(learner_ids: Collection[int], milestone_ids: Collection[int]) -> dict[Pair, date]:
    """{(learner, milestone): the learner's own date}, for pages that have the plan's date already. One query."""
    rows = LearnerTarget.objects.filter(learner_id__in=list(learner_ids), milestone_id__in=list(milestone_ids))
    return {(who, what): due for who, what, due in rows.values_list("learner_id", "milestone_id", "due_on")}


def _all(learners: list[int], today: date, active: Q) -> Iterator[Given]:
    yield from _of_sections(learners, today, active)
    yield from _given(learners, active)
    own = Milestone.objects.filter(learner_id__in=learners, is_active=True, proposal=Milestone.Proposal.CONFIRMED)
    for learner, milestone in own.values_list("learner_id", "id"):
        if learner is not None:
            yield (learner, milestone), OWN, None


def _enrolled(learners: Collection[int], today: date) -> QuerySet[Enrolment, Enrolment]:
    rows: QuerySet[Enrolment, Enrolment] = Enrolment.objects.filter(
        running(today), learner_id__in=list(learners), is_withdrawn=False, section__is_active=True
    )
    return rows


def _of_sections(learners: list[int], today: date, active: Q) -> Iterator[Given]:
    """Two queries."""
    of_section = defaultdict(list)
    for learner, section in _enrolled(learners, today).values_list("learner_id", "section_id"):
        of_section[section].append(learner)
    plans = SectionMilestone.objects.filter(active, section_id__in=list(of_section), milestone__learner=None)
    for section, milestone, due in plans.values_list("section_id", "milestone_id", "due_on"):
        for learner in of_section[section]:
            yield (learner, milestone), SECTION, due


def _given(learners: list[int], active: Q) -> Iterator[Given]:
    """Three queries."""
    places: dict[tuple[str, object], list[int]] = defaultdict(list)
    for learner, school, grade in Learner.objects.filter(id__in=learners).values_list("id", "home_school_id", "grade"):
        places[LEARNER, learner].append(learner)
        places[GRADE, (school, grade)].append(learner)
    in_groups = GroupPlace.objects.filter(learner_id__in=learners, group__is_active=True)
    for learner, group in in_groups.values_list("learner_id", "group_id"):
        places[GROUP, group].append(learner)
    schools = {key[0] for way, key in places if way == GRADE and isinstance(key, tuple)}
    groups = [key for way, key in places if way == GROUP]
    given = MilestoneAssignment.objects.filter(active, milestone__learner=None).filter(
        Q(learner_id__in=learners) | Q(group_id__in=groups) | Q(school_id__in=schools - {None})
    )
    fields = ("milestone_id", "learner_id", "group_id", "school_id", "grade", "due_on")
    for milestone, learner, group, school, grade, due in given.values_list(*fields):
        key: tuple[str, object] = (
            (LEARNER, learner) if learner else (GROUP, group) if group else (GRADE, (school, grade))
        )
        for one in places.get(key, ()):
            yield (one, milestone), key[0], due


def _work(pair: Pair, ways: list[tuple[str, date | None]], own: date | None) -> Work:
    by = min((way for way, _ in ways), key=NEARNESS.__getitem__)
    dated = [(NEARNESS[way], due, way) for way, due in ways if due is not None]
    if own is not None:
        dated.append((NEARNESS[OWN_DATE], own, OWN_DATE))
    _, due_on, due_by = min(dated, default=(0, None, ""))
    return Work(*pair, due_on, by, due_by)
