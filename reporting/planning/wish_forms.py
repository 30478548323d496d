"""Forms of a personal milestone: the learner's, and the teacher's who confirms it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.models import Milestone
from milestones.own_milestones import Wish
from milestones.smart import Draft
from reporting.form_problems import add_problems
from reporting.planning.measures import Measures, measured
from status_engine import Level
from tenancy.errors import Invalid

NUL = gettext_lazy("The text contains a control character. Type it again")
DATE = gettext_lazy("Enter a date, like 19 Nov 2026")


def words(label: Any, most: int, required: Any = None, **values: Any) -> forms.CharField:
    """A text box with its sentences."""
    errors = {
        "max_length": gettext_lazy("The text has %(show_value)d characters. Shorten it to %(limit_value)d"),
        "null_characters_not_allowed": NUL,
    }
    if required is not None:
        errors["required"] = required
    return forms.CharField(label=label, max_length=most, required=required is not None, error_messages=errors, **values)


def day(label: Any, **values: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": DATE}, **values,
    )  # fmt: skip


def number(label: Any, **values: Any) -> forms.DecimalField:
    wrong = gettext_lazy("Enter a number, like 95 or 2.5")
    return forms.DecimalField(
        label=label, required=False, max_digits=8, decimal_places=3, localize=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages=dict.fromkeys(("invalid", "max_digits", "max_decimal_places", "max_whole_digits"), wrong),
        **values,
    )  # fmt: skip


def choice(label: Any, choices: Any, wrong: Any, **values: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, error_messages=dict.fromkeys(("required", "invalid_choice"), wrong), **values
    )


class WishForm(forms.Form):
    """What, why, how it will show, until when."""

    title = words(
        gettext_lazy("What do you want to be able to do?"), 200,
        gettext_lazy("Write what you want to be able to do"),
        help_text=gettext_lazy("Like: I read one book a month and tell the class about it."),
    )  # fmt: skip
    why = words(
        gettext_lazy("Why do you want this?"), 1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Your teachers and your family can read it."),
    )  # fmt: skip
    kind = choice(
        gettext_lazy("What is it about?"), Milestone.Kind.choices,
        gettext_lazy("Choose what the goal is about from the list"),
    )  # fmt: skip
    measure = choice(
        gettext_lazy("How will you know that you did it?"), [], gettext_lazy("Choose what shows it from the list"),
        required=False,
    )  # fmt: skip
    level = choice(
        gettext_lazy("Which level?"), [(3, gettext_lazy("Meets: the goal")), (4, gettext_lazy("Mastery: beyond it"))],
        gettext_lazy("Choose a level from the list"), initial=3, required=False,
        help_text=gettext_lazy("For something you learn."),
    )  # fmt: skip
    target = number(gettext_lazy("Which number?"), help_text=gettext_lazy("For something that is counted."))
    due_on = day(gettext_lazy("Until when?"))
    NO_MEASURE = gettext_lazy("My teacher and I find that out together")

    def __init__(self, *args: Any, measures: Measures, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measures = measures
        field: Any = self.fields["measure"]
        field.choices = [("", self.NO_MEASURE), *measures.choices]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        level = int(values.get("level") or Level.MEETS)
        values["asked"] = None
        if {"measure", "target"} <= values.keys():
            try:
                values["asked"] = self.measures.asked(values["measure"], level, values["target"])
            except Invalid as error:
                add_problems(self, error)
        return values

    def wish(self) -> Wish:
        values = self.cleaned_data
        return Wish(
            title=values["title"], why=values["why"], kind=values["kind"], due_on=values["due_on"],
            asked=values["asked"],
        )  # fmt: skip

    def draft(self, language: str) -> Draft:
        values = self.cleaned_data
        return Draft(values["title"], values["why"], measured(values["asked"]), values["due_on"], language)


class ConfirmForm(WishForm):
    """The same, as the teacher settles it with the learner."""

    NO_MEASURE = gettext_lazy("Choose what shows it")
    answer = words(
        gettext_lazy("A word to the learner"), 1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Say what you changed, if anything."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "title": _("Goal"), "why": _("Why"), "kind": _("Kind"), "measure": _("What shows that it is reached"),
            "level": _("Level"), "target": _("Number"), "due_on": _("Target date"),
        }  # fmt: skip
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["title"].help_text = self.fields["why"].help_text = ""

    def clean_measure(self) -> str:
        value: str = self.cleaned_data["measure"]
        if not value:
            raise forms.ValidationError(_("Choose what will show that the goal is reached"))
        return value


class NotNowForm(forms.Form):
    """Why not now."""

    reason = words(
        gettext_lazy("Why not now?"), 1000, gettext_lazy("Write why not now. The learner reads it"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The learner reads this. Say what would make it possible."),
    )  # fmt: skip
