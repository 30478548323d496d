"""Putting a piece of evidence right by hand."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import Evidence
from assessments.pieces import moment_of, not_storable
from reporting.forms import evidence_day

POINTS = gettext_lazy("Enter the points, 0 or above, like 3.5")


class CorrectionForm(forms.Form):
    """The points and the day of a piece; the first entry stays in the history."""

    score = forms.DecimalField(
        label=gettext_lazy("Points"), min_value=0, max_value=99999, max_digits=8, decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"),
            POINTS,
        ),
    )  # fmt: skip
    occurred_on = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}),
        error_messages=dict.fromkeys(
            ("required", "invalid"), gettext_lazy("Enter the date of the evidence, like 2026-11-19")
        ),
    )  # fmt: skip
    comment = forms.CharField(
        required=False, max_length=2000, label=gettext_lazy("Comment"), widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "max_length": gettext_lazy("The comment has %(show_value)d characters. Shorten it to %(limit_value)d"),
            "null_characters_not_allowed": gettext_lazy("The comment contains a control character. Type it again"),
        },
    )  # fmt: skip

    def __init__(self, data: Any, *, evidence: Evidence, today: date, zone: ZoneInfo) -> None:
        score = evidence.score
        self.evidence, self.today, self.zone = evidence, today, zone
        self.day = evidence.occurred_at.astimezone(zone).date()
        super().__init__(data, initial={
            "score": "" if score is None else f"{score.normalize():f}", "occurred_on": self.day.isoformat(),
            "comment": evidence.comment,
        })  # fmt: skip
        self.fields["score"].help_text = _("Of %(most)s") % {"most": f"{evidence.possible.normalize():f}"}

    def clean_occurred_on(self) -> date:
        day: date = self.cleaned_data["occurred_on"]
        return day if day == self.day else evidence_day(day, self.today)

    def clean_comment(self) -> str:
        comment: str = self.cleaned_data["comment"]
        if not_storable(comment, has_lines=True):
            raise forms.ValidationError(_("The comment contains a control character. Type it again"))
        return comment

    def changes(self) -> dict[str, Any]:
        """What `correct_evidence` takes. The moment of the day stays unless the day is another one."""
        values = self.cleaned_data
        day, score = values["occurred_on"], Decimal(values["score"]).quantize(Decimal("0.001"))
        occurred_at = None if day == self.day else moment_of(day, self.zone)
        return {"score": score, "occurred_at": occurred_at, "comment": values["comment"]}
