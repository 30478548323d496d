"""What teachers of the district try with whom: lessons for shared gaps, a group, plans at every stage."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from competencies.models import Competency
from interventions.gaps import Gap, shared_gaps
from interventions.grouping import make_group_of_gap
from interventions.models import Resource, ResourceTag, SupportPlan
from interventions.plans import close_plan, log_session, open_plan
from learners.models import Learner, SectionStaff
from milestones.models import Milestone
from tenancy.actor import TCH, Actor

LESSONS = (
    ("Say it, show it, swap", 15, "cards and a partner"),
    ("Sort and say why", 12, "buttons and lids"),
    ("Build it from parts", 20, "sticks and clay"),
)
TRIED = ("Works aloud with a partner", "Five minutes at the start of each lesson", "Draws it before writing it")
DONE = ("Two examples together, one alone", "Explained it to a classmate", "Stopped at the same place as last week")


def add_support(system: Actor) -> None:
    """For the teacher with the most shared gaps; nothing where three learners never share one."""
    for member, sections in _teachers():
        actor = replace(system, roles=frozenset({TCH}), member_id=member)
        gaps = shared_gaps(actor, sections)
        if len(gaps) > len(LESSONS):
            _support(actor, sections, gaps)
            return


def _teachers() -> list[tuple[int, list[int]]]:
    found: dict[int, list[int]] = {}
    rows = SectionStaff.objects.order_by("member_id", "section_id").values_list("member_id", "section_id")
    for member, section in rows:
        found.setdefault(member, []).append(section)
    return sorted(found.items(), key=lambda row: (-len(row[1]), row[0]))


def _support(actor: Actor, sections: list[int], gaps: list[Gap]) -> None:
    for gap, (title, minutes, material) in zip(gaps, LESSONS, strict=False):
        lesson = Resource.objects.create(
            title=title, kind=Resource.Kind.MINI_LESSON, minutes=minutes, material=material, made_by_id=actor.member_id
        )
        competency = Competency.objects.get(public_id=gap.competency)
        ResourceTag.objects.create(resource=lesson, competency=competency)
    small = min(gaps, key=lambda gap: len(gap.people))
    make_group_of_gap(
        actor, section_ids=sections, milestone=small.milestone, competency=small.competency,
        learners=[person.public_id for person in small.people],
    )  # fmt: skip
    for n, approach in enumerate(TRIED):
        _plan(actor, gaps[n], n, approach)


def _plan(actor: Actor, gap: Gap, n: int, approach: str) -> None:
    """The second one is due for review, the third one ended without movement, so that another way is proposed."""
    person = gap.people[n]
    review_on = actor.today + timedelta(days=(10, 0, 7)[n])
    plan = open_plan(
        actor, learner=Learner.objects.get(pk=person.id), milestone=Milestone.objects.get(public_id=gap.milestone),
        section=None, approach=approach, goal="", review_on=review_on,
    )  # fmt: skip
    SupportPlan.objects.filter(pk=plan.pk).update(started_at=timezone.now() - timedelta(days=9 + 4 * n))
    for back, what in zip((8, 5, 1), DONE[: n + 1], strict=False):
        day = actor.today - timedelta(days=back)
        log_session(actor, plan_id=plan.public_id, on=day, minutes=15, what=what)
    if n == 2:
        close_plan(actor, plan_id=plan.public_id, version=plan.version, result="no_change", note="")
