"""What was shared with the family, by subject: levels, the status of each subject, and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from interventions.models import SupportPlan
from interventions.models.plans import CASE
from learners.models import Enrolment, Learner
from learners.reach import running
from milestones.assigned import due_dates
from milestones.models import LevelOverride, Release
from reporting.family.home_words import NOTHING, HomeText, home_texts
from reporting.family.standing import Status, status_of
from status_engine import Level
from tenancy.actor import Actor

LEVEL = ("Current level", "read")
MOST_NAMED = 3
COLUMNS = ("pk", "public_id", "heading", "official", "description", "level", "released_at", "reason", "kind")


@dataclass(frozen=True, slots=True)
class Doing:
    """A support plan that a teacher shared: what is tried, and when it is looked at again."""

    approach: str
    review_on: date | None


@dataclass(frozen=True, slots=True)
class Shared:
    """A milestone with the level that was released. `reason`: of the teacher who set it, if one did."""

    pk: int
    public_id: UUID
    heading: str
    official: str
    description: str
    level: int
    released_at: datetime
    reason: str
    kind: str
    due_on: date | None
    words: HomeText
    doing: Doing | None

    @property
    def title(self) -> str:
        return self.words.title or self.official

    @property
    def language(self) -> str:
        return self.words.language if self.words.title else ""

    @property
    def milestone_id(self) -> UUID:
        return self.public_id

    @property
    def is_kept(self) -> bool:
        return self.kind == LevelOverride.Kind.EARLIER_BAR

    @property
    def is_set(self) -> bool:
        return bool(self.reason)


@dataclass(frozen=True, slots=True)
class Subject:
    """counts: how many per level 0…4; open_ones: past their day and under the goal; next: what is worked on now."""

    title: str
    shared: tuple[Shared, ...]
    counts: tuple[int, ...]
    at_goal: int
    status: Status
    open_ones: tuple[Shared, ...]
    next: Shared | None

    @property
    def doing(self) -> tuple[Shared, ...]:
        return tuple(one for one in self.shared if one.doing)[:MOST_NAMED]


def shared_with(actor: Actor, learner: Learner) -> list[Shared]:
    """Newest release of each milestone in use, by heading and code. Five queries."""
    return shared_of(actor, [learner.pk]).get(learner.pk, [])


def shared_of(actor: Actor, learner_ids: Collection[int]) -> dict[int, list[Shared]]:
    """{learner: what was shared}. As many queries as for one learner."""
    reason = Coalesce(KT("explanation__override__reason"), Value(""), output_field=TextField())
    kind = Coalesce(KT("explanation__override__kind"), Value(""), output_field=TextField())
    rows = Release.objects.visible_to(actor, *LEVEL).filter(learner_id__in=learner_ids, milestone__is_active=True)
    ordered = rows.order_by("milestone__heading", "milestone__code", "milestone_id")
    fields = (
        "learner_id", "milestone_id", "milestone__public_id", "milestone__heading", "milestone__title",
        "milestone__description", "level", "released_at",
    )  # fmt: skip
    read: list[Any] = list(ordered.values_list(*fields, reason, kind))
    keys = sorted({row[1] for row in read})
    texts, due, doing = home_texts(keys), due_dates(learner_ids, keys, actor.today), _doing(actor, learner_ids)
    found: dict[int, list[Shared]] = {}
    for learner, *row in read:
        one = Shared(
            **dict(zip(COLUMNS, row, strict=True)), due_on=due.get((learner, row[0])),
            words=texts.get(row[0], NOTHING), doing=doing.get((learner, row[0])),
        )  # fmt: skip
        found.setdefault(learner, []).append(one)
    return found


def subjects_of(learner: Learner, shared: Sequence[Shared], today: date) -> tuple[Subject, ...]:
    """One query. A milestone of no class stands under its own heading."""
    return subjects_by_learner({learner.pk: shared}, today)[learner.pk]


def subjects_by_learner(shared: Mapping[int, Sequence[Shared]], today: date) -> dict[int, tuple[Subject, ...]]:
    """{learner: subjects} of what was shared with each. One query."""
    names = _subject_names(shared, today)
    found: dict[int, tuple[Subject, ...]] = {}
    for learner, some in shared.items():
        groups: dict[str, list[Shared]] = {}
        for one in some:
            groups.setdefault(names.get((learner, one.pk), one.heading), []).append(one)
        found[learner] = tuple(_subject(*group, today) for group in sorted(groups.items(), key=lambda row: row[0]))
    return found


def working_on(shared: Sequence[Shared], most: int = 3) -> list[Shared]:
    """What is under way: with help from school first, then the nearest to the goal, then by date."""
    under_way = [one for one in shared if Level.BEGINNING <= one.level <= Level.DEVELOPING]
    return sorted(under_way, key=lambda one: (one.doing is None, -one.level, one.due_on or date.max, one.pk))[:most]


def _subject(title: str, shared: Sequence[Shared], today: date) -> Subject:
    levels = [one.level for one in shared]
    past = [one for one in shared if one.due_on is not None and one.due_on < today]
    status = status_of(levels, [one.level for one in past])
    open_ones = tuple(one for one in past if one.level < Level.MEETS)[:MOST_NAMED] if status.needs_a_hand else ()
    return Subject(
        title=title, shared=tuple(shared), counts=tuple(levels.count(number) for number in range(5)),
        at_goal=sum(level >= Level.MEETS for level in levels), status=status, open_ones=open_ones,
        next=next(iter(working_on(shared, 1)), None),
    )  # fmt: skip


def _subject_names(shared: Mapping[int, Sequence[Shared]], today: date) -> Mapping[tuple[int, int], str]:
    keys = {one.pk for some in shared.values() for one in some}
    places = Enrolment.objects.filter(running(today), learner_id__in=list(shared), is_withdrawn=False)
    wanted = "section__section_milestones__milestone_id"
    rows = places.filter(**{f"{wanted}__in": keys}).order_by("-section_id")
    found = rows.values_list("learner_id", wanted, "section__subjects", "section__title")
    return {(learner, key): subjects.split(",")[0].strip() or title for learner, key, subjects, title in found}


def _doing(actor: Actor, learner_ids: Collection[int]) -> dict[tuple[int, int], Doing]:
    plans = SupportPlan.objects.visible_to(actor, CASE).filter(learner_id__in=learner_ids, is_shared=True)
    rows = plans.filter(state=SupportPlan.State.RUNNING).order_by("-review_on", "-id")
    found = rows.values_list("learner_id", "milestone_id", "approach", "review_on")
    return {(learner, key): Doing(*values) for learner, key, *values in found}
