"""Whom a milestone can be assigned to at once: classes, their groups, and grades of one school."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learners.models import Learner, LearnerGroup, School, Section
from milestones.assignment import To
from milestones.models import Milestone, MilestoneAssignment, SectionMilestone
from reporting.planning.plan_page import may_give_to_grades
from reporting.planning.rights import PLAN
from reporting.planning.wish_forms import day
from tenancy.actor import Actor
from tenancy.errors import NotFound

MOST = 200  # classes of one school
Dates = dict[Any, date | None]


@dataclass(frozen=True, slots=True)
class Place:
    """One to choose. `key`: c:, g: or s: with its id; `is_there`: it works towards the milestone already."""

    key: str
    label: str
    is_there: bool
    due_on: date | None
    what: Section | To


@dataclass(frozen=True, slots=True)
class Assigning:
    """`schools`: all that the actor plans for; the places are those of `school`."""

    milestone: Milestone
    schools: tuple[School, ...]
    school: School
    classes: tuple[Place, ...]
    groups: tuple[Place, ...]
    grades: tuple[Place, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        return self.classes + self.groups + self.grades


def assigning(actor: Actor, milestone_id: UUID, school_id: UUID | None) -> Assigning:
    """Seven queries at any size, one more for who administers a school. Raises NotFound out of reach."""
    rows = Milestone.objects.visible_to(actor).filter(is_active=True, learner=None)
    milestone: Milestone | None = rows.filter(public_id=milestone_id).first()
    if milestone is None:
        raise NotFound
    sections = Section.objects.visible_to(actor, *PLAN).filter(is_active=True)
    if milestone.section_id is not None:
        sections = sections.filter(pk=milestone.section_id)
    schools = list(School.objects.filter(id__in=sections.values("school_id")).order_by("name", "id"))
    school = next((one for one in schools if school_id in (None, one.public_id)), None)
    if school is None:
        raise NotFound
    here = list(sections.filter(school_id=school.pk).order_by("title", "id")[:MOST])
    of_groups, of_grades = _given(milestone)
    return Assigning(
        milestone, tuple(schools), school, tuple(_classes(here, milestone)), tuple(_groups(here, of_groups)),
        tuple(_grades(actor, school, milestone, of_grades)),
    )  # fmt: skip


def _classes(sections: Sequence[Section], milestone: Milestone) -> Iterator[Place]:
    planned = SectionMilestone.objects.filter(milestone_id=milestone.pk, section_id__in=[one.pk for one in sections])
    dates = dict(planned.values_list("section_id", "due_on"))
    for one in sections:
        yield Place(f"c:{one.public_id}", one.title, one.pk in dates, dates.get(one.pk), one)


def _groups(sections: Sequence[Section], dates: Dates) -> Iterator[Place]:
    titles = {one.pk: one.title for one in sections}
    rows = LearnerGroup.objects.filter(section_id__in=list(titles), is_active=True)
    for one in rows.order_by("section__title", "name", "id"):
        label = f"{one.name} ({titles[one.section_id]})"
        yield Place(f"g:{one.public_id}", label, one.pk in dates, dates.get(one.pk), To(group=one))


def _grades(actor: Actor, school: School, milestone: Milestone, dates: Dates) -> Iterator[Place]:
    if milestone.section_id is not None or not may_give_to_grades(actor, school.pk):
        return
    rows = Learner.objects.filter(home_school_id=school.pk, is_active=True).exclude(grade="")
    for grade in rows.order_by("grade").values_list("grade", flat=True).distinct():
        key, label = (school.pk, grade), _("Grade %(grade)s") % {"grade": grade}
        yield Place(f"s:{grade}", label, key in dates, dates.get(key), To(school=school, grade=grade))


def _given(milestone: Milestone) -> tuple[Dates, Dates]:
    """({group: date}, {(school, grade): date}). One query."""
    found: dict[bool, Dates] = defaultdict(dict)
    rows = MilestoneAssignment.objects.filter(milestone_id=milestone.pk, learner=None)
    for group, school, grade, due in rows.values_list("group_id", "school_id", "grade", "due_on"):
        found[group is not None][(school, grade) if group is None else group] = due
    return found[True], found[False]


class AssignForm(forms.Form):
    """To whom, until when."""

    to = forms.MultipleChoiceField(
        label=gettext_lazy("Assign it to"),
        error_messages={
            "required": gettext_lazy("Choose at least one class, group or grade"),
            "invalid_choice": gettext_lazy("Choose classes, groups and grades from the list"),
        },
    )
    due_on = day(
        gettext_lazy("Target date"),
        help_text=gettext_lazy("Empty: who has it already keeps the date; the others get none."),
    )

    def __init__(self, *args: Any, places: Sequence[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {one.key: one for one in places}
        field: Any = self.fields["to"]
        field.choices = [(key, one.label) for key, one in self.known.items()]

    @property
    def chosen_keys(self) -> list[str]:
        data: Any = self.data
        return list(data.getlist("to")) if self.is_bound else []

    def chosen(self) -> tuple[list[Section], list[To]]:
        whats = [self.known[key].what for key in self.cleaned_data["to"]]
        return [one for one in whats if isinstance(one, Section)], [one for one in whats if isinstance(one, To)]
