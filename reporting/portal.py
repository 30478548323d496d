"""What families and learners see: levels as a teacher released them, in plain words, of nobody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Prefetch, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments.models import Evidence, standing
from interventions.models import SupportPlan
from interventions.models.plans import CASE
from learners.models import Learner
from milestones.models import LevelOverride, Milestone, MilestoneVersion, Release
from milestones.score_sheets import SOURCE
from status_engine import Level
from tenancy.actor import Actor
from tenancy.errors import NotFound

MOST_WORDS = 5
TOLD_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Child:
    public_id: UUID
    name: str
    grade: str
    school: str
    initials: str


@dataclass(frozen=True, slots=True)
class ReleasedLevel:
    """`is_set`: a teacher had set it when it was released, for the `reason` that the teacher wrote."""

    code: str
    title: str
    description: str
    level: int
    released_at: datetime
    reason: str
    kind: str = ""
    milestone_id: UUID | None = None

    @property
    def is_kept(self) -> bool:
        """Met before the goal was changed; nobody judged."""
        return self.kind == LevelOverride.Kind.EARLIER_BAR

    @property
    def is_set(self) -> bool:
        return bool(self.reason)


@dataclass(frozen=True, slots=True)
class Subject:
    """Milestones under one heading. `counts`: how many per level 0…4."""

    title: str
    levels: tuple[ReleasedLevel, ...]
    counts: tuple[int, ...]
    at_goal: int


@dataclass(frozen=True, slots=True)
class Words:
    """What a teacher wrote about one piece of work, once it was released."""

    work: str
    text: str
    on: datetime


@dataclass(frozen=True, slots=True)
class GoalChange:
    """A milestone whose goal was changed lately, or (`became`) that was split into others."""

    title: str
    became: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Help:
    """A support plan that a teacher shared: what is tried for which milestone, and when it is looked at again."""

    title: str
    approach: str
    review_on: date | None


@dataclass(frozen=True, slots=True)
class Portrait:
    """One learner's page. `next_steps`: the milestones nearest to the goal, at most three."""

    child: Child
    subjects: tuple[Subject, ...]
    reached: tuple[ReleasedLevel, ...]
    next_steps: tuple[ReleasedLevel, ...]
    total: int
    at_goal: int
    newest: datetime | None
    words: tuple[Words, ...]
    changed: tuple[GoalChange, ...]
    help: tuple[Help, ...]

    @property
    def released(self) -> dict[UUID, int]:
        """{milestone: the level that was released}."""
        levels = (one for subject in self.subjects for one in subject.levels)
        return {one.milestone_id: one.level for one in levels if one.milestone_id is not None}


def my_learners(actor: Actor) -> list[Child]:
    """A guardian's children, or the learner's own record. One query."""
    rows = Learner.objects.visible_to(actor, "Learner directory fields").filter(is_active=True)
    rows = rows.order_by("folded_name", "id").select_related("home_school")
    return [child_of(learner) for learner in rows]


def portrait(actor: Actor, learner_id: UUID | None = None) -> Portrait:
    """Seven queries. Raises NotFound for a learner that is not the actor's own or child."""
    rows = Learner.objects.visible_to(actor, "Learner directory fields").select_related("home_school")
    learner = (rows.filter(public_id=learner_id) if learner_id else rows).order_by("id").first()
    if learner is None:
        raise NotFound
    released = list(_released(actor, learner))
    subjects = tuple(
        _subject(title, [row[1] for row in group]) for title, group in groupby(released, key=lambda row: row[0])
    )
    levels = [row[1] for row in released]
    return Portrait(
        child=child_of(learner),
        subjects=subjects,
        reached=tuple(sorted(_at_goal(levels), key=lambda one: one.released_at, reverse=True)[:3]),
        next_steps=tuple(_next_steps(levels)),
        total=len(levels),
        at_goal=len(_at_goal(levels)),
        newest=max((one.released_at for one in levels), default=None),
        words=teachers_words(actor, learner),
        changed=goal_changes(learner),
        help=shared_plans(actor, learner),
    )


