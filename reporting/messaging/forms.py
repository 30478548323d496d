"""Forms of messages. What is wrong with the values is said by the services; the forms read them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interventions.digests import HOURS
from interventions.models.messages import Audience

CONTROL = _("This contains a control character. Type it again")
TO = ((Audience.GUARDIAN.value, _("Guardians")), (Audience.LEARNER.value, _("The learner")))


def _text(label: Any, help_text: Any = "", **values: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, strip=False,
        error_messages={"null_characters_not_allowed": CONTROL}, **values,
    )  # fmt: skip


def _to(missing: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("To"), choices=TO, required=False, widget=forms.RadioSelect, error_messages={"invalid_choice": missing}
    )


class WriteForm(forms.Form):
    audience = _to(_("Choose to whom you write"))
    subject = _text(_("Subject"))
    body = _text(_("Text"), widget=forms.Textarea(attrs={"rows": 8}))
    key = forms.UUIDField(widget=forms.HiddenInput)


class TemplateForm(forms.Form):
    name = _text(_("Name"), _("What you look for in the list, like Invitation to talk"))
    audience = _to(_("Choose from the list for whom it is"))
    subject = _text(_("Subject"))
    body = _text(
        _("Text"), _("{learner}, {milestone} and {teacher} are filled in before you read it over."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip


class MailForm(forms.Form):
    wants_messages = forms.BooleanField(label=_("Send me messages by e-mail too"), required=False)


class TeacherMailForm(MailForm):
    is_on = forms.BooleanField(label=_("Send me my day by e-mail on each school day"), required=False)
    hour = forms.TypedChoiceField(
        label=_("At"), coerce=int, required=False, empty_value=None,
        choices=[(hour, f"{hour:02}:00") for hour in HOURS],
        error_messages={"invalid_choice": _("Choose an hour from the list")},
    )  # fmt: skip
