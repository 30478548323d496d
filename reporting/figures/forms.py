"""Forms of figures and of the calendar."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from competencies.models import Indicator
from learners.models import CalendarDay, Learner
from milestones.indicator_marks import DAY, Figure
from tenancy.errors import Invalid, problem

DATE = gettext_lazy("Enter a date, like 19 Nov 2026")


def day_field(label: Any, *, is_required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=is_required, widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": DATE, "invalid": DATE},
    )  # fmt: skip


class CalendarForm(forms.Form):
    """Days from first to last and what they are, for one school or for all."""

    school = forms.ChoiceField(
        label=gettext_lazy("School"), required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose a school from the list, or all schools")},
    )  # fmt: skip
    first = day_field(gettext_lazy("First day"))
    last = day_field(gettext_lazy("Last day"))
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of day"), choices=CalendarDay.Kind.choices,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose what kind of day it is from the list")
        ),
    )  # fmt: skip
    title = forms.CharField(
        label=gettext_lazy("Name"), required=False, max_length=100,
        help_text=gettext_lazy("Like Autumn break. Shown beside the days."),
        error_messages={
            "max_length": gettext_lazy("The name has %(show_value)d characters. Shorten it to %(limit_value)d"),
            "null_characters_not_allowed": gettext_lazy("The name contains a control character. Type it again"),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, schools: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["school"]
        field.choices = [("", _("All schools")), *schools]


class IndicatorForm(forms.Form):
    """A new figure."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Like Attendance, Homework, Service hours."),
        error_messages={
            "required": gettext_lazy("Enter the name of the figure, like Attendance"),
            "max_length": gettext_lazy("The name has %(show_value)d characters. Shorten it to %(limit_value)d"),
            "null_characters_not_allowed": gettext_lazy("The name contains a control character. Type it again"),
        },
    )  # fmt: skip
    entry = forms.ChoiceField(
        label=gettext_lazy("How it is entered"), choices=Indicator.Entry.choices,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose how the figure is entered from the list")
        ),
    )  # fmt: skip
    unit = forms.CharField(
        label=gettext_lazy("Unit"), required=False, max_length=40,
        help_text=gettext_lazy("Like days, hours, incidents. May be empty."),
        error_messages={"max_length": gettext_lazy("The unit has %(show_value)d characters. Shorten it to 40")},
    )  # fmt: skip
    is_less_better = forms.BooleanField(label=gettext_lazy("Less is better, as with incidents"), required=False)
    follows_calendar = forms.BooleanField(
        label=gettext_lazy("Follows the school calendar: holidays do not count, half days count half"), required=False
    )


def read_day(text: str, today: date) -> date:
    """The day of an address; today for anything else."""
    try:
        return min(date.fromisoformat(text), today)
    except ValueError:
        return today


def read_figures(indicator: Indicator, learners: list[Learner], data: QueryDict) -> dict[int, Figure]:
    """What the page sends: `figure-<public id>` and, for shares, `of-<public id>`. Raises Invalid per number."""
    found: dict[int, Figure] = {}
    problems = []
    for learner in learners:
        name = f"figure-{learner.public_id}"
        if name not in data:
            continue
        try:
            found[learner.pk] = _figure(indicator, data.get(name, ""), data.get(f"of-{learner.public_id}", ""))
        except (InvalidOperation, ValueError):
            text = _("%(name)s: enter a number, like 3 or 2.5, not “%(value)s”")
            values = {"name": learner.name, "value": data.get(name, "")[:40] or data.get(f"of-{learner.public_id}", "")}
            problems.append(problem(name, text % values))
    if problems:
        raise Invalid(problems)
    return found


def _figure(indicator: Indicator, text: str, whole: str) -> Figure:
    text, whole = text.strip().replace(",", "."), whole.strip().replace(",", ".")
    if not text:
        return Figure(None)
    if indicator.entry == Indicator.Entry.DAY:
        if text == "excused":
            return Figure(None)
        if text not in DAY:
            raise ValueError(text)
        return Figure(DAY[text])
    possible = _number(whole) if indicator.entry == Indicator.Entry.SHARE else Decimal(1)
    return Figure(_number(text), possible)


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number) > 10**6:
        raise ValueError(text)
    return number.quantize(Decimal("0.001"))
