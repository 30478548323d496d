"""Forms of cohorts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from learners.models import School, Section

DATE = gettext_lazy("Enter a date, like 19 Nov 2026")
SHARE = gettext_lazy("Enter a share from 1 to 100 percent")


def _day(label: Any, *, is_required: bool) -> forms.DateField:
    return forms.DateField(
        label=label, required=is_required, widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": DATE, "invalid": DATE},
    )  # fmt: skip


class CohortForm(forms.Form):
    """A cohort: its name, what is tried, and the share that it should reach."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100,
        error_messages=dict.fromkeys(
            ("required", "max_length", "null_characters_not_allowed"),
            gettext_lazy("Enter a name of at most 100 characters, like Reading pilot"),
        ),
    )  # fmt: skip
    about = forms.CharField(
        label=gettext_lazy("What is tried"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "null_characters_not_allowed": gettext_lazy("The text contains a control character. Type it again")
        },
    )  # fmt: skip
    target = forms.IntegerField(
        label=gettext_lazy("Target: percent at Meets or above"), required=False, min_value=1, max_value=100,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), SHARE),
    )  # fmt: skip
    target_on = _day(gettext_lazy("Reached by"), is_required=False)


class EventForm(forms.Form):
    """Something that happened on a day."""

    day = _day(gettext_lazy("Day"), is_required=True)
    title = forms.CharField(
        label=gettext_lazy("What happened"), max_length=80,
        error_messages=dict.fromkeys(
            ("required", "max_length", "null_characters_not_allowed"),
            gettext_lazy("Enter what happened in at most 80 characters, like New reading programme"),
        ),
    )  # fmt: skip


class PlaceForm(forms.Form):
    """A class, or a grade of a school, and the day on which it joins."""

    section = forms.ChoiceField(
        label=gettext_lazy("Class"), required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose a class from the list")},
    )  # fmt: skip
    school = forms.ChoiceField(
        label=gettext_lazy("or a grade of this school"), required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose a school from the list")},
    )  # fmt: skip
    grade = forms.CharField(
        label=gettext_lazy("Grade"), required=False, max_length=20,
        error_messages=dict.fromkeys(
            ("max_length", "null_characters_not_allowed"), gettext_lazy("Enter a grade as the roster has it, like 7")
        ),
    )  # fmt: skip
    begins_on = _day(gettext_lazy("Joins on"), is_required=True)

    def __init__(self, *args: Any, sections: Sequence[Section], schools: Sequence[School], **given: Any) -> None:
        super().__init__(*args, **given)
        self._sections = {str(one.public_id): one for one in sections}
        self._schools = {str(one.public_id): one for one in schools}
        fields: Any = self.fields
        fields["section"].choices = [("", "–"), *((key, one.title) for key, one in self._sections.items())]
        fields["school"].choices = [("", "–"), *((key, one.name) for key, one in self._schools.items())]

    def place(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "section": self._sections.get(data["section"]), "school": self._schools.get(data["school"]),
            "grade": data["grade"], "begins_on": data["begins_on"],
        }  # fmt: skip
