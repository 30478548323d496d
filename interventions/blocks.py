"""Learning labs and block sessions: stations of one lesson, groups that move on from one to the next."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from interventions.models import Block, Station, StationGroup
from learners.groups import save_group
from learners.models import GroupPlace, Learner, LearnerGroup, Section
from learners.reach import running
from milestones.models import Milestone, MilestoneStatus, SectionMilestone
from status_engine import Level
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, problem

LEAST_STATIONS, MOST_STATIONS = 2, 8
LEAST_MINUTES, MOST_MINUTES = 5, 240
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Place:
    """A station as it is planned."""

    name: str
    milestone: Milestone | None = None


@dataclass(frozen=True, slots=True)
class NextOne:
    """The milestone that these learners work on next: the first of the class's plan that they have not met."""

    milestone: Milestone
    learners: tuple[Learner, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """Where each group is in this round: (station, groups)."""

    number: int
    places: tuple[tuple[Station, tuple[LearnerGroup, ...]], ...]


@transaction.atomic
def plan_block(
    actor: Actor, *, section: Section, title: str, on: date, minutes: int, stations: Sequence[Place],
    groups: Sequence[LearnerGroup],
) -> Block:  # fmt: skip
    """One session: groups start at the stations in turn. Raises Invalid with every problem."""
    title = " ".join(title.split())
    if wrong := _problems(actor, title, on, minutes, stations, groups):
        raise Invalid(wrong)
    block: Block = Block.objects.create(
        section=section, title=title, on=on, minutes=minutes, made_by_id=actor.member_id
    )
    Station.objects.bulk_create(
        [
            Station(block=block, position=n, name=one.name.strip(), milestone=one.milestone)
            for n, one in enumerate(stations)
        ]
    )
    StationGroup.objects.bulk_create(
        [StationGroup(block=block, group=one, start=n % len(stations)) for n, one in enumerate(groups)]
    )
    record_audit(actor, "block.planned", target=block, detail={"stations": len(stations), "groups": len(groups)})
    return block


@transaction.atomic
def remove_block(actor: Actor, *, block: Block) -> None:
    """Take a planned session away; groups and evidence stay. Raises Conflict when somebody did it before."""
    if not Block.objects.filter(pk=block.pk).exists():
        raise Conflict(_("This session is gone already."), code="gone")
    record_audit(actor, "block.removed", target=block, detail={"title": block.title, "on": block.on.isoformat()})
    block.delete()


def rounds_of(block: Block) -> tuple[Round, ...]:
    """As many rounds as stations, so that each group comes to each. Three queries."""
    stations = list(block.stations.select_related("milestone").order_by("position"))
    rows = StationGroup.objects.filter(block=block).select_related("group").order_by("start", "group__name")
    starts = [(row.start, row.group) for row in rows]
    return tuple(
        Round(
            n + 1,
            tuple(
                (station, tuple(group for start, group in starts if (start + n) % len(stations) == at))
                for at, station in enumerate(stations)
            ),
        )
        for n in range(len(stations))
    )


def who_works_on_what(actor: Actor, section: Section) -> tuple[tuple[NextOne, ...], tuple[Learner, ...]]:
    """Learners by the first milestone of the class's plan below Meets; and those who have met all. Three queries."""
    here = section.enrolments.filter(running(actor.today), is_withdrawn=False).values("learner_id")
    learners = list(Learner.objects.filter(id__in=here, is_active=True).order_by("folded_name", "id"))
    rows = SectionMilestone.objects.filter(section=section, milestone__is_active=True, milestone__learner=None)
    plan = [row.milestone for row in rows.select_related("milestone").order_by("position", "id")]
    met = set(
        MilestoneStatus.objects.filter(
            learner_id__in=[one.pk for one in learners], milestone__in=plan, level__gte=Level.MEETS
        ).values_list("learner_id", "milestone_id")
    )
    following = {
        one.pk: next((milestone.pk for milestone in plan if (one.pk, milestone.pk) not in met), None)
        for one in learners
    }
    groups = (
        NextOne(milestone, tuple(one for one in learners if following[one.pk] == milestone.pk)) for milestone in plan
    )
    done = tuple(one for one in learners if following[one.pk] is None) if plan else ()
    return tuple(one for one in groups if one.learners), done


@transaction.atomic
def make_groups_of_next(actor: Actor, *, section: Section) -> list[LearnerGroup]:
    """A group for each milestone that somebody works on next; one made before gets its learners of today."""
    following, _done = who_works_on_what(actor, section)
    if not following:
        raise Invalid([problem("", _("Nobody has a milestone left to work on, so there is no group to make."))])
    kept = {one.name.casefold(): one for one in LearnerGroup.objects.filter(section=section, is_active=True)}
    return [
        save_group(
            actor, section=section, name=name, learners=one.learners, group=kept.get(" ".join(name.split()).casefold())
        )
        for one in following
        if (name := one.milestone.title[:100])
    ]


def _problems(
    actor: Actor, title: str, on: date, minutes: int, stations: Sequence[Place], groups: Sequence[LearnerGroup]
) -> list[dict[str, str]]:
    found = []
    if not title or len(title) > LONGEST:
        found.append(
            problem("title", _("Enter a title of up to %(most)d characters, like Maths lab") % {"most": LONGEST})
        )
    if on < actor.today:
        found.append(problem("on", _("The day has passed. Choose today or a later one")))
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        bounds = {"n": minutes, "least": LEAST_MINUTES, "most": MOST_MINUTES}
        found.append(problem("minutes", _("A round of %(n)d minutes cannot be. Enter %(least)d to %(most)d") % bounds))
    if not LEAST_STATIONS <= len(stations) <= MOST_STATIONS:
        bounds = {"least": LEAST_STATIONS, "most": MOST_STATIONS}
        found.append(problem("stations", _("Name %(least)d to %(most)d stations") % bounds))
    if not groups:
        found.append(problem("groups", _("Choose the groups that take part")))
    if twice := _in_two(groups):
        text = _("%(names)s would be in two groups at once. Leave one of the groups out") % {"names": ", ".join(twice)}
        found.append(problem("groups", text))
    return found


def _in_two(groups: Sequence[LearnerGroup]) -> list[str]:
    rows = GroupPlace.objects.filter(group__in=[one.pk for one in groups]).select_related("learner")
    names = {row.learner_id: row.learner.name for row in rows}
    counts = Counter(row.learner_id for row in rows)
    return sorted(names[key] for key, n in counts.items() if n > 1)
