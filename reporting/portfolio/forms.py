"""The form of a new piece of work."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from assessments.portfolio import NewWork

LONG = gettext_lazy("This has %(show_value)d characters. Shorten it to %(limit_value)d")
CONTROL = gettext_lazy("This contains a control character. Type it again")


def text_field(label: Any, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=False,
        error_messages={"max_length": LONG, "null_characters_not_allowed": CONTROL}, **more,
    )  # fmt: skip


class WorkForm(forms.Form):
    """Title, reflection, and a file, a link or a text; what is wrong with them is said by the service."""

    title = text_field(gettext_lazy("Title"), 200)
    file = forms.FileField(
        label=gettext_lazy("File, picture or sound"), required=False, allow_empty_file=True,
        help_text=gettext_lazy("JPEG, PNG, WebP, PDF, text, sound, video or an office document, up to 10 MB."),
    )  # fmt: skip
    url = text_field(gettext_lazy("Or a link"), 2000, widget=forms.TextInput(attrs={"inputmode": "url"}))
    text = text_field(gettext_lazy("Or a text"), 20_000, widget=forms.Textarea(attrs={"rows": 5}))
    reflection = text_field(
        gettext_lazy("What does it show? What would you do differently?"), 5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    competencies = forms.MultipleChoiceField(
        label=gettext_lazy("What it shows"), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Choose competencies from the list")},
    )  # fmt: skip

    def __init__(self, *args: Any, competencies: list[tuple[str, str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["competencies"]
        field.choices = [(key, name) for key, name, _pk in competencies]
        self.keys = {key: pk for key, _name, pk in competencies}

    def work(self) -> NewWork:
        values = self.cleaned_data
        return NewWork(
            values["title"], values["reflection"], values["text"], values["url"],
            [self.keys[key] for key in values["competencies"]],
        )  # fmt: skip
