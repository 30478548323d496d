"""The form of a rule: its numbers as boxes of a sentence, and what it does where. The services say what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interventions.models import Protocol, Resource, Rule
from interventions.reasons import NUMBERS
from interventions.rules import RulePlace, RuleSays, changes_all
from learners.models import School, Section
from learners.reach import my_school_ids
from milestones.models import Milestone
from reporting.rules.words import NAMES, numbers_of
from tenancy.actor import Actor

EVERYWHERE = "everywhere"
Action = Rule.Action
GIVES = (Action.RESOURCE, Action.ENRICH)
CHOOSE = _("Choose from the list")
Choices = Sequence[tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen, by public id."""

    schools: Mapping[str, School]
    sections: Mapping[str, Section]
    milestones: Mapping[str, Milestone]
    protocols: Mapping[str, Protocol]
    resources: Mapping[str, Resource]
    everywhere: bool


def offered_to(actor: Actor) -> Offered:
    """Five queries."""
    everywhere, mine = changes_all(actor), my_school_ids(actor)
    schools, sections = School.objects.order_by("name", "id"), Section.objects.filter(is_active=True)
    if not everywhere:
        schools, sections = schools.filter(id__in=mine), sections.filter(school_id__in=mine)
    reached = sections.values("id")
    milestones = Milestone.objects.filter(Q(section=None) | Q(section_id__in=reached), learner=None, is_active=True)
    return Offered(
        schools=_by_id(schools),
        sections=_by_id(sections.order_by("title", "id")),
        milestones=_by_id(milestones.order_by("code", "title", "id")),
        protocols=_by_id(Protocol.objects.filter(is_active=True).order_by("name")),
        resources=_by_id(Resource.objects.filter(is_active=True).order_by("title", "id")),
        everywhere=everywhere,
    )


def _by_id(rows: Any) -> dict[str, Any]:
    return {str(row.public_id): row for row in rows}


class RuleForm(forms.Form):
    """Where, for what and whether as a message: only for a new rule. The rest may be changed later."""

    place = forms.ChoiceField(label=_("Where"), required=False, error_messages={"invalid_choice": CHOOSE})
    milestone = forms.ChoiceField(label=_("For"), required=False, error_messages={"invalid_choice": CHOOSE})
    action = forms.ChoiceField(
        label=_("Then"), required=False, choices=Action.choices, error_messages={"invalid_choice": CHOOSE}
    )
    protocol = forms.ChoiceField(
        label=_("By which protocol"), required=False, error_messages={"invalid_choice": CHOOSE}
    )
    resource = forms.ChoiceField(label=_("What is given"), required=False, error_messages={"invalid_choice": CHOOSE})
    audience = forms.ChoiceField(
        label=_("To whom"), required=False, choices=[("", _("Choose")), *Rule.Audience.choices],
        error_messages={"invalid_choice": CHOOSE},
    )  # fmt: skip
    name = forms.CharField(label=_("Subject"), required=False, strip=False)
    text = forms.CharField(
        label=_("Message"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("{learner} and {milestone} are filled in. Families and learners read this: say no level that is "
                    "not released."),
    )  # fmt: skip

    def __init__(self, offered: Offered, reason: str, sent: Any, rule: Rule | None = None, **values: Any) -> None:
        super().__init__(sent, initial=_initial(reason, rule), **values)
        self.offered, self.reason, self.numbers = offered, reason, list(NUMBERS[reason])
        for name in self.numbers:
            self.fields[name] = _number(name)
        self._fill("place", _places(offered))
        self._fill("milestone", [("", _("All milestones")), *_named(offered.milestones)])
        self._fill("protocol", [("", _("None: the teacher says what to try")), *_named(offered.protocols)])
        self._fill("resource", [("", _("What fits the level, of the library")), *_named(offered.resources)])
        if rule is not None:
            for name in ("place", "milestone", "action", "audience", *NOT_FOR[rule.action]):
                del self.fields[name]

    def _fill(self, name: str, choices: Choices) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean_place(self) -> str:
        place: str = self.cleaned_data["place"]
        if not place and not self.offered.everywhere:
            raise forms.ValidationError(_("Choose one of your schools or classes"))
        return place

    @property
    def place_of(self) -> RulePlace:
        key = self.cleaned_data.get("place", "")
        milestone = self.offered.milestones.get(self.cleaned_data.get("milestone", ""))
        return RulePlace(self.offered.schools.get(key), self.offered.sections.get(key), milestone)

    @property
    def says(self) -> RuleSays:
        data = self.cleaned_data
        return RuleSays(
            numbers={name: data[name] for name in self.numbers},
            protocol=self.offered.protocols.get(data.get("protocol", "")),
            resource=self.offered.resources.get(data.get("resource", "")),
            name=data.get("name", ""),
            text=data.get("text", ""),
        )


FOR = {"protocol": (Action.PLAN,), "resource": GIVES, "name": (Action.NOTICE,), "text": (Action.NOTICE,)}
NOT_FOR = {action: tuple(name for name, some in FOR.items() if action not in some) for action in Action.values}


class WholeNumber(forms.CharField):
    """The number, or none: in which range it has to be, the service says."""

    def clean(self, value: Any) -> int | None:
        text = str(value or "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _number(name: str) -> WholeNumber:
    attrs = {"class": "input", "inputmode": "numeric", "size": 3, "autocomplete": "off", "aria-label": NAMES[name]}
    return WholeNumber(label=NAMES[name], required=False, widget=forms.TextInput(attrs=attrs))


def _initial(reason: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {**numbers_of(reason), "action": Action.QUEUE}
    keys = {name: str(one.public_id) for name, one in (("protocol", rule.protocol), ("resource", rule.resource)) if one}
    return {**numbers_of(reason), **rule.params, **keys, "name": rule.name, "text": rule.text}


def _named(some: Mapping[str, Any]) -> Choices:
    return [(key, str(one)) for key, one in some.items()]


def _places(offered: Offered) -> Choices:
    groups: list[tuple[Any, Any]] = [(EVERYWHERE, _("Everywhere"))] if offered.everywhere else []
    groups.append((_("Schools"), _named(offered.schools)))
    groups.append((_("Classes"), _named(offered.sections)))
    return [group for group in groups if group[1]]
