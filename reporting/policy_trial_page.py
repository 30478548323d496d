"""Reads of a trial: the panel "If this had been in force", who would move, one learner both ways."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from competencies.content import content_of_draft
from competencies.models import Competency, PolicyDraft
from learners.models import Learner
from milestones.both_ways import BothWays, both_ways
from milestones.models import PolicyTrial, TrialMove
from milestones.trials import is_of_draft, newest_trial
from reporting.condition_words import condition_sentence
from reporting.policy_reading import method_sentence
from status_engine import level_from_name
from tenancy.actor import Actor
from tenancy.errors import NotFound

NAMES = ("Drill-down from aggregate to named learners", "read")
SHOWN = 100  # moves on one page
FOUND = 20  # learners of a search
WAYS = {"": Q(), "down": Q(to_level__lt=F("from_level")), "up": Q(to_level__gt=F("from_level"))}


@dataclass(frozen=True, slots=True)
class TrialPanel:
    """`is_open`: waits or runs. now, draft: levels per level 0…4; hidden figures are None until it is done."""

    public_id: UUID
    state: str
    is_open: bool
    done: int
    total: int
    is_of_draft: bool
    asked_at: datetime
    finished_at: datetime | None
    error: str
    figures: "Figures | None"


@dataclass(frozen=True, slots=True)
class Figures:
    now: tuple[int, ...]
    draft: tuple[int, ...]
    levels: int
    learners: int
    up: int
    down: int
    learners_up: int
    learners_down: int
    most_up: str
    most_down: str
    seconds: float

    @property
    def by_level(self) -> list[tuple[int, int, int]]:
        """(level, how many now, how many under the draft)."""
        return [(level, *both) for level, both in enumerate(zip(self.now, self.draft, strict=True))]


@dataclass(frozen=True, slots=True)
class MoveRow:
    learner_id: UUID
    name: str
    competency: str
    competency_id: UUID
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class WhoPage:
    """`number` of `pages`; `unnamed`: moves of learners whose names the actor may not see; `not_kept`: beyond what a
    trial keeps names of."""

    rows: tuple[MoveRow, ...]
    number: int
    pages: int
    unnamed: int
    not_kept: int


@dataclass(frozen=True, slots=True)
class Side:
    """One explanation in words: level, how, value, and the conditions of the next level."""

    level: int
    next_level: int | None
    method: str
    value: str
    checks: tuple[tuple[bool, str], ...]


@dataclass(frozen=True, slots=True)
class OnePage:
    learner: Learner
    rows: tuple[tuple[str, UUID, BothWays], ...]
    shown: str
    number: int
    now: Side | None
    draft: Side | None


def panel_of(draft: PolicyDraft) -> TrialPanel | None:
    """The newest trial of the draft's policy. One query."""
    trial = newest_trial(draft.policy_id)
    if trial is None:
        return None
    return TrialPanel(
        public_id=trial.public_id,
        state=trial.state,
        is_open=trial.state in {PolicyTrial.State.WAITING, PolicyTrial.State.RUNNING},
        done=trial.done,
        total=trial.total,
        is_of_draft=is_of_draft(trial, draft),
        asked_at=trial.asked_at,
        finished_at=trial.finished_at,
        error=trial.error,
        figures=figures_of(trial.result) if trial.result else None,
    )


def figures_of(result: dict[str, Any]) -> Figures:
    matrix = tuple(tuple(row) for row in result["matrix"])
    frameworks = result["frameworks"]
    return Figures(
        now=tuple(sum(row) for row in matrix),
        draft=tuple(sum(column) for column in zip(*matrix, strict=True)),
        levels=sum(sum(row) for row in matrix),
        learners=result["learners"],
        up=sum(count for was, row in enumerate(matrix) for now, count in enumerate(row) if now > was),
        down=sum(count for was, row in enumerate(matrix) for now, count in enumerate(row) if now < was),
        learners_up=result["learners_up"],
        learners_down=result["learners_down"],
        most_up=_most(frameworks, "up"),
        most_down=_most(frameworks, "down"),
        seconds=result["seconds"],
    )


