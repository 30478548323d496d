"""Groups by shared gap, over all classes of a teacher; and what the class may see of a group on the wall."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from assessments.models import Assessment, Attempt, Form
from interventions.gaps import Gap, Person, find_gaps
from interventions.joining import Running, running_groups
from learners.models import LearnerGroup, Section
from learners.reach import my_section_ids
from tenancy.actor import Actor
from tenancy.errors import NotFound

GRID = ("Class grid", "read")


@dataclass(frozen=True, slots=True)
class NextForm:
    task: UUID
    title: str
    form: str


@dataclass(frozen=True, slots=True)
class Card:
    """A gap with the next form that none of its learners has used."""

    gap: Gap
    form: NextForm | None

    @property
    def faces(self) -> list[tuple[str, Person]]:
        return [("".join(part[:1] for part in one.name.split()[:2]).upper(), one) for one in self.gap.people]


@dataclass(frozen=True, slots=True)
class Gaps:
    cards: tuple[Card, ...]
    groups: tuple[Running, ...]
    classes: tuple[tuple[UUID, str], ...]
    chosen: UUID | None


@dataclass(frozen=True, slots=True)
class Board:
    """What is shown on the wall: names and the task. No level, no score, no reason."""

    title: str
    task: str
    names: tuple[str, ...]


def my_sections(actor: Actor) -> dict[int, tuple[UUID, str]]:
    rows = Section.objects.filter(id__in=my_section_ids(actor)).order_by("title", "id")
    return {key: (public_id, title) for key, public_id, title in rows.values_list("id", "public_id", "title")}


def gaps_page(actor: Actor, chosen: UUID | None = None) -> Gaps:
    sections = my_sections(actor)
    wanted = [key for key, (public_id, _) in sections.items() if chosen in (None, public_id)]
    gaps = find_gaps(actor, wanted)
    found = gaps.shared()
    forms = _forms(wanted, found)
    return Gaps(
        cards=tuple(Card(gap, forms.get(gap.competency)) for gap in found),
        groups=tuple(running_groups(actor, gaps)),
        classes=tuple(sections.values()),
        chosen=chosen,
    )


def group_board(actor: Actor, group_id: UUID) -> Board:
    """Raises NotFound for a group that is not of one's classes."""
    groups = LearnerGroup.objects.visible_to(actor, *GRID).filter(public_id=group_id, is_active=True)
    group = groups.first()
    if group is None:
        raise NotFound
    plan = group.support_plans.order_by("-id").first()
    names = group.places.filter(learner__is_active=True).select_related("learner").order_by("learner__folded_name")
    return Board(
        title=group.name, task=plan.approach if plan else "", names=tuple(place.learner.name for place in names)
    )


def _forms(section_ids: Sequence[int], found: Sequence[Gap]) -> Mapping[UUID, NextForm]:
    """{competency: the first form of an open task of these classes that nobody of the gap has used}. Two queries."""
    people = {gap.competency: {person.id for person in gap.people} for gap in found}
    rows = (
        Form.objects.filter(
            is_active=True, assessment__section_id__in=section_ids, assessment__state=Assessment.State.OPEN,
            assessment__is_practice=False, assessment__alignments__competency__public_id__in=list(people),
        )
        .order_by("-assessment_id", "position", "id")
        .values_list("id", "name", "assessment__public_id", "assessment__title",
                     "assessment__alignments__competency__public_id")
    )  # fmt: skip
    forms = list(rows)
    attempts = Attempt.objects.filter(form_id__in={row[0] for row in forms}).exclude(state=Attempt.State.CANCELLED)
    used = set(attempts.values_list("form_id", "learner_id"))
    chosen: dict[UUID, NextForm] = {}
    for form, name, task, title, competency in forms:
        if competency not in chosen and not any((form, who) in used for who in people[competency]):
            chosen[competency] = NextForm(task, title, name)
    return chosen
