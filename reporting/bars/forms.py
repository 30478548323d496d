"""What the forms of a bar and of a split send."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from milestones.bars import Asks, Bar
from milestones.models import Milestone
from milestones.splits import MOST_PARTS, Part
from reporting.bars.page import CriterionBox, unknown_number
from tenancy.errors import Invalid

NEEDING = {Milestone.Rule.AT_LEAST.value, Milestone.Rule.POINTS.value}


def read_bar(criteria: tuple[CriterionBox, ...], data: Mapping[str, str]) -> Bar:
    """`level-<key>`, `target-<key>`, `rule` and `need`. Raises Invalid for what is no number."""
    problems: list[dict[str, str]] = []
    asks = {}
    for one in criteria:
        level = data.get(f"level-{one.key}", str(one.level))
        target = _number(f"target-{one.key}", data.get(f"target-{one.key}", ""), problems) if one.measure else None
        asks[one.key] = Asks(int(level) if level in {"1", "2", "3", "4"} else one.level, target)
    rule = data.get("rule", "")
    need = _number("need", data.get("need", ""), problems) if rule in NEEDING else None
    if problems:
        raise Invalid(problems)
    return Bar(rule, need, asks)


def _number(name: str, text: str, problems: list[dict[str, str]]) -> Decimal | None:
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > 10**6:
        problems.append(unknown_number(name, text))
        return None
    return number.quantize(Decimal("0.01"))


def read_parts(criteria: tuple[CriterionBox, ...], data: Mapping[str, str]) -> list[Part]:
    """`title-<n>` and `part-<n>-<key>`; a part without title and criteria is none."""
    parts = []
    for n in range(1, MOST_PARTS + 1):
        title = data.get(f"title-{n}", "").strip()
        chosen = frozenset(one.key for one in criteria if f"part-{n}-{one.key}" in data)
        if title or chosen:
            parts.append(Part(title, chosen))
    return parts
