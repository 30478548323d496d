"""The rubric form: a fixed set of rows that works without script, with blank ones at the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from competencies.models import Competency
from competencies.rubrics import LEVELS, MOST_CRITERIA, CriterionContent, RubricContent
from reporting.form_problems import Problems
from reporting.levels import WORDS
from reporting.tasks.texts import text_of

BLANK, FEWEST = 2, 4


@dataclass(frozen=True, slots=True)
class CellBox:
    level: int
    word: Any
    text: str
    family: str
    problem: str


@dataclass(frozen=True, slots=True)
class RowBoxes:
    """One criterion as boxes. `n` counts from 0, `number` from 1."""

    n: int
    title: str
    code: str
    weight: str
    cells: tuple[CellBox, ...]
    problems: tuple[tuple[str, str], ...]

    @property
    def number(self) -> int:
        return self.n + 1

    @property
    def is_blank(self) -> bool:
        return not self.title and not any(cell.text or cell.family for cell in self.cells)

    @property
    def errors(self) -> Problems:
        return dict(self.problems)


def values_of(content: RubricContent) -> dict[str, str]:
    """The boxes of a stored rubric. One query."""
    keys = {content.competency_id} | {one.competency_id for one in content.criteria}
    rows = Competency.objects.filter(id__in=[key for key in keys if key is not None])
    codes: dict[int | None, str] = {key: code or identifier for key, code, identifier in rows.values_list(
        "id", "code", "identifier"
    )}  # fmt: skip
    values = {"title": content.title, "description": content.description, "code": codes.get(content.competency_id, "")}
    values |= {"is_shared": "on" if content.is_shared else "", "is_draft": "on" if content.is_draft else ""}
    for n, one in enumerate(content.criteria):
        values |= {
            f"criterion_{n}": one.title,
            f"code_{n}": codes.get(one.competency_id, ""),
            f"weight_{n}": f"{one.weight.normalize():f}",
        }
        for level, (text, family) in one.texts.items():
            values |= {f"text_{n}_{level}": text, f"family_{n}_{level}": family}
    return values


def boxes(values: Mapping[str, Any], problems: Problems) -> list[RowBoxes]:
    """The filled rows and two blank ones, at least four, at most twelve."""
    filled = [n for n in range(MOST_CRITERIA) if not _row(values, n, problems).is_blank]
    count = min(max((filled[-1] + 1 if filled else 0) + BLANK, FEWEST), MOST_CRITERIA)
    return [_row(values, n, problems) for n in range(count)]


def _row(values: Mapping[str, Any], n: int, problems: Problems) -> RowBoxes:
    def given(name: str) -> str:
        return str(values.get(name, ""))

    cells = tuple(
        CellBox(
            level, WORDS[level].name, given(f"text_{n}_{level}"), given(f"family_{n}_{level}"),
            problems.get(f"text_{n}_{level}", problems.get(f"family_{n}_{level}", "")),
        )
        for level in LEVELS
    )  # fmt: skip
    own = tuple(
        (name, problems[f"{name}_{n}"]) for name in ("criterion", "code", "weight") if f"{name}_{n}" in problems
    )
    return RowBoxes(n, given(f"criterion_{n}"), given(f"code_{n}"), given(f"weight_{n}"), cells, own)


def read_rubric(values: Mapping[str, Any]) -> tuple[RubricContent, Problems]:
    """What was typed, and what is wrong with it. One query."""
    problems: Problems = {}
    rows = [n for n in range(MOST_CRITERIA) if _is_filled(values, n)]
    codes = _competencies(values, rows, problems)
    if not str(values.get("title", "")).strip():
        problems["title"] = _("Enter a title for the rubric, like Explaining with a drawing")
    for n in rows:
        if not str(values.get(f"criterion_{n}", "")).strip():
            message = _("Enter a name for criterion %(n)d, or empty its row")
            problems[f"criterion_{n}"] = message % {"n": n + 1}
    criteria = tuple(
        CriterionContent(
            title=text_of(values, f"criterion_{n}", 200, problems),
            texts={level: _texts(values, n, level, problems) for level in LEVELS if any(_given(values, n, level))},
            competency_id=codes.get(f"code_{n}"),
            weight=_weight(values, n, problems),
        )
        for n in rows
    )
    content = RubricContent(
        title=text_of(values, "title", 200, problems),
        description=text_of(values, "description", 2000, problems),
        competency_id=codes.get("code"),
        is_shared=bool(values.get("is_shared")),
        is_draft=bool(values.get("is_draft")),
        criteria=criteria,
    )
    return content, problems


def _given(values: Mapping[str, Any], n: int, level: int) -> tuple[str, str]:
    return str(values.get(f"text_{n}_{level}", "")).strip(), str(values.get(f"family_{n}_{level}", "")).strip()


def _is_filled(values: Mapping[str, Any], n: int) -> bool:
    return bool(str(values.get(f"criterion_{n}", "")).strip()) or any(any(_given(values, n, each)) for each in LEVELS)


def _texts(values: Mapping[str, Any], n: int, level: int, problems: Problems) -> tuple[str, str]:
    return text_of(values, f"text_{n}_{level}", 2000, problems), text_of(values, f"family_{n}_{level}", 2000, problems)


def _weight(values: Mapping[str, Any], n: int, problems: Problems) -> Decimal:
    text = str(values.get(f"weight_{n}", "")).strip() or "1"
    try:
        weight = Decimal(text)
        if not weight.is_finite() or not Decimal("0.001") <= weight <= 100:
            raise InvalidOperation
    except InvalidOperation:
        message = _("The weight was “%(text)s”. Enter a number above 0, up to 100, like 2")
        problems[f"weight_{n}"] = message % {"text": text[:20]}
        return Decimal(1)
    return weight.quantize(Decimal("0.001"))


def _competencies(values: Mapping[str, Any], rows: list[int], problems: Problems) -> dict[str, int]:
    """{field: competency} for the codes typed. A code that several frameworks use is refused with its fix."""
    names = ("code", *(f"code_{n}" for n in rows))
    typed = {name: text for name in names if (text := text_of(values, name, 255, problems))}
    found = Competency.objects.filter(is_retired=False, is_draft=False)
    by_code = found.filter(code__in=typed.values()).values_list("id", "code")
    by_identifier = found.filter(identifier_key__in=[text.lower() for text in typed.values()])
    known: dict[str, list[int]] = {}
    for key, code in [*by_code, *by_identifier.values_list("id", "identifier_key")]:
        known.setdefault(code, []).append(key)
    result: dict[str, int] = {}
    for name, text in typed.items():
        keys = known.get(text) or known.get(text.lower()) or []
        if len(set(keys)) == 1:
            result[name] = keys[0]
        elif keys:
            message = _("Several competencies have the code “%(code)s”. Use the identifier of the one you mean")
            problems[name] = message % {"code": text[:60]}
        else:
            message = _(
                "There is no competency “%(code)s”. Use a code of your frameworks, like 4.NF.A.1, or leave it empty"
            )
            problems[name] = message % {"code": text[:60]}
    return result
