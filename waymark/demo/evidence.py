"""Evidence with the shapes that real classes have: fast, steady, stalled in developing, dropped, not started.

Deterministic from a seed: the same roster and plan always give the same pieces.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from assessments.pieces import Piece

# (kind, method, name, form); one after the other, as a unit of work goes
Step = tuple[str, str, str, str]
LESSONS: tuple[Step, ...] = (
    ("formative", "quiz", "Quiz", "A"),
    ("formative", "exit_ticket", "Exit ticket 1", ""),
    ("observation", "conversation", "Observation", ""),
    ("formative", "quiz", "Quiz", "B"),
    ("summative", "quiz", "Unit check", "A"),
    ("formative", "exit_ticket", "Exit ticket 2", ""),
    ("performance", "project", "Project", ""),
    ("formative", "practice", "Practice set", ""),
    ("summative", "quiz", "Unit check", "B"),
    ("observation", "presentation", "Explains to others", ""),
    ("formative", "exit_ticket", "Exit ticket 3", ""),
    ("summative", "project", "Portfolio piece", ""),
)
HABITS: tuple[Step, ...] = (
    ("observation", "observation", "Seen in group work", ""),
    ("observation", "observation", "Seen on the playground", ""),
    ("performance", "project", "Class project", ""),
    ("observation", "conversation", "Talk with the teacher", ""),
    ("observation", "observation", "Seen in reading time", ""),
    ("performance", "presentation", "Morning circle", ""),
    ("observation", "observation", "Seen in science", ""),
    ("observation", "conversation", "Goal check", ""),
    ("performance", "project", "Garden project", ""),
    ("observation", "observation", "Seen in group work again", ""),
)
TRACKWORK: tuple[Step, ...] = (
    ("formative", "quiz", "Rule book check", "A"),
    ("observation", "observation", "Yard exercise", ""),
    ("formative", "quiz", "Rule book check", "B"),
    ("performance", "simulation", "Simulator run", ""),
    ("observation", "observation", "Night shift", ""),
    ("summative", "practical", "Practical test", "A"),
    ("performance", "simulation", "Second simulator run", ""),
    ("observation", "observation", "Day shift", ""),
    ("summative", "practical", "Practical test", "B"),
    ("formative", "conversation", "Debrief", ""),
)
COMMENTS = (
    "Explained with a drawing.",
    "Set up the problem the wrong way round, then found it.",
    "Worked alone.",
    "Needed one hint at the start.",
    "Could say why the method works.",
)
SHAPES = {"fast": 0.20, "steady": 0.42, "stalled": 0.18, "dropped": 0.10, "late": 0.10}
# level reached at the first and last piece, on a scale of 1 to 4, and how many of a milestone's pieces there are
CURVES = {
    "fast": (2.6, 4.0, 12),
    "steady": (1.7, 3.5, 11),
    "stalled": (1.6, 2.35, 11),
    "dropped": (2.0, 3.6, 11),
    "late": (1.3, 2.4, 5),
}
SCHOOL_DAYS = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A competency that a group of learners works on, up to `due_at`."""

    competency_id: int
    code: str
    learner_ids: tuple[int, ...]
    due_at: datetime
    sequence: Sequence[Step]


def pieces(assignments: list[Assignment], now: datetime, seed: int, points: int = 4) -> list[Piece]:
    """All pieces up to now, oldest first. `points`: the scale's possible points, in whole ratings from 1."""
    rng = np.random.default_rng(seed)
    learners = sorted({learner for assignment in assignments for learner in assignment.learner_ids})
    shapes = dict(zip(learners, rng.choice(list(SHAPES), len(learners), p=list(SHAPES.values())), strict=True))
    found: list[Piece] = []
    for assignment in assignments:
        difficulty = rng.normal(0, 0.25)
        for learner in assignment.learner_ids:
            found += _of_learner(assignment, learner, str(shapes[learner]), float(difficulty), rng, now, points)
    return sorted(found, key=lambda piece: (piece.occurred_at, piece.source_id))


def _of_learner(
    assignment: Assignment,
    learner: int,
    shape: str,
    difficulty: float,
    rng: np.random.Generator,
    now: datetime,
    points: int,
) -> list[Piece]:
    first, last, count = CURVES[shape]
    if shape == "late" and rng.random() < 0.5:
        return []
    total = max(2, int(count + rng.integers(-2, 2)))
    falls = shape == "dropped" and rng.random() < 0.5
    found: list[Piece] = []
    for step in range(min(total, len(assignment.sequence))):
        moment = assignment.due_at - SCHOOL_DAYS + SCHOOL_DAYS * (step + float(rng.random()) * 0.8) / total
        moment = _on_a_school_day(moment)
        if moment >= now:
            break
        ability = first + (last - first) * (step + 1) / total - difficulty
        if falls and step >= total - 3:
            ability = 1.5
        rating = int(np.clip(round(ability + float(rng.normal(0, 0.38))), 1, 4))
        kind, method, name, form = assignment.sequence[step]
        text = str(rng.choice(COMMENTS)) if rng.random() < 0.06 else ""
        found.append(
            Piece(
                learner_id=learner,
                competency_id=assignment.competency_id,
                kind=kind,
                method=method,
                task=f"{assignment.code} {name} {form}".strip(),
                title=f"{name}, {assignment.code}",
                form=form,
                score=Decimal(rating) * points / 4,
                possible=Decimal(points),
                occurred_at=moment,
                source="sample",
                source_id=f"{assignment.competency_id}:{learner}:{step}",
                comment=text,
            )
        )
    return found


def _on_a_school_day(moment: datetime) -> datetime:
    """Between eight and three on a weekday."""
    moment = moment.replace(hour=8 + moment.minute % 7, minute=moment.second)
    return moment + timedelta(days=(7 - moment.weekday()) if moment.weekday() > 4 else 0)