def shared_plans(actor: Actor, learner: Learner, besides: Iterable[int] = ()) -> tuple[Help, ...]:
    """Running plans that were shared with learner and family, but for these milestones. One query."""
    rows = SupportPlan.objects.visible_to(actor, CASE).filter(learner=learner, state=SupportPlan.State.RUNNING)
    found = rows.filter(is_shared=True).exclude(milestone_id__in=besides).order_by("review_on", "id")
    return tuple(Help(*row) for row in found.values_list("milestone__title", "approach", "review_on"))


def goal_changes(learner: Learner) -> tuple[GoalChange, ...]:
    """Goals moved and milestones split in the last 30 days, of those released to the learner. Three queries."""
    known = Release.objects.filter(learner_id=learner.pk, is_withdrawn=False).values("milestone_id")
    since = timezone.now() - TOLD_FOR
    moved = MilestoneVersion.objects.filter(milestone_id__in=known, milestone__is_active=True, ended_at__gte=since)
    titles = dict.fromkeys(moved.order_by("-ended_at").values_list("milestone__title", flat=True))
    ended = Milestone.objects.filter(id__in=known, ended_on__gte=since.date(), split_into__id__gt=0).distinct()
    parts = ended.prefetch_related(Prefetch("split_into", Milestone.objects.order_by("id"))).order_by("id")
    split = [GoalChange(one.title, tuple(part.title for part in one.split_into.all())) for one in parts]
    return (*(GoalChange(title) for title in titles), *split)


def teachers_words(actor: Actor, learner: Learner) -> tuple[Words, ...]:
    """Comments written while scoring a class, which are meant for learner and family; not notes on single pieces."""
    rows = Evidence.objects.visible_to(actor, "Feedback to learner", "read").filter(
        standing(), learner_competency__learner_id=learner.pk, source=SOURCE
    )
    rows = rows.exclude(entry=Evidence.Entry.WITHDRAWN).exclude(comment="").order_by("-occurred_at", "-id")
    found = rows.values_list("title", "comment", "occurred_at")[: MOST_WORDS * 4]
    once = {(title, text): on for title, text, on in reversed(found)}  # one comment may stand on several criteria
    return tuple(Words(title, text, on) for (title, text), on in reversed(once.items()))[:MOST_WORDS]


def released_levels(actor: Actor, learner: Learner) -> list[ReleasedLevel]:
    """What was released to the learner, by heading and code. One query."""
    return [level for _, level in _released(actor, learner)]


def _released(actor: Actor, learner: Learner) -> Iterable[tuple[str, ReleasedLevel]]:
    rows = Release.objects.visible_to(actor, "Current level").filter(learner_id=learner.pk, milestone__is_active=True)
    fields = (
        "milestone__heading",
        "milestone__code",
        "milestone__title",
        "milestone__description",
        "level",
        "released_at",
    )
    reason = Coalesce(KT("explanation__override__reason"), Value(""), output_field=TextField())
    kind = Coalesce(KT("explanation__override__kind"), Value(""), output_field=TextField())
    for heading, *values in rows.order_by("milestone__heading", "milestone__code", "milestone_id").values_list(
        *fields, reason, kind, "milestone__public_id"
    ):
        yield heading, ReleasedLevel(*values)


def _at_goal(levels: list[ReleasedLevel]) -> list[ReleasedLevel]:
    return [one for one in levels if one.level >= Level.MEETS]


def _next_steps(levels: list[ReleasedLevel]) -> list[ReleasedLevel]:
    under_way = [one for one in levels if Level.BEGINNING <= one.level <= Level.DEVELOPING]
    return sorted(under_way, key=lambda one: -one.level)[:3]


def _subject(title: str, levels: list[ReleasedLevel]) -> Subject:
    counts = tuple(sum(one.level == number for one in levels) for number in range(5))
    return Subject(title, tuple(levels), counts, len(_at_goal(levels)))


def child_of(learner: Learner) -> Child:
    return Child(
        public_id=learner.public_id,
        name=learner.name,
        grade=learner.grade,
        school=learner.home_school.name if learner.home_school else "",
        initials="".join(part[0] for part in learner.name.split()[:2]).upper(),
    )
