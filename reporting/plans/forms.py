"""Forms of support plans. What is wrong with the values is said by the services; the forms read them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interventions.models import Protocol, SupportPlan

DATE = _("Enter a date, like 19 Nov 2026")


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=False, help_text=help_text, error_messages={"invalid": DATE},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class StartForm(forms.Form):
    review_on = _day(_("Look at it again on"))


class ReviewForm(StartForm):
    approach = forms.CharField(label=_("What is being tried"), required=False, strip=False)
    is_shared = forms.BooleanField(label=_("Learner and family may see this plan"), required=False)


class NewForm(StartForm):
    approach = forms.CharField(label=_("What will you try?"), required=False, strip=False)
    goal = forms.CharField(
        label=_("What will show that it helped?"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    protocol = forms.ChoiceField(
        label=_("By a protocol"), required=False, error_messages={"invalid_choice": _("Choose from the list")},
        help_text=_("Its first step is tried, unless you say something else above."),
    )  # fmt: skip
    field_order = ("approach", "protocol", "goal", "review_on")

    def __init__(self, protocols: Mapping[str, Protocol], sent: Any, **values: Any) -> None:
        super().__init__(sent, **values)
        self.protocols = protocols
        field: Any = self.fields["protocol"]
        field.choices = [("", _("None")), *((key, one.name) for key, one in protocols.items())]
        if not protocols:
            del self.fields["protocol"]

    @property
    def says(self) -> dict[str, Any]:
        data = {**self.cleaned_data}
        return {**data, "protocol": self.protocols.get(data.pop("protocol", ""))}


class SessionForm(forms.Form):
    on = _day(_("Day"))
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False,
        error_messages={"invalid": _("Enter the minutes as a number from 1 to 480")},
    )  # fmt: skip
    what = forms.CharField(
        label=_("What did you do?"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class CloseForm(forms.Form):
    result = forms.ChoiceField(
        label=_("Result"), required=False, choices=[("", _("Choose")), *SupportPlan.Result.choices],
        error_messages={"invalid_choice": _("Choose a result from the list")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("In a few words"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 2})
    )
