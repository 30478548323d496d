"""The form of a protocol: a row of boxes for each step. A row without an approach is no step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interventions.models import Protocol
from interventions.protocols import MOST_STEPS, NUMBERS, StepSays
from reporting.rules.forms import WholeNumber

NAMES = {"sessions": _("Sessions"), "minutes": _("Minutes each"), "days": _("Days until it is looked at")}
LEAST_ROWS = 4
Fields = Sequence[tuple[str, str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """The boxes of one step."""

    number: int
    fields: tuple[forms.BoundField, ...]


class ProtocolForm(forms.Form):
    name = forms.CharField(label=_("Name"), required=False, strip=False)
    summary = forms.CharField(
        label=_("When is it of use?"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, sent: Any, protocol: Protocol | None = None) -> None:
        steps = sorted(protocol.steps.all(), key=lambda step: step.position) if protocol else []
        initial = {"name": protocol.name, "summary": protocol.summary} if protocol else {}
        super().__init__(sent, initial=initial)
        self.rows_shown = min(MOST_STEPS, max(LEAST_ROWS, len(steps) + 1))
        for n in range(1, MOST_STEPS + 1):
            step = steps[n - 1] if n <= len(steps) else None
            self.fields |= _fields(n, step)

    @property
    def rows(self) -> list[Row]:
        typed = [n for n in range(1, MOST_STEPS + 1) if self.data.get(f"s{n}_approach", "").strip()]
        shown = max([self.rows_shown, *typed])
        return [
            Row(n, tuple(self[f"s{n}_{name}"] for name in ("approach", "how", *NUMBERS))) for n in range(1, shown + 1)
        ]

    @property
    def steps(self) -> list[StepSays]:
        data = self.cleaned_data
        rows = [n for n in range(1, MOST_STEPS + 1) if data[f"s{n}_approach"].strip()]
        return [
            StepSays(
                f"s{n}", data[f"s{n}_approach"], data[f"s{n}_how"], *(number(data[f"s{n}_{name}"]) for name in NUMBERS)
            )
            for n in rows
        ]


def number(value: int | None) -> int:
    return -1 if value is None else value


def _fields(n: int, step: Any) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {
        f"s{n}_approach": forms.CharField(
            label=_("What is tried"), required=False, strip=False, initial=step.approach if step else ""
        ),
        f"s{n}_how": forms.CharField(
            label=_("How"), required=False, strip=False, initial=step.how if step else "",
            widget=forms.Textarea(attrs={"rows": 2}),
        ),
    }  # fmt: skip
    for name, number in NUMBERS.items():
        attrs = {"inputmode": "numeric", "autocomplete": "off"}
        found[f"s{n}_{name}"] = WholeNumber(
            label=NAMES[name], required=False, initial=getattr(step, name) if step else number.default,
            widget=forms.TextInput(attrs=attrs),
        )  # fmt: skip
    return found
