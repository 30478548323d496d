"""What learners work towards, and until when.

A learner works towards the plans of the sections they are in today, what was given to their grade, a group of theirs or
to them, and their own confirmed milestones. The date that holds is the learner's own target, else that of the nearest
of these that has one: given to the learner, to a group, to the grade, planned by a section (the earliest of several).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import DateField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from learners.models import Enrolment, GroupPlace, Learner
from learners.reach import running
from milestones.models import LearnerTarget, Milestone, MilestoneAssignment

OWN_DATE, OWN, LEARNER, GROUP, GRADE, SECTION = "own_date", "own", "learner", "group", "grade", "section"
NEARNESS = {OWN_DATE: 0, OWN: 1, LEARNER: 2, GROUP: 3, GRADE: 4, SECTION: 5}
Pair = tuple[int, int]  # learner, milestone


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
    """{(learner, milestone): how and until when}. One query, whatever the number of learners.

    milestone_ids: only these; by default all that are in use.
    """
    learners = sorted(set(learner_ids))
    ways: dict[Pair, list[tuple[str, date | None]]] = defaultdict(list)
    own: dict[Pair, date | None] = {}
    first, *others = _ways(learners, today, milestone_ids)
    for learner, milestone, way, due in first.union(*others, all=True):
        if way == OWN_DATE:
            own[learner, milestone] = due
        else:
            ways[learner, milestone].append((way, due))
    return {pair: _work(pair, found, own.get(pair)) for pair, found in sorted(ways.items())}


def sections_of(learner_ids: Collection[int], today: date) -> QuerySet[Enrolment, int]:
    """A sub-query: the sections that these learners are in today."""
    rows: QuerySet[Enrolment, int] = _enrolled(learner_ids, today).values_list("section_id", flat=True)
    return rows


def due_dates(learner_ids: Collection[int], milestone_ids: Collection[int], today: date) -> dict[Pair, date]:
    """{(learner, milestone): the date that holds}, where there is one. One query.

    Every page, file and answer takes its dates from here: nobody is late on one and in time on another.
    """
    found = works_towards(learner_ids, today, milestone_ids)
    return {pair: work.due_on for pair, work in found.items() if work.due_on is not None}


def _ways(learners: Sequence[int], today: date, milestone_ids: Collection[int] | None) -> Iterator[QuerySet[Any, Any]]:
    """Rows of (learner, milestone, way, date or None), a set for each way."""
    of_section, given = "section__section_milestones__", "milestone_assignments__"
    yield (
        _enrolled(learners, today)
        .filter(_wanted(f"{of_section}milestone", milestone_ids), **{f"{of_section}milestone__learner": None})
        .values_list("learner_id", f"{of_section}milestone_id", Value(SECTION), f"{of_section}due_on")
    )
    yield (
        MilestoneAssignment.objects.filter(_wanted("milestone", milestone_ids), milestone__learner=None)
        .filter(learner_id__in=learners)
        .values_list("learner_id", "milestone_id", Value(LEARNER), "due_on")
    )
    yield (
        GroupPlace.objects.filter(_wanted(f"group__{given}milestone", milestone_ids), learner_id__in=learners)
        .filter(group__is_active=True, **{f"group__{given}milestone__learner": None})
        .values_list("learner_id", f"group__{given}milestone_id", Value(GROUP), f"group__{given}due_on")
    )
    here = f"home_school__{given}"
    of_grade = Q(**{f"{here}grade": F("grade"), f"{here}milestone__learner": None})  # in one filter: one row of it
    yield (
        Learner.objects.filter(_wanted(f"{here}milestone", milestone_ids) & of_grade, id__in=learners)
        .exclude(grade="")
        .values_list("id", f"{here}milestone_id", Value(GRADE), f"{here}due_on")
    )
    yield (
        LearnerTarget.objects.filter(_wanted("milestone", milestone_ids), learner_id__in=learners).values_list(
            "learner_id", "milestone_id", Value(OWN_DATE), "due_on"
        )
    )
    own = Milestone.objects.filter(learner_id__in=learners, is_active=True, proposal=Milestone.Proposal.CONFIRMED)
    if milestone_ids is not None:
        own = own.filter(id__in=list(milestone_ids))
    yield own.values_list("learner_id", "id", Value(OWN), Cast(Value(None), DateField()))


def _wanted(milestone: str, milestone_ids: Collection[int] | None) -> Q:
    """Condition on the path to a milestone: in use, and one of these."""
    wanted = Q(**{f"{milestone}__is_active": True})
    return wanted if milestone_ids is None else wanted & Q(**{f"{milestone}_id__in": list(milestone_ids)})


def _enrolled(learners: Collection[int], today: date) -> QuerySet[Enrolment, Enrolment]:
    rows: QuerySet[Enrolment, Enrolment] = Enrolment.objects.filter(
        running(today), learner_id__in=list(learners), is_withdrawn=False, section__is_active=True
    )
    return rows


def _work(pair: Pair, ways: list[tuple[str, date | None]], own: date | None) -> Work:
    by = min((way for way, _ in ways), key=NEARNESS.__getitem__)
    dated = [(NEARNESS[way], due, way) for way, due in ways if due is not None]
    if own is not None:
        dated.append((NEARNESS[OWN_DATE], own, OWN_DATE))
    _, due_on, due_by = min(dated, default=(0, None, ""))
    return Work(*pair, due_on, by, due_by)
