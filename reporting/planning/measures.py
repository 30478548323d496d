"""What can show that a goal is reached, as one list to choose from: competencies of the plan, and figures."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from competencies.models import Competency, Indicator
from competencies.statements import label_of
from milestones.models import Criterion
from milestones.plans import Asked
from milestones.smart import Measured
from reporting.levels import WORDS
from status_engine import Level
from tenancy.errors import Invalid, problem

MOST, LONGEST = 300, 90
RATES = (Indicator.Entry.DAY, Indicator.Entry.SHARE)
HIGHEST = {True: Decimal(100), False: Decimal(99_999)}  # a rate in percent, else as counted


@dataclass(frozen=True, slots=True)
class Measures:
    """`choices`: for a select, in groups; `things`: {value of the select: competency or indicator}."""

    choices: list[Any]
    things: dict[str, Competency | Indicator]

    def asked(self, value: str, level: int, target: Decimal | None, *, is_growth: bool = False) -> Asked | None:
        """The criterion that is meant; None for no choice. Raises Invalid for a figure without a good number."""
        thing = self.things.get(value)
        if thing is None:
            return None
        if isinstance(thing, Competency):
            return Asked(thing, Level(level))
        return figure_asked(thing, target, is_growth=is_growth)


def figure_asked(indicator: Indicator, target: Decimal | None, *, is_growth: bool = False) -> Asked:
    """A criterion over a figure of this term, or over its growth. Raises Invalid for a number that cannot be."""
    is_rate = indicator.entry in RATES
    if is_rate and is_growth:
        text = _("%(name)s is a share of days or tasks. Growth is for counts and amounts; enter the share to reach")
        raise Invalid([problem("way", text % {"name": indicator.name})])
    if target is None:
        text = _("Enter the number to reach for %(name)s, like 95") % {"name": indicator.name}
        raise Invalid([problem("target", text, "missing")])
    least = -HIGHEST[is_rate] if is_growth else Decimal(0)
    if not least <= target <= HIGHEST[is_rate]:
        values = {"name": indicator.name, "least": least, "most": HIGHEST[is_rate], "value": f"{target.normalize():f}"}
        text = _("%(name)s: enter a number from %(least)s to %(most)s, not %(value)s") % values
        raise Invalid([problem("target", text, "out_of_range")])
    return Asked(
        indicator.competency, measure="change" if is_growth else "rate" if is_rate else "sum", target=target,
        period="term",
        is_at_most=indicator.is_less_better,
    )  # fmt: skip


def measures(competency_ids: Collection[int], *, keep: Collection[int] = ()) -> Measures:
    """Competencies to choose from and all figures. Two queries. `keep`: more competencies, chosen before."""
    wanted = Q(id__in=list(competency_ids), is_draft=False, framework__state="active") | Q(id__in=list(keep))
    rows = Competency.objects.filter(wanted, indicators=None).select_related("framework")
    found = list(rows.order_by("framework__title", "framework_id", "tree_order", "id")[:MOST])
    figures = list(Indicator.objects.filter(is_active=True).select_related("competency").order_by("name", "id"))
    things: dict[str, Competency | Indicator] = {f"c:{one.public_id}": one for one in found}
    things |= {f"i:{one.public_id}": one for one in figures}
    groups: list[Any] = [
        (title, [(f"c:{one.public_id}", label_of(one, LONGEST)) for one in group])
        for title, group in groupby(found, key=lambda one: one.framework.title)
    ]
    if figures:
        groups.append((_("Figures that are counted"), [(f"i:{one.public_id}", _of_figure(one)) for one in figures]))
    return Measures(groups, things)


def _of_figure(indicator: Indicator) -> str:
    unit = "%" if indicator.entry in RATES else indicator.unit
    return f"{indicator.name} ({unit})" if unit else indicator.name


def value_of(criterion: Criterion | None, figures: dict[int, Indicator]) -> str:
    """The value in the list of a criterion that stands."""
    if criterion is None:
        return ""
    indicator = figures.get(criterion.competency_id)
    return f"i:{indicator.public_id}" if indicator else f"c:{criterion.competency.public_id}"


def in_words(criterion: Criterion, figures: dict[int, Indicator]) -> str:
    """What shows it, as a phrase: “NF.1 Compare fractions” at Meets, Attendance at least 95 %."""
    if not criterion.measure:
        level = WORDS[criterion.required_level].name
        return _("%(what)s at %(level)s") % {"what": label_of(criterion.competency), "level": level}
    indicator = figures.get(criterion.competency_id)
    unit = "%" if criterion.measure == "rate" else (indicator.unit if indicator else "")
    number = f"{(criterion.target or Decimal(0)).normalize():f} {unit}".strip()
    values = {"what": indicator.name if indicator else label_of(criterion.competency), "number": number}
    if criterion.measure == "change":
        text = _("%(what)s: a change of at most %(number)s") if criterion.is_at_most else _("%(what)s: %(number)s more")
    else:
        text = _("%(what)s: at most %(number)s") if criterion.is_at_most else _("%(what)s: at least %(number)s")
    return (_("%(text)s this term") if criterion.period == "term" else "%(text)s") % {"text": text % values}


def measured(asked: Asked | None) -> tuple[Measured, ...]:
    """The same for the SMART hints."""
    if asked is None:
        return ()
    if asked.measure:
        return (Measured(target=asked.target, is_rate=asked.measure == "rate"),)
    return (Measured(level=int(asked.level)),)


def figures_by_competency(competency_ids: Collection[int]) -> dict[int, Indicator]:
    """{competency: its figure}. One query."""
    rows = Indicator.objects.filter(competency_id__in=list(competency_ids))
    return {one.competency_id: one for one in rows}
