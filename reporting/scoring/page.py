"""What the score pages show: one milestone × the whole class."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from competencies.models import RubricDescriptor
from learners.classes import seated_learners_of
from learners.models import Learner, Section
from milestones.models import MilestoneStatus, ScoreEntry, ScoreSheet, SectionMilestone
from milestones.score_preview import After
from milestones.score_sheets import competencies_of, levels_of, levels_with, may_undo
from reporting.levels import WORDS
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.models import Tenant

SCORE = ("Evidence", "create")


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One learner. `after`: the milestone level as it would be; None where nothing is scored."""

    learner_pk: int
    learner_id: UUID
    name: str
    level: int
    mark: str = ""
    scored: int | None = None
    comment: str = ""
    version: int = 0
    after: int | None = None
    drop: str = ""

    @property
    def choice(self) -> str:
        """The value of the radio button that is pressed."""
        return str(self.scored) if self.scored else self.mark

    @property
    def would_drop(self) -> bool:
        return self.after is not None and self.after < self.level


@dataclass(frozen=True, slots=True)
class Descriptor:
    level: int
    key: str
    name: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """A choice of a row: its value, the key that presses it, what stands on it and what it is called."""

    value: str
    key: str
    letter: str
    name: str
    level: str = ""


def buttons() -> tuple[Button, ...]:
    """No evidence, the four levels, absent."""
    levels = [Button(str(n), str(n), str(WORDS[n].letter), str(WORDS[n].name), WORDS[n].key) for n in range(1, 5)]
    return (
        Button("none", "0", "–", _("No evidence"), WORDS[0].key),
        *levels,
        Button("absent", "x", _("Abs"), _("Absent")),
    )


@dataclass(frozen=True, slots=True)
class SheetPage:
    sheet_pk: int
    sheet_id: UUID
    section_id: UUID
    section_title: str
    milestone_id: UUID
    milestone_code: str
    milestone_title: str
    title: str
    kind: str
    occurred_on: date
    is_practice: bool
    released_at: datetime | None
    may_undo: bool
    rows: tuple[ScoreRow, ...]
    rubric: tuple[Descriptor, ...]
    buttons: tuple[Button, ...]

    @property
    def scored(self) -> int:
        return sum(bool(row.mark) for row in self.rows)

    @property
    def drops(self) -> list[ScoreRow]:
        return [row for row in self.rows if row.would_drop]

    @property
    def rises(self) -> int:
        return sum(row.after is not None and row.after > row.level for row in self.rows)

    @property
    def with_level(self) -> int:
        return sum(row.scored is not None for row in self.rows)

    @property
    def comments(self) -> int:
        return sum(bool(row.comment) for row in self.rows if row.scored)


def visible_sheet(actor: Actor, section_id: UUID, sheet_id: UUID) -> ScoreSheet:
    """The sheet with its class and milestone. Raises NotFound."""
    rows = ScoreSheet.objects.visible_to(actor, *SCORE).select_related("section", "milestone")
    found: ScoreSheet | None = rows.filter(public_id=sheet_id, section__public_id=section_id).first()
    if found is None:
        raise NotFound
    return found


def planned(section: Section) -> list[SectionMilestone]:
    """What the class works towards and can be scored: milestones with a criterion that asks for a level."""
    rows = SectionMilestone.objects.filter(section_id=section.pk, milestone__is_active=True)
    rows = rows.filter(milestone__criteria__measure="").distinct().select_related("milestone")
    return list(rows.order_by("position", "id"))


@dataclass(frozen=True, slots=True)
class OpenSheet:
    sheet_id: UUID
    title: str
    milestone: str
    occurred_on: date
    scored: int


def open_sheets(section: Section) -> list[OpenSheet]:
    """Sheets that wait for their release, newest first."""
    rows = ScoreSheet.objects.filter(section_id=section.pk, released_at=None).select_related("milestone")
    sheets = list(rows.prefetch_related("entries").order_by("-opened_at")[:20])
    return [
        OpenSheet(one.public_id, one.title, f"{one.milestone.code} {one.milestone.title}".strip(), one.occurred_on,
                  sum(bool(entry.mark) for entry in one.entries.all()))
        for one in sheets
    ]  # fmt: skip


def sheet_page(actor: Actor, sheet: ScoreSheet, tenant: Tenant) -> SheetPage:
    """The whole class on one page, in a fixed number of queries."""
    learners = seated_learners_of(sheet.section_id, actor.today)
    entries = {entry.learner_id: entry for entry in sheet.entries.all()}
    statuses = MilestoneStatus.objects.filter(milestone_id=sheet.milestone_id, learner_id__in=[x.pk for x in learners])
    levels = dict(statuses.values_list("learner_id", "level"))
    after = levels_with(sheet, levels_of(entries.values()), tenant) if sheet.released_at is None else {}
    return SheetPage(
        sheet_pk=sheet.pk, sheet_id=sheet.public_id, section_id=sheet.section.public_id,
        section_title=sheet.section.title, milestone_id=sheet.milestone.public_id,
        milestone_code=sheet.milestone.code, milestone_title=sheet.milestone.title, title=sheet.title,
        kind=sheet.get_kind_display(), occurred_on=sheet.occurred_on, is_practice=sheet.is_practice,
        released_at=sheet.released_at, may_undo=may_undo(sheet),
        rows=tuple(row_of(one, entries.get(one.pk), levels.get(one.pk, 0), after.get(one.pk)) for one in learners),
        rubric=rubric_of(competencies_of(sheet)), buttons=buttons(),
    )  # fmt: skip


def row_of(learner: Learner, entry: ScoreEntry | None, level: int, after: After | None) -> ScoreRow:
    values: dict[str, Any] = {}
    if entry is not None:
        values = {
            "mark": entry.mark, "scored": entry.level, "comment": entry.comment, "version": entry.version,
            "drop": entry.drop,
        }  # fmt: skip
    return ScoreRow(
        learner.pk, learner.public_id, learner.name, after.before if after else level,
        after=after.after if after else None, **values,
    )  # fmt: skip


def one_row(sheet: ScoreSheet, learner: Learner, entry: ScoreEntry, tenant: Tenant) -> ScoreRow:
    """The row after a save, with the level after."""
    after = levels_with(sheet, levels_of([entry]), tenant).get(learner.pk)
    status = MilestoneStatus.objects.filter(milestone_id=sheet.milestone_id, learner_id=learner.pk).first()
    return row_of(learner, entry, status.level if status else 0, after)


def rubric_of(competencies: list[int]) -> tuple[Descriptor, ...]:
    """What each level looks like: from the newest rubric of the first competency that has one, else in plain words."""
    rows = RubricDescriptor.objects.filter(
        criterion__rubric__competency_id__in=competencies, criterion__rubric__state="active",
        criterion__rubric__followed_by=None,
    ).exclude(text="")  # fmt: skip
    found = list(
        rows.order_by("-criterion__rubric_id", "criterion__position", "level").values_list(
            "criterion__rubric_id", "level", "text"
        )
    )
    texts: dict[int, list[str]] = {}
    for rubric, level, text in found:
        if rubric == found[0][0]:
            texts.setdefault(level, []).append(text)
    return tuple(
        Descriptor(n, WORDS[n].key, str(WORDS[n].name), tuple(texts.get(n) or [str(WORDS[n].plain)]))
        for n in range(1, 5)
    )
