"""The form of a learner's sensitive fields: those that the tenant keeps."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from learners.models import Dimension, Ethnicity, Sex

LIST = dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose a value from the list"))
NOT_KNOWN = [("", gettext_lazy("Not known"))]
YES_NO = [*NOT_KNOWN, ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
CHOICES: Mapping[str, list[tuple[str, Any]]] = {
    Dimension.SEX: [*NOT_KNOWN, *Sex.choices], Dimension.ETHNICITY: [*NOT_KNOWN, *Ethnicity.choices],
    Dimension.SUPPORT_PLAN: YES_NO, Dimension.FREE_MEALS: YES_NO,
}  # fmt: skip
FLAGS: Mapping[str, bool | None] = {"": None, "yes": True, "no": False}


class SensitiveForm(forms.Form):
    def __init__(self, *args: Any, kept: Iterable[str], values: Mapping[str, Any], **given: Any) -> None:
        super().__init__(*args, **given)
        self.initial = {name: _word(value) for name, value in values.items()}
        for name in kept:
            label = Dimension(name).label
            if name in CHOICES:
                choices = CHOICES[name]
                self.fields[name] = forms.ChoiceField(
                    label=label, required=False, choices=choices, error_messages=LIST,
                    widget=forms.Select(attrs={"class": "select"}),
                )  # fmt: skip
            else:
                self.fields[name] = forms.CharField(
                    label=label, required=False, max_length=40,
                    error_messages={
                        "max_length": gettext_lazy(
                            "The home language has %(show_value)d characters. Shorten it to %(limit_value)d"
                        ),
                        "null_characters_not_allowed": gettext_lazy(
                            "The home language contains a control character. Type it again"
                        ),
                    },
                )  # fmt: skip

    def values(self) -> dict[str, Any]:
        flags = {Dimension.SUPPORT_PLAN, Dimension.FREE_MEALS}
        return {name: FLAGS[text] if name in flags else text for name, text in self.cleaned_data.items()}


def _word(value: Any) -> Any:
    return {True: "yes", False: "no"}.get(value, value or "") if isinstance(value, bool) else value or ""
