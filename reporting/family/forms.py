"""Forms for the words that families read. What is wrong with them is said by the service."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

CONTROL = _("This contains a control character. Type it again")


def _text(label: Any, help_text: Any, rows: int = 0) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
        error_messages={"null_characters_not_allowed": CONTROL},
    )  # fmt: skip


class HomeWordsForm(forms.Form):
    title = _text(_("What it is called at home"), _("Everyday words, like: Dividing fractions. May be empty."))
    meaning = _text(_("What it means"), _("What a child does who can do it, in two short sentences."), 3)
    help = _text(
        _("How to help in about ten minutes"),
        _("Something to do or to ask at home, like: While cooking, ask how many quarter cups fit into 2 cups."), 4,
    )  # fmt: skip
    ask = _text(_("A question to ask when it is reached"), _("Like: Is 3(x + 2) the same as 3x + 6? How do you know?"))
