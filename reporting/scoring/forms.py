"""Forms of the score pages: what is scored, one learner's score, and the order of the rows."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.pieces import not_storable
from milestones.models import ScoreEntry
from milestones.score_sheets import Head, Score
from reporting.forms import STAFF_KINDS, evidence_day

EVERY = "every"


class HeadForm(forms.Form):
    """Milestone, work, kind, date and whether it counts: once, at the top."""

    milestone = forms.ChoiceField(
        label=gettext_lazy("Milestone"),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose a milestone of this class from the list")
        ),
    )
    title = forms.CharField(
        label=gettext_lazy("What was it"),
        max_length=100,
        error_messages={
            "required": gettext_lazy("Enter the name of the work, like Exit ticket on fractions"),
            "max_length": gettext_lazy("The name has %(show_value)d characters. Shorten it to %(limit_value)d"),
            "null_characters_not_allowed": gettext_lazy("The name contains a control character. Type it again"),
        },
    )
    kind = forms.ChoiceField(
        choices=STAFF_KINDS,
        label=gettext_lazy("Kind of work"),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose the kind of work from the list")
        ),
    )
    occurred_on = forms.DateField(
        label=gettext_lazy("Date"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages=dict.fromkeys(
            ("required", "invalid"), gettext_lazy("Enter the date of the evidence, like 19 Nov 2026")
        ),
    )
    weight = forms.ChoiceField(
        label=gettext_lazy("Weight"),
        choices=[("counts", gettext_lazy("Counts fully")), ("practice", gettext_lazy("Practice, does not count"))],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose whether the work counts or is practice")
        ),
    )

    def __init__(self, *args: Any, milestones: list[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["milestone"]
        field.choices = milestones
        self.today = today
        self.fields["occurred_on"].initial = today.isoformat()

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if not_storable(title):
            raise forms.ValidationError(_("The name contains a control character. Type it again"))
        return title

    def clean_occurred_on(self) -> date:
        return evidence_day(self.cleaned_data["occurred_on"], self.today)

    def head(self) -> Head:
        values = self.cleaned_data
        return Head(values["title"], values["kind"], values["occurred_on"], values["weight"] == "practice")


MARKS = {"none": ScoreEntry.Mark.NONE, "absent": ScoreEntry.Mark.ABSENT}


def read_score(data: QueryDict, end: str = "") -> tuple[Score, int]:
    """(score, version) out of the values `mark`, `comment` and `version`, each with an ending to its name.

    A mark is 1 to 4, none, absent, or empty; anything else is left for the service to refuse.
    """
    mark, comment = data.get(f"mark{end}", ""), data.get(f"comment{end}", "").strip()
    version = data.get(f"version{end}", "0")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
    if mark in {"1", "2", "3", "4"}:
        return Score(ScoreEntry.Mark.SCORED, int(mark), comment), seen
    return Score(MARKS.get(mark, mark), None, comment), seen
