"""Forms of the library. What is wrong with the values is said by the services; the forms read them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.library import MOST_TAGS, Draft, Tag
from interventions.models import Resource
from reporting.levels import WORDS
from reporting.library.page import FOR_ALL, Filters
from reporting.pages import read_uuid

ROWS = MOST_TAGS
LEVELS = [("", gettext_lazy("for all levels")), *((str(key), word.name) for key, word in WORDS.items())]
NAMES = ("title", "kind", "summary", "url", "minutes", "material", "subjects", "body")


def _text(label: Any, help_text: Any = "", rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, required=False, strip=False, help_text=help_text, widget=widget)


class ResourceForm(forms.Form):
    """tag_1…: a competency and the level of whom it is made for."""

    title = _text(gettext_lazy("Title"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("Choose")), *Resource.Kind.choices],
        error_messages={"invalid_choice": gettext_lazy("Choose the kind from the list")},
    )  # fmt: skip
    summary = _text(gettext_lazy("What it is"), gettext_lazy("Learners and families read this."), 2)
    url = _text(gettext_lazy("Link"), gettext_lazy("Begins with https://. May be empty."))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), required=False,
        error_messages={"invalid": gettext_lazy("Enter the minutes as a number from 1 to 480")},
    )  # fmt: skip
    material = _text(gettext_lazy("What you need for it"), gettext_lazy("Like: paper strips, scissors"))
    subjects = _text(gettext_lazy("Other subjects it reaches into"), gettext_lazy("Like: Art, Science"))
    body = _text(gettext_lazy("Notes for who teaches with it"), gettext_lazy("Learners do not see this."), 5)

    def __init__(self, data: QueryDict | None, *, competencies: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(data, **values)
        wrong = {"invalid_choice": gettext_lazy("Choose competencies from the list")}
        for n in range(1, ROWS + 1):
            self.fields[f"tag_{n}"] = forms.ChoiceField(
                label=_("Helps with (%(n)d)") % {"n": n}, required=False, error_messages=wrong,
                choices=[("", _("Nothing")), *competencies],
            )  # fmt: skip
            self.fields[f"level_{n}"] = forms.ChoiceField(
                label=_("Made for (%(n)d)") % {"n": n}, required=False, choices=LEVELS,
                error_messages={"invalid_choice": gettext_lazy("Choose a level from the list")},
            )  # fmt: skip

    @property
    def words(self) -> list[forms.BoundField]:
        return [self[name] for name in NAMES]

    @property
    def tags(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"tag_{n}"], self[f"level_{n}"]) for n in range(1, ROWS + 1)]

    def draft(self) -> Draft:
        values = self.cleaned_data
        tags = [
            Tag(UUID(values[f"tag_{n}"]), int(values[f"level_{n}"]) if values[f"level_{n}"] else None)
            for n in range(1, ROWS + 1)
            if values[f"tag_{n}"]
        ]
        return Draft(**{name: values[name] for name in NAMES}, tags=tuple(tags))


def first_values(resource: Resource) -> dict[str, Any]:
    """The form as the resource stands. One query."""
    values: dict[str, Any] = {name: getattr(resource, name) for name in NAMES}
    tags = resource.tags.order_by("competency__code", "level", "id").values_list("competency__public_id", "level")
    for n, (competency, level) in enumerate(tags[:ROWS], 1):
        values[f"tag_{n}"], values[f"level_{n}"] = str(competency), "" if level is None else str(level)
    return values


def read_filters(query: QueryDict) -> Filters:
    """What cannot be read is left out."""
    kind, level = query.get("kind", ""), query.get("level", "")
    return Filters(
        kind=kind if kind in Resource.Kind.values else "",
        competency=read_uuid(query.get("competency")),
        level=level if level == FOR_ALL or level in {str(key) for key in WORDS} else "",
        text=query.get("q", "").replace("\x00", "").strip()[:100],
        is_off=query.get("off") == "1",
    )
