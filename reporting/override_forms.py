"""The form of "Set level myself": the words of its mistakes are those of the service."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.pieces import not_storable
from milestones.overrides import LONGEST, SHORTEST, reason_problems, until_problems
from reporting.levels import ALL_WORDS, WORDS
from reporting.override_page import WHOLE, OverridePage, Thing
from reporting.pages import read_uuid

CONTROL = gettext_lazy("The reason contains a control character. Type it again")


class ReasonField(forms.CharField):
    """Several lines of text that the database can hold."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, error_messages={"null_characters_not_allowed": CONTROL}, **kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value).strip()
        if not_storable(text, has_lines=True):
            raise forms.ValidationError(CONTROL)
        return text


class EndForm(forms.Form):
    """Ending needs no reason; one may be given."""

    reason = ReasonField(
        label=gettext_lazy("Why, if it helps to know later"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST}),
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if len(reason) > LONGEST:
            raise forms.ValidationError(reason_problems(reason)[0]["message"])
        return reason


class OverrideForm(forms.Form):
    """A level, the reason for it, until when, and of what: the milestone or one of its competencies."""

    thing = forms.ChoiceField(
        label=gettext_lazy("Set it for"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose the milestone or one of its competencies")
        ),
    )
    level = forms.TypedChoiceField(
        coerce=int,
        label=gettext_lazy("Level"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose the level from the list")),
    )
    reason = ReasonField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Learner and family read it, once you have released the level."),
        widget=forms.Textarea(attrs={"rows": 3, "minlength": SHORTEST, "maxlength": LONGEST, "required": True}),
    )
    until = forms.DateField(
        required=False,
        label=gettext_lazy("Last day, if it ends by itself"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Enter the last day, like 2026-11-19, or leave it empty")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, page: OverridePage, today: date) -> None:
        super().__init__(data)
        self.today = today
        self._choices("thing", [(thing.key, _with_rule(thing)) for thing in page.things])
        self._choices("level", [(str(number), str(word.name)) for number, word in enumerate(ALL_WORDS)])
        self.fields["thing"].initial = WHOLE
        self.fields["until"].widget.attrs["min"] = today.isoformat()
        self.fields["seen"].initial = " ".join(str(row.public_id) for row in page.standing)

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        self._refuse(reason_problems(reason))
        return reason

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        self._refuse(until_problems(until, self.today))
        return until

    def clean_seen(self) -> set[UUID]:
        """The overrides that stood when the page was made; whatever is no id is none of them."""
        found = (read_uuid(text) for text in self.cleaned_data["seen"].split())
        return {one for one in found if one is not None}

    def _refuse(self, problems: list[dict[str, str]]) -> None:
        if problems:
            raise forms.ValidationError(problems[0]["message"])


def _with_rule(thing: Thing) -> str:
    """What can be set, with what the policy says about it now."""
    values = {"what": thing.label, "level": WORDS[thing.computed_level].name}
    if thing.key == WHOLE:
        return _("The whole milestone: %(what)s (the rule says %(level)s)") % values
    return _("Its competency %(what)s (the rule says %(level)s)") % values
