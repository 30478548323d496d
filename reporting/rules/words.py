"""A rule as a sentence: when this happens, do that, there. The numbers of the first part can be boxes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from interventions.models import Reason, Rule
from interventions.reasons import NUMBERS, params_of

Count = Callable[[int], str]
WHEN: dict[str, Count] = {
    Reason.DROPPED: lambda n: ngettext(
        "When a level went down in the last {days} day", "When a level went down in the last {days} days", n
    ),
    Reason.STALLED: lambda n: ngettext(
        "When a learner is at Beginning or Developing for more than {days} day",
        "When a learner is at Beginning or Developing for more than {days} days", n,
    ),
    Reason.ONE_KIND: lambda n: ngettext(
        "When a learner is at Beginning or Developing for more than {days} day, with {pieces} pieces or more that are "
        "all of one kind",
        "When a learner is at Beginning or Developing for more than {days} days, with {pieces} pieces or more that are "
        "all of one kind", n,
    ),
    Reason.NOT_STARTED: lambda n: ngettext(
        "When nothing is shown yet, {days} day or more after the target date",
        "When nothing is shown yet, {days} days or more after the target date", n,
    ),
    Reason.BEHIND: lambda n: ngettext(
        "When a learner is at Beginning or Developing, {days} day or more after the target date",
        "When a learner is at Beginning or Developing, {days} days or more after the target date", n,
    ),
    Reason.BLOCKED: lambda n: ngettext(
        "When nothing is shown yet, the target date is at most {days} day away, and something that comes before is "
        "not at Meets",
        "When nothing is shown yet, the target date is at most {days} days away, and something that comes before is "
        "not at Meets", n,
    ),
    Reason.ATTEMPTS: lambda n: _("When {tries} tries or more were judged since the level began, and it is below Meets"),
    Reason.STALE: lambda n: _("When Meets or Mastery was last shown {days} days ago or earlier"),
    Reason.ASKED: lambda n: _("When a learner asks for help, for a second look, or to be assessed again"),
    Reason.EARLY: lambda n: ngettext(
        "When Mastery was reached for the first time before the target date, in the last {days} day",
        "When Mastery was reached for the first time before the target date, in the last {days} days", n,
    ),
}  # fmt: skip
# What 0 days say, where they say something of their own.
USUAL: dict[str, Any] = {
    Reason.STALLED: gettext_lazy(
        "When a learner is at Beginning or Developing for longer than is usual for the milestone"
    ),
    Reason.ONE_KIND: gettext_lazy(
        "When a learner is at Beginning or Developing for longer than is usual for the milestone, with {pieces} pieces "
        "or more that are all of one kind"
    ),
}
MANY = 2  # of a box it is not known how many will stand in it
NAMES = {"days": gettext_lazy("Days"), "pieces": gettext_lazy("Pieces"), "tries": gettext_lazy("Tries")}
BOX = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Part:
    """Text, or the box of a number."""

    text: str = ""
    box: str = ""


def parts_of(reason: str) -> list[Part]:
    """The first half of the sentence with its boxes in order."""
    pieces = BOX.split(WHEN[reason](MANY))
    return [Part(box=one) if n % 2 else Part(text=one) for n, one in enumerate(pieces) if one]


def when(reason: str, params: Mapping[str, Any]) -> str:
    numbers = params_of(reason, params)
    is_usual = reason in USUAL and numbers["days"] == 0
    words = str(USUAL[reason]) if is_usual else WHEN[reason](numbers.get("days", MANY))
    return words.format(**numbers)


def then(rule: Rule | None) -> str:
    """What is done, as the second half. None: the house's own rules."""
    return _("show them on Today") if rule is None else THEN[rule.action](rule)


def sentence(rule: Rule) -> str:
    return _("%(when)s: %(then)s.") % {"when": when(rule.reason, rule.params), "then": then(rule)}


def house_sentence(reason: str) -> str:
    return _("%(when)s: %(then)s.") % {"when": when(reason, {}), "then": then(None)}


def where(rule: Rule) -> str:
    """Everywhere, at a school, in a class; for a milestone."""
    if rule.section is not None:
        place = _("In %(place)s") % {"place": rule.section.title}
    elif rule.school is not None:
        place = _("At %(place)s") % {"place": rule.school.name}
    else:
        place = _("Everywhere")
    if rule.milestone is None:
        return place
    return _("%(place)s, for %(milestone)s") % {"place": place, "milestone": rule.milestone.title}


def has_usual(reason: str) -> bool:
    """Whether 0 days says: longer than is usual."""
    return reason in USUAL


def numbers_of(reason: str) -> dict[str, int]:
    return {name: number.default for name, number in NUMBERS[reason].items()}


def _plan(rule: Rule) -> str:
    if rule.protocol is None:
        return _("propose a support plan")
    return _("propose a support plan by the protocol “%(name)s”") % {"name": rule.protocol.name}


def _resource(rule: Rule) -> str:
    if rule.resource is None:
        return _("give reading or practice of the library that fits the level")
    return _("give “%(name)s”") % {"name": rule.resource.title}


def _extension(rule: Rule) -> str:
    if rule.resource is None:
        return _("offer an extension of the library")
    return _("offer “%(name)s”") % {"name": rule.resource.title}


def _notice(rule: Rule) -> str:
    to = {
        Rule.Audience.TEACHER: _("write to the teachers of the class: “%(name)s”"),
        Rule.Audience.LEARNER: _("write to the learner: “%(name)s”"),
        Rule.Audience.HOME: _("write home: “%(name)s”"),
    }
    return to[Rule.Audience(rule.audience)] % {"name": rule.name}


THEN: dict[str, Callable[[Rule], str]] = {
    Rule.Action.QUEUE: lambda rule: _("show them on Today"),
    Rule.Action.PLAN: _plan,
    Rule.Action.RESOURCE: _resource,
    Rule.Action.GROUP: lambda rule: _("propose a group"),
    Rule.Action.PEER: lambda rule: _("propose a peer tutor"),
    Rule.Action.ENRICH: _extension,
    Rule.Action.NOTICE: _notice,
}
