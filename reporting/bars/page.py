"""What the pages of a milestone, its bar and its health show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from competencies.models import CURRICULUM, Competency
from competencies.statements import label_of
from learners.models import Learner, Section
from milestones.bars import ROW, Move
from milestones.health import (
    FEW,
    NEVER_ASSESSED,
    TELLS_NOBODY_APART,
    TOO_EASY,
    TOO_HARD,
    Health,
    health_of,
    milestones_of,
)
from milestones.models import Criterion, Milestone, MilestoneVersion, MilestoneWording
from reporting.levels import WORDS
from status_engine import Level
from tenancy.access import can
from tenancy.actor import Actor
from tenancy.errors import NotFound, problem

READ = (CURRICULUM, "read")
NAMED, MOST_SECTIONS, MOST_WORDINGS = 60, 400, 20
FINDINGS = {
    TOO_EASY: (gettext_lazy("Too easy"), gettext_lazy("Almost everybody is at Meets. Ask for more, or let it go.")),
    TOO_HARD: (gettext_lazy("Too hard"), gettext_lazy("Few reach it in time. Split it into steps, or ask for less.")),
    TELLS_NOBODY_APART: (
        gettext_lazy("Tells nobody apart"),
        gettext_lazy("Nearly everybody stands at the same level. Another form or a split may show more."),
    ),
    NEVER_ASSESSED: (
        gettext_lazy("Never assessed"),
        gettext_lazy("Planned for over a month, and nobody has shown anything. Plan a piece of work, or take it out."),
    ),
    FEW: (gettext_lazy("Few learners"), gettext_lazy("Fewer than 10 learners so far: too few to say more.")),
}


@dataclass(frozen=True, slots=True)
class CriterionBox:
    """One criterion with what it asks for: a level, or a figure with its target."""

    key: int
    label: str
    level: int
    measure: str
    target: Decimal | None
    is_at_most: bool

    @property
    def target_text(self) -> str:
        return "" if self.target is None else f"{self.target.normalize():f}"


@dataclass(frozen=True, slots=True)
class EarlierBar:
    """A bar that stood until a day: what each criterion asked for, in words."""

    number: int
    until: datetime
    reason: str
    kept: int
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    title: str
    proposal: str
    health: Health
    code: str


@dataclass(frozen=True, slots=True)
class MilestonePage:
    milestone: Milestone
    criteria: tuple[CriterionBox, ...]
    rule: str
    earlier: tuple[EarlierBar, ...]
    came_from: Milestone | None
    became: tuple[Milestone, ...]
    finding: Finding | None
    health: Health | None
    may_change: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A learner who would move, for whoever may see the name."""

    name: str
    before: int
    after: int
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a new bar would mean: counts of all, names of those the reader may see."""

    learners: int
    up: int
    down: int
    kept: int
    named: tuple[Named, ...]
    others: int


def visible_milestone(actor: Actor, milestone_id: UUID, row: tuple[str, str]) -> Milestone:
    """The milestone, in use or ended. Raises NotFound."""
    rows = Milestone.objects.visible_to(actor, *row).select_related("section", "split_from")
    found: Milestone | None = rows.filter(public_id=milestone_id).first()
    if found is None:
        raise NotFound
    return found


def milestone_page(actor: Actor, milestone: Milestone) -> MilestonePage:
    """A fixed number of queries, whatever the number of learners."""
    criteria = criteria_of(milestone)
    here = health_of([milestone.pk], section_ids(actor), actor.today).get(milestone.pk)
    return MilestonePage(
        milestone=milestone, criteria=criteria, rule=milestone.get_rule_display(), earlier=_earlier(milestone),
        came_from=milestone.split_from, became=tuple(Milestone.objects.filter(split_from=milestone).order_by("id")),
        finding=_finding(here), health=here, may_change=milestone.is_active and can(actor, *ROW, milestone),
    )  # fmt: skip


def section_ids(actor: Actor) -> list[int]:
    """The classes over which the reader may see figures."""
    rows = Section.objects.visible_to(actor, "Class grid").filter(is_active=True).order_by("id")
    return list(rows.values_list("id", flat=True)[:MOST_SECTIONS])


def criteria_of(milestone: Milestone) -> tuple[CriterionBox, ...]:
    rows = Criterion.objects.filter(milestone_id=milestone.pk).select_related("competency").order_by("position", "id")
    return tuple(
        CriterionBox(
            row.pk, label_of(row.competency), row.required_level, row.get_measure_display() if row.measure else "",
            row.target, row.is_at_most,
        )
        for row in rows
    )  # fmt: skip


def _earlier(milestone: Milestone) -> tuple[EarlierBar, ...]:
    rows = list(MilestoneVersion.objects.filter(milestone_id=milestone.pk).order_by("-number"))
    keys = {one["competency_id"] for row in rows for one in row.criteria}
    names = {row.pk: label_of(row) for row in Competency.objects.filter(id__in=keys)}
    return tuple(
        EarlierBar(row.number, row.ended_at, row.reason, row.kept, tuple(_asked(one, names) for one in row.criteria))
        for row in rows
    )


def _asked(one: dict[str, object], names: dict[int, str]) -> str:
    name = names.get(int(str(one["competency_id"])), "")
    if one["target"] is not None:
        return f"{name}: {one['target']:g}" if isinstance(one["target"], float) else f"{name}: {one['target']}"
    return f"{name}: {WORDS[int(str(one['required_level']))].name}"


def earlier_words(milestone: Milestone) -> list[MilestoneWording]:
    """What it was called and said before, the newest first. One query."""
    return list(MilestoneWording.objects.filter(milestone_id=milestone.pk).order_by("-id")[:MOST_WORDINGS])


def _finding(health: Health | None) -> Finding | None:
    if health is None or health.finding not in FINDINGS:
        return None
    title, proposal = FINDINGS[health.finding]
    return Finding(str(title), str(proposal), health, health.finding)


def preview_of(actor: Actor, moves: Sequence[Move], *, keeps_met: bool) -> Preview:
    """Counts of everybody; names only where the reader may see the learner. Two queries."""
    ends = [(one, one.before if keeps_met and one.is_kept else one.after) for one in moves]
    changed = [(one, end) for one, end in ends if end != one.before or one.is_kept]
    seen = Learner.objects.visible_to(actor, "Current level", "read")
    rows = seen.filter(id__in=[one.learner_id for one, _end in changed])
    names = {row.pk: row.name for row in rows.order_by("folded_name", "id")[:NAMED]}
    named = [
        Named(names[one.learner_id], one.before, end, keeps_met and one.is_kept)
        for one, end in changed
        if one.learner_id in names
    ]
    return Preview(
        learners=len(moves), up=sum(end > one.before for one, end in ends),
        down=sum(end < one.before for one, end in ends), kept=sum(one.is_kept for one in moves) if keeps_met else 0,
        named=tuple(sorted(named, key=lambda one: one.name)), others=len(changed) - len(named),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HealthRow:
    milestone: Milestone
    health: Health
    finding: Finding | None


@dataclass(frozen=True, slots=True)
class HealthPage:
    """Milestones with a finding first; `counts`: how many of each."""

    rows: tuple[HealthRow, ...]
    counts: tuple[tuple[str, int], ...]
    healthy: int


def health_page(actor: Actor) -> HealthPage:
    """All milestones of the classes that the reader sees. Six queries."""
    sections = section_ids(actor)
    milestones = milestones_of(sections)
    found = health_of([one.pk for one in milestones], sections, actor.today)
    rows = [HealthRow(one, found[one.pk], _finding(found[one.pk])) for one in milestones if one.pk in found]
    talk = [row for row in rows if row.finding and row.finding.code != FEW]
    few = [row for row in rows if row.finding and row.finding.code == FEW]
    order = list(FINDINGS)
    talk.sort(key=lambda row: order.index(row.finding.code) if row.finding else len(order))
    counts = Counter(row.finding.title for row in talk if row.finding)
    return HealthPage((*talk, *few), tuple(counts.items()), len(rows) - len(talk) - len(few))


def level_choices() -> list[tuple[int, str]]:
    return [(int(level), str(WORDS[level].name)) for level in Level if level != Level.NOT_STARTED]


def rule_choices() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Milestone.Rule.choices]


def unknown_number(name: str, text: str) -> dict[str, str]:
    message = _("%(value)s is not a number. Enter one, like 95") % {"value": f"“{text[:40]}”"}
    return problem(name, message)
