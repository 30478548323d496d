"""Forms of the plan: dates of the class, one more milestone, a date of one learner, giving, groups."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learners.models import Learner, LearnerGroup, School
from milestones.assignment import LONGEST_REASON, Moved, To
from milestones.models import Milestone
from reporting.planning.plan_page import Planned
from reporting.planning.wish_forms import choice, day, words
from tenancy.errors import Invalid, problem

EMPTY = ("", gettext_lazy("Choose"))


def read_dates(data: QueryDict, plan: Sequence[Planned]) -> dict[int, Moved]:
    """`due-<id>` as wanted and `seen-<id>` as it was shown, for each milestone. Raises Invalid per date."""
    problems, found = [], {}
    for one in plan:
        name = f"due-{one.public_id}"
        if name not in data:
            continue
        try:
            found[one.pk] = Moved(_read(data.get(f"seen-{one.public_id}", "")), _read(data.get(name, "")))
        except ValueError:
            values = {"title": one.title, "value": data.get(name, "")[:40]}
            text = _("%(title)s: enter a date, like 2026-11-19, not “%(value)s”") % values
            problems.append(problem(name, text))
    if problems:
        raise Invalid(problems)
    return found


def _read(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None


class AddForm(forms.Form):
    """One more milestone of the curriculum for the plan."""

    milestone = choice(
        gettext_lazy("Milestone"), [], gettext_lazy("Choose a milestone from the list"),
    )  # fmt: skip
    due_on = day(gettext_lazy("Target date"))

    def __init__(self, *args: Any, milestones: Sequence[Milestone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.public_id): one for one in milestones}
        field: Any = self.fields["milestone"]
        field.choices = [EMPTY, *((key, f"{one.code} {one.title}".strip()) for key, one in self.known.items())]

    def chosen(self) -> Milestone:
        return self.known[self.cleaned_data["milestone"]]


class LearnerDateForm(forms.Form):
    """Another date for one learner."""

    learner = choice(gettext_lazy("Learner"), [], gettext_lazy("Choose a learner from the list"))
    due_on = day(gettext_lazy("Target date"), help_text=gettext_lazy("Empty: the date of the plan holds again."))
    reason = words(gettext_lazy("Why"), LONGEST_REASON, help_text=gettext_lazy("Colleagues of the class read it."))

    def __init__(self, *args: Any, learners: Sequence[Learner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.public_id): one for one in learners}
        field: Any = self.fields["learner"]
        field.choices = [EMPTY, *((key, one.name) for key, one in self.known.items())]

    def chosen(self) -> Learner:
        return self.known[self.cleaned_data["learner"]]


class GiveForm(forms.Form):
    """To whom else: a learner or a group of the class; a grade of the school for those who plan for it."""

    to = choice(gettext_lazy("Give it to"), [], gettext_lazy("Choose one learner, one group or one grade"))
    due_on = day(gettext_lazy("Target date"))

    def __init__(
        self, *args: Any, learners: Sequence[Learner], groups: Sequence[LearnerGroup], school: School | None,
        grades: Sequence[str], **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.known = {f"g:{one.public_id}": To(group=one) for one in groups}
        self.known |= {f"l:{one.public_id}": To(learner=one) for one in learners}
        self.known |= {f"s:{grade}": To(school=school, grade=grade) for grade in grades if school is not None}
        named: list[Any] = [(_("Groups"), [(f"g:{one.public_id}", one.name) for one in groups])]
        named.append((_("Learners"), [(f"l:{one.public_id}", one.name) for one in learners]))
        named.append(
            (_("Grades of the school"), [(f"s:{one}", _("Grade %(grade)s") % {"grade": one}) for one in grades])
        )
        field: Any = self.fields["to"]
        field.choices = [EMPTY, *(group for group in named if group[1])]

    def chosen(self) -> To:
        return self.known[self.cleaned_data["to"]]


class GroupForm(forms.Form):
    """The name of a group and who is in it."""

    name = words(
        gettext_lazy("Name"), 100, gettext_lazy("Enter a name for the group, like Readers of Tuesday"),
    )  # fmt: skip
    learners = forms.MultipleChoiceField(
        label=gettext_lazy("Learners"), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Choose learners of this class")},
    )  # fmt: skip

    def __init__(self, *args: Any, learners: Sequence[Learner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.public_id): one for one in learners}
        field: Any = self.fields["learners"]
        field.choices = [(key, one.name) for key, one in self.known.items()]

    def chosen(self) -> list[Learner]:
        return [self.known[key] for key in self.cleaned_data["learners"]]
