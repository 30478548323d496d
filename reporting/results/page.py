"""Did it work: each thing that was tried, beside similar learners without it. Small groups are hidden."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.models import Protocol, Resource, SupportPlan
from interventions.results import APPROACH, KIND, PROTOCOL, RESOURCE, Compared, results
from learners.models import Learner
from reporting.csv_cells import csv_text
from tenancy.actor import DST, Actor
from tenancy.audit import record_audit

AGGREGATE = ("School or district aggregate", "read")
HEAD = (
    "kind", "what", "with_it", "with_it_moved_up", "similar_without_it", "similar_moved_up", "difference_percent",
    "interval_low", "interval_high",
)  # fmt: skip
HIDDEN = "fewer than 10"


@dataclass(frozen=True, slots=True)
class Line:
    """found: None where either side is under ten learners: then the name alone is told, of typed words not even it."""

    title: str
    found: Compared | None
    sentence: str
    conclusion: str

    @property
    def percents(self) -> tuple[int, int, int]:
        """The difference and its interval, in points."""
        if self.found is None:
            return 0, 0, 0
        one = self.found.difference
        return round(100 * one.value), round(100 * one.low), round(100 * one.high)

    @property
    def points(self) -> tuple[str, ...]:
        """The same for reading: with the sign of less."""
        return tuple(f"\N{MINUS SIGN}{-n}" if n < 0 else str(n) for n in self.percents)


@dataclass(frozen=True, slots=True)
class Part:
    """hidden: things whose names stay untold, because they are words that a teacher typed."""

    key: str
    title: Any
    lines: tuple[Line, ...]
    hidden: int


TITLES = (
    (KIND, gettext_lazy("Kinds of plan")),
    (PROTOCOL, gettext_lazy("Protocols")),
    (APPROACH, gettext_lazy("What was tried")),
    (RESOURCE, gettext_lazy("Resources")),
)


def results_page(actor: Actor) -> tuple[Part, ...]:
    """Of the learners about whom the actor gets figures. Seven queries."""
    # The district's figures are of the whole tenant, and suppressed: so are all of this page.
    learners = Learner.objects.all() if actor.has(DST) else Learner.objects.visible_to(actor, *AGGREGATE)
    found = results(list(learners.values_list("id", flat=True)), timezone.now(), actor.today)
    names = _names(found)
    return tuple(_part(key, title, [one for one in found if one.what == key], names) for key, title in TITLES)


def results_csv(actor: Actor) -> str:
    """What the page shows, as a file. It is noted in the audit."""
    parts = results_page(actor)
    lines = [_cells(part, line) for part in parts for line in part.lines]
    record_audit(actor, "results.exported", detail={"lines": len(lines)})
    return csv_text(HEAD, lines)


def _cells(part: Part, line: Line) -> list[str]:
    one = line.found
    if one is None:
        return [str(part.title), line.title, HIDDEN, "", HIDDEN, "", "", "", ""]
    counts = (one.having.pairs, one.having.moved, one.without.pairs, one.without.moved)
    return [str(part.title), line.title, *map(str, (*counts, *line.percents))]


def _names(found: Iterable[Compared]) -> dict[tuple[str, str], str]:
    names: dict[tuple[str, str], str] = {(KIND, key): str(label) for key, label in SupportPlan.Kind.choices}
    keys = {what: [int(one.which) for one in found if one.what == what] for what in (PROTOCOL, RESOURCE)}
    for key, name in Protocol.objects.filter(id__in=keys[PROTOCOL]).values_list("id", "name"):
        names[PROTOCOL, str(key)] = name
    for key, title in Resource.objects.filter(id__in=keys[RESOURCE]).values_list("id", "title"):
        names[RESOURCE, str(key)] = title
    return names


def _part(key: str, title: Any, found: list[Compared], names: dict[tuple[str, str], str]) -> Part:
    told = [one for one in found if key != APPROACH or one.is_told]
    lines = [_line(one, names.get((one.what, one.which), one.which)) for one in told]
    lines.sort(key=lambda line: (line.found is None, line.title.casefold()))
    return Part(key, title, tuple(lines), len(found) - len(told))


def _line(one: Compared, title: str) -> Line:
    title = title[:1].upper() + title[1:]
    if not one.is_told:
        return Line(title, None, "", "")
    return Line(title, one, _sentence(one), _conclusion(one))


def _sentence(one: Compared) -> str:
    text = _("With it %(moved)d of %(n)d moved up within 30 days, of %(others)d similar learners without it %(rose)d.")
    return text % {
        "moved": one.having.moved, "n": one.having.pairs, "others": one.without.pairs, "rose": one.without.moved,
    }  # fmt: skip


def _conclusion(one: Compared) -> str:
    """No cause is claimed."""
    found = one.difference
    words: dict[bool | None, Callable[[], str]] = {
        True: lambda: _("That is more often than without it. It does not show why."),
        False: lambda: _("That is less often than without it. It does not show why."),
        None: lambda: _("The difference may well be chance."),
    }
    return words[True if found.low > 0 else False if found.high < 0 else None]()
