"""Forms of the staff pages. Messages say what is wrong with the value and what to do."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import Evidence
from assessments.pieces import Piece, moment_of, not_storable
from reporting.board import Filters
from tenancy.ids import uuid7

STAFF_KINDS = [choice for choice in Evidence.Kind.choices if choice[0] not in {"self_assessment", "indicator"}]
EARLIEST = date(1990, 1, 1)  # a mistyped year, not work of that year
SHOW = {"everyone", "attention", "below"}
SORT = {"name", "stuck", "meets"}


def read_filters(values: Any) -> Filters:
    """Filters of the class grid from the query string; an unknown value is as if it were not there."""
    show, sort = values.get("show", ""), values.get("sort", "")
    heading = values.get("competency", "")
    return Filters(
        heading="" if not_storable(heading) else heading,
        show=show if show in SHOW else "everyone",
        sort=sort if sort in SORT else "name",
    )


def evidence_day(day: date, today: date) -> date:
    """The day, if evidence may be of it. Raises ValidationError."""
    if day > today:
        raise forms.ValidationError(_("The date of the evidence must be today or earlier"))
    if day < EARLIEST:
        values = {"day": date_format(day, "j M Y"), "year": EARLIEST.year}
        raise forms.ValidationError(
            _("The date of the evidence was %(day)s. Enter a day from %(year)d on, like 19 Nov 2026") % values
        )
    return day


class EvidenceForm(forms.Form):
    """One piece of evidence by a teacher: a rating of the scale, the kind of work, the day."""

    competency = forms.TypedChoiceField(
        coerce=int,
        label=gettext_lazy("Competency"),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose a competency of this milestone from the list")
        ),
    )
    points = forms.TypedChoiceField(
        coerce=Decimal,
        label=gettext_lazy("Shown in this piece"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose what this piece shows")),
    )
    kind = forms.ChoiceField(
        choices=STAFF_KINDS,
        label=gettext_lazy("Kind of work"),
        initial="formative",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose the kind of work from the list")
        ),
    )
    title = forms.CharField(
        max_length=100,
        label=gettext_lazy("Name of the work"),
        error_messages={
            "required": gettext_lazy("Enter a name for the work, like Quiz 3"),
            "max_length": gettext_lazy("The name has %(show_value)d characters. Shorten it to %(limit_value)d"),
            "null_characters_not_allowed": gettext_lazy("The name contains a control character. Type it again"),
        },
    )
    occurred_on = forms.DateField(
        label=gettext_lazy("Date"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Enter the date of the evidence, like 19 Nov 2026"),
            "invalid": gettext_lazy("Enter the date of the evidence, like 2026-11-19"),
        },
    )
    comment = forms.CharField(
        max_length=2000,
        required=False,
        label=gettext_lazy("Comment"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "max_length": gettext_lazy("The comment has %(show_value)d characters. Shorten it to %(limit_value)d"),
            "null_characters_not_allowed": gettext_lazy("The comment contains a control character. Type it again"),
        },
    )
    token = forms.UUIDField(
        widget=forms.HiddenInput,
        required=False,
        error_messages={"invalid": gettext_lazy("This form was changed on its way. Reload the page and send it again")},
    )

    def __init__(
        self,
        *args: Any,
        competencies: list[tuple[int, str]],
        ratings: list[tuple[Decimal, str]],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self._choices("competency", [(pk, label) for pk, label in competencies])
        self._choices("points", [(f"{points.normalize():f}", word) for points, word in ratings])
        self.fields["competency"].initial = competencies[0][0] if competencies else None
        self.fields["occurred_on"].initial = today.isoformat()
        # Sent back with the form: pressing the button twice records one piece.
        self.fields["token"].initial = uuid7()

    def _choices(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean_occurred_on(self) -> date:
        return evidence_day(self.cleaned_data["occurred_on"], self.today)

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if not_storable(title):
            raise forms.ValidationError(_("The name contains a control character. Type it again"))
        return title

    def clean_comment(self) -> str:
        comment: str = self.cleaned_data["comment"]
        if not_storable(comment, has_lines=True):
            raise forms.ValidationError(_("The comment contains a control character. Type it again"))
        return comment

    def piece(self, learner_id: int, possible: Decimal, zone: ZoneInfo) -> Piece:
        """The piece to record."""
        values = self.cleaned_data
        return Piece(
            learner_id=learner_id,
            competency_id=values["competency"],
            kind=values["kind"],
            task=values["title"],
            title=values["title"],
            possible=possible,
            score=values["points"],
            occurred_at=moment_of(values["occurred_on"], zone),
            comment=values["comment"],
            source="page",
            source_id=str(values["token"] or uuid7()),
        )
