"""Learning outcomes as Canvas exports them (outcomes.csv): groups become the tree, the mastery points the goal.

Columns by their documented names; the ratings are the last columns, points and words in turn, under no names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from competencies.table_rows import ACTIVE, RETIRED, Fault, TableRow
from integrations.competency_tables.columns import cell_fault
from integrations.competency_tables.found import Found, Proposal, content_of, identifier_of, number
from integrations.competency_tables.sheet import Sheet, TableRefused

REQUIRED = ("vendor_guid", "object_type", "title")
OPTIONAL = (
    "course_id", "description", "friendly_description", "display_name", "calculation_method", "calculation_int",
    "parent_guids", "workflow_state", "mastery_points", "ratings",
)  # fmt: skip
GROUP, OUTCOME = "group", "outcome"
DEFAULT_METHOD, DEFAULT_WEIGHT, DEFAULT_TIMES = "decaying_average", 65, 5
WITHOUT_GOAL = ngettext_lazy(
    "%(n)d outcome has no mastery points on its scale: the usual rule holds.",
    "%(n)d outcomes have no mastery points on their scale: the usual rule holds.",
    "n",
)
SEVERAL_PARENTS = ngettext_lazy(
    "%(n)d row stands below several groups: it was put below the first one.",
    "%(n)d rows stand below several groups: they were put below the first one.",
    "n",
)
OF_COURSES = ngettext_lazy(
    "%(n)d group belongs to a course there: which one is not taken over.",
    "%(n)d groups belong to a course there: which one is not taken over.",
    "n",
)
DELETED = ngettext_lazy(
    "%(n)d row is deleted there: it comes as retired.", "%(n)d rows are deleted there: they come as retired.", "n"
)


def rule_of(method: str, given: int | None) -> dict[str, Any] | None:
    """Our rule for a calculation method (docs/status-engine.md, Coming from Canvas); None for one that is not known."""
    if method in {"decaying_average", "weighted_average"}:
        return {"method": "last_vs_rest", "weight": (given or DEFAULT_WEIGHT) / 100}
    if method == "standard_decaying_average":
        return {"method": "ewma", "weight": (given or DEFAULT_WEIGHT) / 100}
    if method == "n_mastery":
        return {"method": "n_times", "n": given or DEFAULT_TIMES}
    return {"latest": {"method": "latest"}, "highest": {"method": "highest"}, "average": {"method": "mean"}}.get(method)


def read_canvas(sheet: Sheet) -> Found:
    """Raises TableRefused where the columns are not those of Canvas."""
    names = _header(sheet.rows[0][1])
    return _Reading(sheet, names).found()


def _header(cells: list[str]) -> list[str]:
    names = [cell.casefold() for cell in cells]
    while names and not names[-1]:
        names.pop()
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        said = _("These are not outcomes of Canvas: the column “%(name)s” is missing. Export them again under Outcomes")
        raise TableRefused(said % {"name": missing[0]})
    unknown = next((name for name in names if name and name not in (*REQUIRED, *OPTIONAL)), "")
    if unknown:
        said = _("The column “%(name)s” is none that Canvas exports. Take it out")
        raise TableRefused(said % {"name": unknown[:60]})
    return names


class _Reading:
    def __init__(self, sheet: Sheet, names: list[str]) -> None:
        self.sheet, self.names, self.result = sheet, names, Found()
        self.groups: set[str] = set()
        self.rules: dict[Any, list[str]] = {}
        self.without_goal = self.several_parents = self.of_courses = self.deleted = 0
        self.unknown_methods: Counter[str] = Counter()

    def found(self) -> Found:
        codes = self._codes()
        for row, cells in self.sheet.rows[1:]:
            texts = {name: cells[place] if place < len(cells) else "" for place, name in enumerate(self.names) if name}
            faults = list(self._faults(row, cells, texts))
            self.result.faults += faults
            if not faults:
                self.result.rows.append(self._row(row, texts, codes))
                if texts["object_type"] == OUTCOME:
                    self._rule(texts, cells)
        self._propose()
        self._note()
        return self.result

    def _codes(self) -> Counter[str]:
        """How often each display name is there: one that is there once is a code."""
        place = self.names.index("display_name") if "display_name" in self.names else None
        return Counter(cells[place] for _, cells in self.sheet.rows[1:] if place is not None and place < len(cells))

    def _faults(self, row: int, cells: list[str], texts: dict[str, str]) -> Iterable[Fault]:
        for name, text in texts.items():
            if broken := cell_fault(text, self.sheet.odd.get((row, self.names.index(name)), ""), name == "vendor_guid"):
                yield Fault(row, name, text[:80], *broken)
        guid, kind = texts["vendor_guid"], texts["object_type"]
        if not guid or " " in guid:
            yield Fault(
                row, "vendor_guid", guid[:80], "no_guid", _("Enter the identifier of the outcome, without spaces")
            )
        if kind not in {GROUP, OUTCOME}:
            yield Fault(row, "object_type", kind[:80], "unknown_type", _("Use outcome or group"))
        if not texts["title"]:
            yield Fault(row, "title", "", "no_title", _("Enter the title of the outcome or group"))
        state = texts.get("workflow_state", "")
        if state not in {"", "active", "deleted"}:
            yield Fault(row, "workflow_state", state[:80], "unknown_state", _("Use active or deleted"))
        if kind == OUTCOME and (wrong := self._wrong_rating(cells)):
            said = _("The rating has no number of points. Write it like 3")
            yield Fault(row, "ratings", wrong[:80], "no_points", said)

    def _row(self, row: int, texts: dict[str, str], codes: Counter[str]) -> TableRow:
        guid, is_group = texts["vendor_guid"], texts["object_type"] == GROUP
        parents = texts.get("parent_guids", "").split()
        self.several_parents += len(parents) > 1
        self.of_courses += bool(texts.get("course_id"))
        is_deleted = texts.get("workflow_state") == "deleted"
        self.deleted += is_deleted
        name = texts.get("display_name", "")
        return TableRow(
            number=row, key=guid, identifier=identifier_of("canvas", guid),
            code=name if name and codes[name] == 1 and not is_group else "",
            statement=texts.get("description") or texts["title"],
            short_statement=texts["title"][:200],
            family_statement=texts.get("friendly_description") or None,
            parent=parents[0] if parents else "",
            state=RETIRED if is_deleted else ACTIVE,
            item_type="Group" if is_group else "Outcome",
        )  # fmt: skip

    def _ratings(self, cells: list[str]) -> list[tuple[str, str]]:
        """(points, word) as text, from the column `ratings` on."""
        if "ratings" not in self.names:
            return []
        rest = cells[self.names.index("ratings") :]
        pairs = zip(rest[::2], [*rest[1::2], ""], strict=False)
        return [(points, word) for points, word in pairs if points or word]

    def _wrong_rating(self, cells: list[str]) -> str:
        return next((points or word for points, word in self._ratings(cells) if number(points) is None), "")

    def _rule(self, texts: dict[str, str], cells: list[str]) -> None:
        """Outcomes with the same rule and scale are one proposal."""
        name = texts.get("display_name") or texts["title"]
        method = texts.get("calculation_method") or DEFAULT_METHOD
        given = texts.get("calculation_int", "")
        if rule_of(method, None) is None:
            self.unknown_methods[method[:40]] += 1
            return
        ratings = tuple((points, word) for text, word in self._ratings(cells) if (points := number(text)) is not None)
        goal = self._goal(number(texts.get("mastery_points", "")), [points for points, _ in ratings])
        if goal is None:
            self.without_goal += 1
            return
        self.rules.setdefault((method, int(given) if given.isdigit() else None, ratings, goal), []).append(name)

    def _goal(self, mastery: Decimal | None, points: list[Decimal]) -> Decimal | None:
        """The rating that the mastery points flag: the lowest that reaches them."""
        return min((one for one in points if mastery is not None and one >= mastery), default=None)

    def _propose(self) -> None:
        for (method, given, ratings, goal), names in sorted(self.rules.items(), key=lambda item: -len(item[1])):
            content = content_of(rule_of(method, given) or {}, list(ratings), goal)
            if content is None:
                self.without_goal += len(names)
            else:
                self.result.proposals.append(Proposal(content, tuple(names)))

    def _note(self) -> None:
        notes = self.result.notes
        for method, n in sorted(self.unknown_methods.items()):
            said = ngettext(
                "%(n)d outcome is worked out by “%(method)s”, which is not known here: the rule here holds.",
                "%(n)d outcomes are worked out by “%(method)s”, which is not known here: the rule here holds.",
                n,
            )
            notes.append(said % {"n": n, "method": method})  # fmt: skip
        counts = (
            (self.without_goal, WITHOUT_GOAL),
            (self.several_parents, SEVERAL_PARENTS),
            (self.of_courses, OF_COURSES),
            (self.deleted, DELETED),
        )
        notes += [said % {"n": n} for n, said in counts if n]
