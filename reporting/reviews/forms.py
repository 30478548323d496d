"""Forms of review sessions. What is wrong with the values is said by the services; the forms read them."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from milestones.models import ReviewCadence, ReviewItem

DATE = gettext_lazy("Enter a date, like 19 Nov 2026")
SCHOOL = gettext_lazy("Choose a school from the list")


def _chosen(label: Any, message: Any, choices: Any = ()) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, error_messages=dict.fromkeys(("required", "invalid_choice"), message)
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, error_messages=dict.fromkeys(("required", "invalid"), DATE),
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip


class _OfSchool(forms.Form):
    """A form about one of the schools that the person may prepare sessions for."""

    school = _chosen(gettext_lazy("School"), SCHOOL)

    def __init__(self, *args: Any, schools: list[tuple[str, str]], **kwargs: Any) -> None:
        kwargs["auto_id"] = f"id_{self.prefix_of}_%s"
        super().__init__(*args, **kwargs)
        field: Any = self.fields["school"]
        field.choices = schools

    prefix_of = "of"


class PrepareForm(_OfSchool):
    prefix_of = "prepare"


class CadenceForm(_OfSchool):
    """How often, and from which day on."""

    prefix_of = "cadence"
    every = _chosen(
        gettext_lazy("How often"), gettext_lazy("Choose every month or every quarter"), ReviewCadence.Every.choices
    )
    next_on = _day(gettext_lazy("Next session on"))
    is_paused = forms.BooleanField(label=gettext_lazy("Pause: prepare nothing until further notice"), required=False)


class DecisionForm(forms.Form):
    decision = _chosen(
        gettext_lazy("Decision"), gettext_lazy("Choose a decision from the list"),
        [("", gettext_lazy("Not decided yet")), *ReviewItem.Decision.choices],
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Why"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "null_characters_not_allowed": gettext_lazy("This contains a control character. Type it again")
        },
    )  # fmt: skip
    version = forms.IntegerField(
        min_value=1, widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value"), gettext_lazy("Load this page again, then decide")
        ),
    )  # fmt: skip


class FollowUpForm(forms.Form):
    """Text, owner and day may be missing here: the service names all that is."""

    text = forms.CharField(
        label=gettext_lazy("What"), required=False,
        error_messages={
            "null_characters_not_allowed": gettext_lazy("This contains a control character. Type it again")
        },
    )  # fmt: skip
    owner = forms.CharField(label=gettext_lazy("Who"), required=False)
    due_on = forms.CharField(label=gettext_lazy("Until"), required=False)

    def day(self) -> date | None:
        try:
            return date.fromisoformat(self.cleaned_data.get("due_on", ""))
        except ValueError:
            return None