def _most(frameworks: list[dict[str, Any]], way: str) -> str:
    """The framework with most of these moves, where there is more than one to choose from."""
    moved = [row for row in frameworks if row[way]]
    return max(moved, key=lambda row: row[way])["title"] if len(moved) > 1 else ""


def done_trial(draft: PolicyDraft) -> PolicyTrial:
    """The finished trial of exactly this draft. Raises NotFound."""
    trial = newest_trial(draft.policy_id)
    if trial is None or trial.state != PolicyTrial.State.DONE or not is_of_draft(trial, draft):
        raise NotFound
    return trial


def who_moves(actor: Actor, draft: PolicyDraft, way: str, number: int = 1) -> WhoPage:
    """The moves that a trial kept, with the names that the actor may see. Five queries.

    way: a key of WAYS; number: which page, a number out of range is the nearest one. Moves of other learners are only
    counted.
    """
    trial = done_trial(draft)
    every = TrialMove.objects.filter(trial_id=trial.pk)
    named = every.filter(learner_id__in=Learner.objects.visible_to(actor, *NAMES).values("id"))
    chosen = named.filter(WAYS[way])
    pages = max(1, -(-chosen.count() // SHOWN))
    number = min(max(number, 1), pages)
    rows = chosen.select_related("learner", "competency").order_by("id")[(number - 1) * SHOWN : number * SHOWN]
    kept = every.count()
    return WhoPage(
        rows=tuple(_move_row(row) for row in rows),
        number=number,
        pages=pages,
        unnamed=kept - named.count(),
        not_kept=max(0, int((trial.result or {}).get("moves", kept)) - kept),
    )


def _move_row(move: TrialMove) -> MoveRow:
    return MoveRow(
        move.learner.public_id, move.learner.name, str(move.competency), move.competency.public_id,
        move.from_level, move.to_level,
    )  # fmt: skip


def find_learners(actor: Actor, text: str) -> list[Learner]:
    """Learners whose names the actor may see and whose folded name contains the text. One query."""
    rows = Learner.objects.visible_to(actor, *NAMES).filter(is_active=True)
    return list(rows.filter(folded_name__contains=text.lower().strip()).order_by("folded_name", "id")[:FOUND])


def one_learner(actor: Actor, draft: PolicyDraft, learner_id: UUID, competency: UUID | None) -> OnePage:
    """Raises NotFound for a learner whose name the actor may not see."""
    learner = Learner.objects.visible_to(actor, *NAMES).filter(public_id=learner_id).first()
    if learner is None:
        raise NotFound
    wanted = Competency.objects.filter(public_id=competency).values_list("id", flat=True).first()
    found = both_ways(learner.pk, draft.policy, content_of_draft(draft).engine(), wanted)
    names = {row.pk: row for row in Competency.objects.filter(id__in=[one.competency_id for one in found])}
    rows = tuple((str(names[one.competency_id]), names[one.competency_id].public_id, one) for one in found)
    shown = next((row for row in rows if row[2].now is not None), None)
    if shown is None:
        return OnePage(learner, rows, "", 0, None, None)
    return OnePage(learner, rows, shown[0], shown[2].number, _side(shown[2].now), _side(shown[2].draft))


def _side(explanation: Any) -> Side:
    following, scale = explanation["next_level"], explanation["policy"]["scale"]
    value = explanation["value"]
    return Side(
        level=int(level_from_name(explanation["level"])),
        next_level=None if following is None else int(level_from_name(following)),
        method=method_sentence(explanation["policy"]["method"], explanation["policy"]["parameters"]),
        value="" if value is None else f"{value:.2f}",
        checks=tuple(
            (bool(one["met"]), condition_sentence(one, scale))
            for one in explanation["conditions"]
            if following and one["level"] == following
        ),
    )
