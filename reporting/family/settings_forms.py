"""The form of what a family gets when. What is wrong with the values is said by the service."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from interventions.home_choice import ZONES
from interventions.models import DigestChoice, FamilyChoice
from interventions.sms import is_offered

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
FIELDS = (
    "is_weekly", "weekday", "hour", "by_mail", "by_sms", "phone", "quiet_from", "quiet_until", "time_zone",
)  # fmt: skip


def _choice(label: Any, choices: Any, missing: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int, error_messages={
        "invalid_choice": missing, "required": missing,
    })  # fmt: skip


class FamilySettingsForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"), required=False, error_messages={"invalid_choice": _("Choose a language from the list")}
    )
    is_weekly = forms.BooleanField(label=_("Write to me once a week"), required=False)
    weekday = _choice(_("On"), list(WEEKDAYS.items()), _("Choose a day from the list"))
    hour = _choice(_("At"), HOURS, _("Choose an hour from the list"))
    by_mail = forms.BooleanField(label=_("By e-mail"), required=False)
    by_sms = forms.BooleanField(label=_("By text message"), required=False)
    phone = forms.CharField(
        label=_("Number for text messages"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
        error_messages={
            "max_length": _("Enter your number with the country code, like +49 151 23456789"),
            "null_characters_not_allowed": _("Enter your number with the country code, like +49 151 23456789"),
        },
    )  # fmt: skip
    wants_messages = forms.BooleanField(label=_("Send me messages from teachers by e-mail too"), required=False)
    quiet_from = _choice(_("Quiet from"), HOURS, _("Choose an hour from the list"))
    quiet_until = _choice(_("Quiet until"), HOURS, _("Choose an hour from the list"))
    time_zone = forms.ChoiceField(
        label=_("Where you live"),
        required=False,
        error_messages={"invalid_choice": _("Choose a time zone from the list")},
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["language"].choices = [("", _("As my browser says")), *settings.LANGUAGES]
        same = _("Where the school is (%(zone)s)") % {"zone": zone.replace("_", " ")}
        fields["time_zone"].choices = [("", same), *((name, name.replace("_", " ")) for name in ZONES)]
        if not is_offered():
            del self.fields["by_sms"], self.fields["phone"]

    @property
    def says(self) -> dict[str, Any]:
        return {"by_sms": False, "phone": "", **self.cleaned_data}


def first_values(row: FamilyChoice, mails: DigestChoice, language: str) -> dict[str, Any]:
    same = {name: getattr(row, name) for name in FIELDS}
    return {**same, "wants_messages": mails.wants_messages, "language": language}
