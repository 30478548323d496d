"""Forms of recognition. What is wrong with a text is said by the service."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.levels import WORDS
from status_engine import Level

CONTROL = gettext_lazy("This contains a control character. Type it again")
NEVER = "never"
CHOICES = (Level.MEETS, Level.MASTERY, Level.DEVELOPING, Level.BEGINNING)
AS_DISTRICT = "district"


class WordsForm(forms.Form):
    """A good word of a teacher."""

    text = forms.CharField(
        label=gettext_lazy("A good word"), required=False, strip=True,
        help_text=gettext_lazy("Say what you saw. Learner and family read it at once. Up to 300 characters."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"null_characters_not_allowed": CONTROL},
    )  # fmt: skip


class ClassmateForm(forms.Form):
    """A good word of a learner for somebody of the own classes."""

    learner = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose a classmate from the list")
        ),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("What did you see?"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Like: You helped me find my mistake. A teacher reads it first. Up to 300 characters."),
        error_messages={"null_characters_not_allowed": CONTROL},
    )  # fmt: skip

    def __init__(self, *args: Any, classmates: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["learner"]
        field.choices = [("", _("Choose")), *classmates]


class CelebrationForm(forms.Form):
    """For one school or (empty) all of them: the level, never, or as the district does."""

    school = forms.ChoiceField(
        label=gettext_lazy("School"), required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose a school from the list")},
    )  # fmt: skip
    level = forms.ChoiceField(
        label=gettext_lazy("Celebrate from"),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose a level from the list, or never")
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, schools: list[tuple[str, str]], may_all: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_all = may_all
        school: Any = self.fields["school"]
        school.choices = [*([("", _("All schools"))] if may_all else []), *schools]
        level: Any = self.fields["level"]
        level.choices = [
            *((str(int(one)), WORDS[one].name) for one in CHOICES),
            (NEVER, _("Never")),
            (AS_DISTRICT, _("As the district does")),
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """All schools are the district itself, and only the district sets what holds for all of them."""
        values = self.cleaned_data
        is_of_all = "school" in values and not values["school"]
        if is_of_all and (not self.may_all or values.get("level") == AS_DISTRICT):
            self.add_error("school", gettext_lazy("Choose a school from the list"))
        return values
