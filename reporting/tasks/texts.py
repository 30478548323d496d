"""Text fields of these pages: what the database can hold, in the words of the error summary."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.pieces import not_storable
from reporting.form_problems import Problems


class TextField(forms.CharField):
    """One line, or with `rows` several; control characters are named and refused."""

    def __init__(self, *, name: Any, missing: Any = "", rows: int = 0, most: int = 200, **kwargs: Any) -> None:
        self.name, self.has_lines = name, rows > 0
        errors = {
            "required": missing,
            "max_length": gettext_lazy("This has %(show_value)d characters. Shorten it to %(limit_value)d"),
            "null_characters_not_allowed": gettext_lazy("This contains a control character. Type it again"),
        }
        kwargs.setdefault("required", bool(missing))
        if rows:
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=most, label=name, error_messages=errors, **kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not_storable(text, has_lines=self.has_lines):
            raise forms.ValidationError(_("This contains a control character. Type it again"))
        return text


def text_of(values: Mapping[str, Any], name: str, most: int, problems: Problems) -> str:
    """A value of several lines, trimmed; what is wrong with it goes to `problems`."""
    text = str(values.get(name, "")).replace("\r\n", "\n").strip()
    if len(text) > most:
        problems[name] = _("This has %(n)d characters. Shorten it to %(most)d") % {"n": len(text), "most": most}
    if not_storable(text, has_lines=True):
        problems[name] = _("This contains a control character. Type it again")
        return ""
    return text


def whole_of(values: Mapping[str, Any], name: str, most: int, problems: Problems) -> int | None:
    """A whole number from 0 to `most`, None where the box is empty; what is wrong with it goes to `problems`."""
    text = str(values.get(name, "")).strip()
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most:
        return int(text)
    if text:
        message = _("This was “%(text)s”. Enter a whole number from 0 to %(most)d, or leave it empty")
        problems[name] = message % {"text": text[:20], "most": most}
    return None


def read_version(values: Mapping[str, Any]) -> int | None:
    """The row version that the page showed."""
    text = str(values.get("version", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def read_level(text: str) -> int | None:
    return int(text) if text in {"1", "2", "3", "4"} else None


def read_levels(values: Mapping[str, Any]) -> dict[int, int]:
    """{what: level} of the fields level_<key>; anything else is left out."""
    found: dict[int, int] = {}
    for name in values:
        prefix, _line, key = name.partition("_")
        level = read_level(str(values.get(name, "")))
        if prefix == "level" and key.isascii() and key.isdigit() and len(key) < 18 and level is not None:
            found[int(key)] = level
    return found
