"""The form of a session. What is wrong with the values is said by the service; the form reads them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from interventions.blocks import Place
from learners.models import LearnerGroup
from milestones.models import Milestone

ROWS = 6  # stations that the form offers


class BlockForm(forms.Form):
    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    on = forms.DateField(
        label=_("Day"),
        error_messages={"required": _("Choose the day"), "invalid": _("Enter a date, like 19 Nov 2026")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    minutes = forms.IntegerField(
        label=_("Minutes of one round"),
        error_messages={
            "required": _("Enter the minutes of one round"),
            "invalid": _("Enter the minutes as a number from 5 to 240"),
        },
    )
    groups = forms.MultipleChoiceField(
        label=_("Groups that take part"), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose groups from the list")},
    )  # fmt: skip

    def __init__(self, sent: Any, groups: Sequence[LearnerGroup], milestones: Sequence[Milestone], **values: Any):
        super().__init__(sent, **values)
        self.known_groups = {str(one.public_id): one for one in groups}
        self.known_milestones = {str(one.public_id): one for one in milestones}
        field: Any = self.fields["groups"]
        field.choices = [(key, one.name) for key, one in self.known_groups.items()]
        titles = [("", _("Anything")), *((key, one.title) for key, one in self.known_milestones.items())]
        for n in range(1, ROWS + 1):
            self.fields[f"station-{n}"] = forms.CharField(label=_("Station"), required=False, max_length=120)
            self.fields[f"milestone-{n}"] = forms.ChoiceField(
                label=_("Works on"), required=False, choices=titles,
                error_messages={"invalid_choice": _("Choose a milestone from the list")},
            )  # fmt: skip

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """The boxes of each station."""
        return [(self[f"station-{n}"], self[f"milestone-{n}"]) for n in range(1, ROWS + 1)]

    @property
    def says(self) -> dict[str, Any]:
        data = self.cleaned_data
        stations = [
            Place(name, self.known_milestones.get(data.get(f"milestone-{n}", "")))
            for n in range(1, ROWS + 1)
            if (name := data.get(f"station-{n}", ""))
        ]
        return {
            "title": data["title"], "on": data["on"], "minutes": data["minutes"], "stations": stations,
            "groups": [self.known_groups[key] for key in data["groups"]],
        }  # fmt: skip


def suggested(following: Sequence[tuple[UUID, str]]) -> dict[str, Any]:
    """The first stations: what the class works on next."""
    found: dict[str, Any] = {"minutes": 20}
    for n, (milestone, title) in enumerate(following[:ROWS], start=1):
        found |= {f"station-{n}": title[:120], f"milestone-{n}": str(milestone)}
    return found
