"""The form of a new key. What is wrong with a value is said by `api.keys`."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.models import School

# What each scope lets a program do, in the words of the form.
SCOPE_WORDS = {
    "roster.read": _("read schools, terms, classes and who is in them"),
    "learners.read": _("read names and grades of learners"),
    "frameworks.read": _("read frameworks, competencies and milestones"),
    "evidence.read": _("read evidence"),
    "evidence.write": _("add evidence"),
    "status.read": _("read levels and why"),
    "users.read": _("read names and addresses of staff and guardians"),
    "guardians.read": _("read whose guardian somebody is"),
    "reports.read": _("read sums, with small groups hidden"),
}
USUAL_DAYS = 180


class KeyForm(forms.Form):
    name = forms.CharField(label=_("Name of the program"), required=False)
    scopes = forms.MultipleChoiceField(label=_("It may"), required=False, widget=forms.CheckboxSelectMultiple)
    schools = forms.MultipleChoiceField(
        label=_("Only in these schools"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: in all schools, where you may give that."),
    )  # fmt: skip
    ends_on = forms.DateField(label=_("Works until"), required=False)
    addresses = forms.CharField(
        label=_("Only from these addresses"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One network on each line, for example 203.0.113.0/24. Empty: from everywhere."),
    )  # fmt: skip

    def __init__(self, data: Any, scopes: list[str], schools: list[School], zone: str, today: Any) -> None:
        super().__init__(data, initial={"ends_on": today + timedelta(days=USUAL_DAYS)})
        self.zone, self.known = ZoneInfo(zone), {str(one.public_id): one for one in schools}
        self.fields["scopes"].choices = [(one, SCOPE_WORDS[one]) for one in scopes]  # type: ignore[attr-defined]
        self.fields["schools"].choices = [(key, one.name) for key, one in self.known.items()]  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["class"] = self.fields["addresses"].widget.attrs["class"] = "input"
        self.fields["ends_on"].widget = forms.DateInput(attrs={"type": "date", "class": "input"})

    def values(self) -> dict[str, Any]:
        """As the service takes them; a day ends at the midnight that follows it. Without a day: long over."""
        data = self.cleaned_data
        day = data["ends_on"]
        ends = datetime.combine(day + timedelta(days=1), time(), self.zone) if day else datetime.min.replace(tzinfo=UTC)
        return {
            "name": data["name"], "scopes": data["scopes"], "schools": [self.known[key] for key in data["schools"]],
            "expires_at": ends, "addresses": [one for one in data["addresses"].splitlines() if one.strip()],
        }  # fmt: skip
