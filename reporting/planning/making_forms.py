"""Forms of a milestone: its words, up to four criteria, a check-list, steps."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.making import Making
from milestones.models import Criterion, Milestone
from milestones.plans import Asked
from milestones.smart import Draft, Measured
from reporting.form_problems import add_problems
from reporting.planning.measures import Measures, measured
from reporting.planning.wish_forms import choice, day, number, words
from status_engine import Level
from tenancy.errors import Invalid, problem

ROWS = 4
LEVELS = [
    (2, gettext_lazy("Developing")), (3, gettext_lazy("Meets")), (4, gettext_lazy("Mastery")),
]  # fmt: skip


class WordsForm(forms.Form):
    """What the milestone is called, what it is for, of which kind, and the steps of a long-term goal."""

    title = words(
        gettext_lazy("Title"), 200, gettext_lazy("Enter a title that says what learners do"),
        help_text=gettext_lazy("What somebody does who has reached it, like: Compares fractions with a drawing."),
    )  # fmt: skip
    description = words(
        gettext_lazy("What it is for"), 2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Learners and families read this."),
    )  # fmt: skip
    kind = choice(
        gettext_lazy("Kind"), Milestone.Kind.choices, gettext_lazy("Choose the kind of milestone from the list")
    )
    heading = words(
        gettext_lazy("Group of columns"),
        120,
        help_text=gettext_lazy("On the class grid, like Fractions. May be empty."),
    )
    horizon = choice(
        gettext_lazy("Short or long"), Milestone.Horizon.choices,
        gettext_lazy("Choose a short-term step or a long-term goal from the list"),
    )  # fmt: skip
    steps = forms.MultipleChoiceField(
        label=gettext_lazy("Steps on the way"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("For a long-term goal. Without criteria of its own it asks for what its steps ask for."),
        error_messages={"invalid_choice": gettext_lazy("Choose steps from the list")},
    )  # fmt: skip

    def __init__(self, *args: Any, steps: Sequence[Milestone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.public_id): one for one in steps}
        field: Any = self.fields["steps"]
        field.choices = [(key, f"{one.code} {one.title}".strip()) for key, one in self.known.items()]
        if not self.known:
            del self.fields["steps"]

    def making(self) -> Making:
        values = self.cleaned_data
        return Making(
            title=values["title"], description=values["description"], kind=values["kind"], horizon=values["horizon"],
            heading=values["heading"], steps=tuple(self.known[key] for key in values.get("steps", ())),
        )  # fmt: skip


class MilestoneForm(WordsForm):
    """A new one: with its rule, its check-list and its date."""

    rule = choice(
        gettext_lazy("When is it reached?"), Milestone.Rule.choices, gettext_lazy("Choose a rule from the list"),
        initial="all",
    )  # fmt: skip
    need = number(gettext_lazy("How many, or how many points"), help_text=gettext_lazy("For the rules with a number."))
    items = forms.CharField(
        label=gettext_lazy("Check-list"), required=False, max_length=9000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One item on each line. You tick them for each learner."),
        error_messages={
            "max_length": gettext_lazy("The list has %(show_value)d characters. Shorten it to %(limit_value)d"),
            "null_characters_not_allowed": gettext_lazy("The text contains a control character. Type it again"),
        },
    )  # fmt: skip
    due_on = day(gettext_lazy("Target date"))
    field_order = ("title", "description", "kind", "heading", "due_on", "items", "rule", "need", "horizon", "steps")

    def whole(self, asked: Sequence[Asked]) -> Making:
        values = self.cleaned_data
        return replace(
            self.making(), rule=values["rule"], need=values["need"], asked=tuple(asked),
            items=tuple(values["items"].splitlines()),
        )  # fmt: skip

    def draft(self, asked: Sequence[Asked], language: str) -> Draft:
        values = self.cleaned_data
        found = [one for each in asked for one in measured(each)]
        found += [Measured(level=int(Level.MEETS)) for line in values["items"].splitlines() if line.strip()]
        return Draft(values["title"], values["description"], tuple(found), values["due_on"], language)


class CriterionForm(forms.Form):
    """One criterion: a competency at a level, or a figure and its number, perhaps as growth from a baseline."""

    measure = choice(
        gettext_lazy("What shows it"), [], gettext_lazy("Choose what shows it from the list"), required=False
    )
    level = choice(
        gettext_lazy("Level"), LEVELS, gettext_lazy("Choose a level from the list"), initial=3, required=False
    )
    target = number(gettext_lazy("Number"))
    way = choice(
        gettext_lazy("Counted as"),
        [("", gettext_lazy("the figure itself")), ("change", gettext_lazy("growth from a baseline"))],
        gettext_lazy("Choose how it is counted from the list"), required=False,
    )  # fmt: skip
    baseline = number(gettext_lazy("Baseline"))
    period = choice(
        gettext_lazy("Over"), Criterion.Period.choices, gettext_lazy("Choose the time from the list"),
        required=False, initial="term",
    )  # fmt: skip
    points = number(gettext_lazy("Points"))
    is_required = forms.BooleanField(label=gettext_lazy("Always needed"), required=False)

    def __init__(self, *args: Any, measures: Measures, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measures = measures
        field: Any = self.fields["measure"]
        field.choices = [("", _("Nothing")), *measures.choices]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["asked"] = None
        if not self.errors:
            try:
                values["asked"] = self._asked(values)
            except Invalid as error:
                add_problems(self, error)
        return values

    def _asked(self, values: dict[str, Any]) -> Asked | None:
        is_growth = values["way"] == "change"
        found = self.measures.asked(
            values["measure"], int(values["level"] or Level.MEETS), values["target"], is_growth=is_growth
        )
        if found is None:
            return None
        points = values["points"]
        if points is not None and points <= 0:
            raise Invalid([problem("points", _("Points are a number above 0, like 1"))])
        found = replace(found, is_required=values["is_required"], points=found.points if points is None else points)
        if not found.measure:
            return found
        return replace(found, period=values["period"] or "term", baseline=values["baseline"] if is_growth else None)


def criterion_forms(data: Any, choices: Measures) -> list[CriterionForm]:
    """A fixed number of rows: empty ones ask for nothing."""
    return [CriterionForm(data, prefix=f"c{n}", measures=choices) for n in range(ROWS)]


def asked_of(rows: Sequence[CriterionForm]) -> list[Asked]:
    return [row.cleaned_data["asked"] for row in rows if row.cleaned_data["asked"] is not None]


def first_words(milestone: Milestone) -> dict[str, object]:
    """The form as the milestone stands. One query."""
    steps: list[UUID] = list(milestone.steps.order_by("position", "id").values_list("step__public_id", flat=True))
    same = {name: getattr(milestone, name) for name in ("title", "description", "kind", "heading", "horizon")}
    return {**same, "steps": [str(one) for one in steps]}
