"""Forms of tasks: the assessment itself, a form of it, giving it out."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.assessing import TaskContent
from assessments.models import Assessment
from reporting.tasks.texts import TextField

LATEST = date(2199, 12, 31)
RUBRIC, POINTS, LEVEL = "rubric", "points", "level"
CHOOSE = ("required", "invalid_choice", "invalid_list")


def whole(name: Any, low: int, high: int, **kwargs: Any) -> forms.IntegerField:
    text = _lazy_range(low, high)
    messages = dict.fromkeys(("invalid", "min_value", "max_value"), text)
    return forms.IntegerField(
        required=False, min_value=low, max_value=high, label=name, error_messages=messages, **kwargs
    )


def _lazy_range(low: int, high: int) -> Any:
    return gettext_lazy("Enter a whole number from %(low)s to %(high)s, or leave it empty") % {"low": low, "high": high}


class TaskForm(forms.Form):
    """Everything of an assessment but its forms."""

    title = TextField(
        name=gettext_lazy("Title"), missing=gettext_lazy("Enter a title for the task, like Unit check fractions")
    )
    instructions = TextField(name=gettext_lazy("What to do"), rows=3, most=5000)
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"), choices=Assessment.Purpose.choices,
        error_messages=dict.fromkeys(CHOOSE, gettext_lazy("Choose the purpose from the list")),
    )  # fmt: skip
    method = forms.ChoiceField(
        label=gettext_lazy("Method"), choices=Assessment.Method.choices,
        error_messages=dict.fromkeys(CHOOSE, gettext_lazy("Choose the method from the list")),
    )  # fmt: skip
    competencies = forms.TypedMultipleChoiceField(
        coerce=int, label=gettext_lazy("Shows"), widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(CHOOSE, gettext_lazy("Choose at least one competency that the work shows")),
    )  # fmt: skip
    scored_by = forms.ChoiceField(
        label=gettext_lazy("Scored"), widget=forms.RadioSelect,
        choices=[
            (RUBRIC, gettext_lazy("on a rubric")), (POINTS, gettext_lazy("by points")),
            (LEVEL, gettext_lazy("by one level per competency")),
        ],
        error_messages=dict.fromkeys(CHOOSE, gettext_lazy("Choose how the work is scored")),
    )  # fmt: skip
    rubric = forms.TypedChoiceField(
        coerce=int, empty_value=None, required=False, label=gettext_lazy("Rubric"),
        error_messages=dict.fromkeys(CHOOSE, gettext_lazy("Choose a rubric from the list")),
    )  # fmt: skip
    possible = forms.DecimalField(
        required=False, label=gettext_lazy("Points possible"), min_value=Decimal("0.001"), max_value=99999,
        max_digits=8, decimal_places=3,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"),
            gettext_lazy("Enter the points possible, above 0 and up to 99999, like 12"),
        ),
    )  # fmt: skip
    pass_mark = whole(gettext_lazy("Pass mark in percent, if it has one of its own"), 1, 100)
    weight = forms.DecimalField(
        label=gettext_lazy("Weight"), initial=1, min_value=Decimal("0.001"), max_value=100, max_digits=6,
        decimal_places=3,
        error_messages=dict.fromkeys(
            (
                "required", "invalid", "min_value", "max_value", "max_digits", "max_decimal_places",
                "max_whole_digits",
            ),
            gettext_lazy("Enter the weight, above 0 and up to 100, like 1"),
        ),
    )  # fmt: skip
    due_on = forms.DateField(
        required=False, label=gettext_lazy("Due"), widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Enter the day it is due, like 2026-11-19, or leave it empty")},
    )  # fmt: skip
    max_attempts = whole(gettext_lazy("Attempts at most"), 1, 50)
    cool_down_hours = whole(gettext_lazy("Hours between judging and the next attempt"), 0, 2000)
    is_other_method_on_retry = forms.BooleanField(required=False, label=gettext_lazy("Another method on a retry"))
    needs_second_marking = forms.BooleanField(required=False, label=gettext_lazy("A second teacher marks it too"))
    is_practice = forms.BooleanField(required=False, label=gettext_lazy("Practice: shown, never counted"))
    is_shared = forms.BooleanField(required=False, label=gettext_lazy("In the library, for colleagues to copy"))

    def __init__(
        self, data: Any, *, competencies: list[tuple[int, str]], rubrics: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self._choices("competencies", competencies)
        self._choices("rubric", [("", _("none")), *rubrics])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean_due_on(self) -> date | None:
        day: date | None = self.cleaned_data["due_on"]
        if day is not None and not date(2000, 1, 1) <= day <= LATEST:
            raise forms.ValidationError(_("Enter a day from 2000 to 2199, like 2026-11-19, or leave it empty"))
        return day

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        scored_by = values.get("scored_by")
        if scored_by == RUBRIC and values.get("rubric") is None and "rubric" not in self.errors:
            self.add_error("rubric", _("Choose a rubric from the list"))
        if scored_by == POINTS and values.get("possible") is None and "possible" not in self.errors:
            self.add_error("possible", _("Enter the points possible, above 0 and up to 99999, like 12"))
        return values

    def content(self) -> TaskContent:
        """Only what belongs to the chosen way of scoring is kept."""
        values = self.cleaned_data
        by, share = values["scored_by"], values["pass_mark"]
        return TaskContent(
            title=values["title"],
            purpose=values["purpose"],
            method=values["method"],
            competency_ids=tuple(values["competencies"]),
            instructions=values["instructions"],
            rubric_id=values["rubric"] if by == RUBRIC else None,
            possible=values["possible"] if by == POINTS else None,
            pass_mark=Decimal(share) / 100 if share and by == POINTS else None,
            weight=values["weight"],
            is_practice=values["is_practice"],
            due_on=values["due_on"],
            max_attempts=values["max_attempts"],
            cool_down_hours=values["cool_down_hours"] or 0,
            is_other_method_on_retry=values["is_other_method_on_retry"],
            needs_second_marking=values["needs_second_marking"],
            is_shared=values["is_shared"],
        )


def initial_of(content: TaskContent) -> dict[str, Any]:
    by = RUBRIC if content.rubric_id else POINTS if content.possible is not None else LEVEL
    return {
        "title": content.title, "instructions": content.instructions, "purpose": content.purpose,
        "method": content.method, "competencies": list(content.competency_ids), "scored_by": by,
        "rubric": content.rubric_id, "possible": _plain(content.possible), "weight": _plain(content.weight),
        "pass_mark": int(content.pass_mark * 100) if content.pass_mark else None, "due_on": content.due_on,
        "max_attempts": content.max_attempts, "cool_down_hours": content.cool_down_hours or None,
        "is_other_method_on_retry": content.is_other_method_on_retry, "is_practice": content.is_practice,
        "needs_second_marking": content.needs_second_marking, "is_shared": content.is_shared,
    }  # fmt: skip


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


class EquivalentForm(forms.Form):
    """A form of the task: A, B, C …"""

    name = TextField(name=gettext_lazy("Name"), missing=gettext_lazy("Enter a name for the form, like B"), most=20)
    method = forms.ChoiceField(
        required=False, label=gettext_lazy("Method"),
        choices=[("", gettext_lazy("as the task")), *Assessment.Method.choices],
        error_messages=dict.fromkeys(CHOOSE, gettext_lazy("Choose the method from the list")),
    )  # fmt: skip
    instructions = TextField(name=gettext_lazy("What to do on this form"), rows=4, most=5000)
    url = forms.URLField(
        required=False, label=gettext_lazy("Link to the questions"), max_length=500, assume_scheme="https",
        error_messages={
            "invalid": gettext_lazy("Enter a web address that begins with https://, or leave it empty"),
            "max_length": gettext_lazy("The address has %(show_value)d characters. Shorten it to %(limit_value)d"),
            "null_characters_not_allowed": gettext_lazy("This contains a control character. Type it again"),
        },
    )  # fmt: skip

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url and not url.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(_("Enter a web address that begins with https://, or leave it empty"))
        return url


class AssignForm(forms.Form):
    """Whom to give it: the whole class, or one learner, if need be before the cool-down is over."""

    learner = forms.TypedChoiceField(
        coerce=int, empty_value=None, required=False, label=gettext_lazy("Give it to"),
        error_messages=dict.fromkeys(CHOOSE, gettext_lazy("Choose the class or a learner from the list")),
    )  # fmt: skip
    reason = TextField(name=gettext_lazy("Reason to go ahead before the waiting time is over"), rows=2, most=500)

    def __init__(self, data: Any, *, learners: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field: Any = self.fields["learner"]
        field.choices = [("", _("Everybody in the class who has had none")), *learners]
