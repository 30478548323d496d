"""What a score would do: the level of a milestone as it would be with one more piece. Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

import numpy as np
from django.utils import timezone

from assessments.models import LearnerCompetency
from competencies.book import PolicyBook, policy_book
from milestones import bulk
from milestones.columns import STATE_FACTOR, Columns, Evidence, Ints, Statuses, read_evidence, read_statuses
from milestones.criteria import Rows, judge_milestones, read_rows
from milestones.day import to_microseconds
from milestones.judging import Circumstances, Judged, Pairs, judge, versions_for
from milestones.standards import Standards
from status_engine import NO_CODE, NODATE, Kind, Level, Policy, State

NOT_YET = 2**62  # keys from here on stand for pairs, rows and statuses that are not there yet
NEVER = 2**31 - 1
HASH = "SELECT hashtextextended(%(text)s, 0) & 9223372036854775807"


@dataclass(frozen=True, slots=True)
class Work:
    """What is being scored: its task key, form, kind, when it was done, and whether it counts."""

    task: str
    kind: str
    occurred_at: datetime
    form: str = ""
    is_practice: bool = False


@dataclass(frozen=True, slots=True)
class After:
    """A milestone level now, and as it would be with the score."""

    before: int
    after: int


def points_of(policy: Policy, level: int) -> Decimal:
    """What a level is worth in points of the policy's scale: its cut. Beginning is half of what developing needs,
    mastery all there are where the scale has no rating for it."""
    scale = policy.scale
    if level == Level.BEGINNING:
        points = scale.developing_at / 2
    elif level == Level.MASTERY and scale.mastery_at is None:
        points = scale.points_possible
    else:
        points = scale.cut_of(Level(level))
    return Decimal(str(points)).quantize(Decimal("0.001"))


def levels_after(
    milestone_id: int, competencies: Sequence[int], scores: Mapping[int, int], work: Work
) -> dict[int, After]:
    """{learner: level now and with the score} for {learner: level scored}. A fixed number of statements.

    competencies: those of the milestone that the score is evidence for. A practice score changes nothing.
    """
    learners = np.unique(np.array(list(scores), np.int64))
    if not len(learners):
        return {}
    standards = Standards.of(np.array([milestone_id], np.int64))
    rows = _milestone_rows(learners, milestone_id)
    if work.is_practice or not len(standards):
        return {key: After(level, level) for key, level in zip(rows.learner.tolist(), rows.level.tolist(), strict=True)}
    circumstances, book = Circumstances(), policy_book()
    pairs = _pairs(learners, np.unique(np.array(competencies, np.int64)))
    judged = _judge_with(pairs, scores, work, book, circumstances)
    stored = _levels_with(pairs, judged, standards, circumstances)
    found = judge_milestones(rows, standards, book, circumstances, "evidence", stored=stored)
    levels = zip(rows.learner.tolist(), rows.level.tolist(), found.level.tolist(), strict=True)
    return {learner: After(before, after) for learner, before, after in levels}


def _milestone_rows(learners: Ints, milestone_id: int) -> Rows:
    """The statuses of all these learners; not started where there is no row."""
    keys = np.stack([learners, np.full(len(learners), milestone_id, np.int64)], axis=1)
    there = read_rows(keys)
    new = keys[~np.isin(learners, there.learner)]
    count = len(new)

    def column(value: int) -> Ints:
        return np.full(count, value, np.int64)

    blank = Rows(
        id=NOT_YET + np.arange(count), learner=new[:, 0], milestone=new[:, 1], level=column(0), computed=column(0),
        previous=column(0), set_level=column(-1), set_until=column(NEVER), met=column(0), flags=column(0),
        earned_at=column(-1), since=column(to_microseconds(timezone.now())),
    )  # fmt: skip
    together = Rows(**{name: np.concatenate((getattr(there, name), getattr(blank, name))) for name in _names(Rows)})
    return together.rows(np.argsort(together.learner, kind="stable"))


def _pairs(learners: Ints, competencies: Ints) -> Pairs:
    """Every learner on every one of the competencies, also where no evidence points yet. One query."""
    known = LearnerCompetency.objects.filter(
        learner_id__in=learners.tolist(), competency_id__in=competencies.tolist()
    ).order_by("id")
    there = {(who, what): key for key, who, what in known.values_list("id", "learner_id", "competency_id")}
    wanted = [(who, what) for who in learners.tolist() for what in competencies.tolist()]
    table = sorted((there.get(one, NOT_YET + n), *one) for n, one in enumerate(wanted))
    columns = np.array(table, np.int64).reshape(-1, 3)
    return Pairs(columns[:, 0].copy(), columns[:, 1].copy(), columns[:, 2].copy())


def _judge_with(
    pairs: Pairs, scores: Mapping[int, int], work: Work, book: PolicyBook, circumstances: Circumstances
) -> Judged:
    version = versions_for(book, pairs)
    there = read_evidence(pairs.id).standing()
    new = _new_pieces(pairs, version, scores, work, book)
    both = Evidence(**{name: np.concatenate((getattr(there, name), getattr(new, name))) for name in _names(Evidence)})
    ordered = both.rows(np.lexsort((both.id, both.occurred_at, both.pair)))
    return judge(pairs, ordered, version, book.by_version, circumstances)


def _new_pieces(pairs: Pairs, version: Ints, scores: Mapping[int, int], work: Work, book: PolicyBook) -> Evidence:
    """One piece per pair, as the ledger would hold it."""
    count, now = len(pairs), to_microseconds(timezone.now())
    policies = [book.by_version[key].policy for key in version.tolist()]
    levels = [scores[learner] for learner in pairs.learner.tolist()]
    code = int(Kind[work.kind.upper()]) + STATE_FACTOR * int(State.COUNTED)

    def column(value: int) -> Ints:
        return np.full(count, value, np.int64)

    return Evidence(
        pair=pairs.id, id=NOT_YET + np.arange(count),
        score=np.array([float(points_of(one, level)) for one, level in zip(policies, levels, strict=True)]),
        possible=np.array([one.scale.points_possible for one in policies], np.float64), weight=np.ones(count),
        occurred_at=column(to_microseconds(work.occurred_at)), recorded_at=column(now), due_at=column(NODATE),
        task=column(_hash(work.task)), form=column(_hash(work.form)), attempt=column(NO_CODE),
        pass_mark=np.full(count, np.nan), code=column(code), supersedes=column(0),
    )  # fmt: skip


def _hash(text: str) -> int:
    """The code under which the ledger's columns carry a task or a form."""
    return int(bulk.rows(HASH, text=text)[0][0]) if text else NO_CODE


def _levels_with(pairs: Pairs, judged: Judged, standards: Standards, circumstances: Circumstances) -> Statuses:
    """The statuses of the milestone's competencies, those of the pairs as judged. A level that is set goes on."""
    of_learners = LearnerCompetency.objects.filter(
        learner_id__in=np.unique(pairs.learner).tolist(), competency_id__in=np.unique(standards.competency).tolist()
    )
    there = read_statuses(list(of_learners.values_list("id", flat=True)))
    at = {key: n for n, key in enumerate(there.pair.tolist())}
    place = np.array([at.get(key, -1) for key in pairs.id.tolist()], np.int64)
    known = place >= 0
    level = judged.level.copy()
    stands = np.zeros(len(pairs), np.bool_)
    stands[known] = (there.set_level[place[known]] >= 0) & (there.set_until[place[known]] >= circumstances.day.number)
    level[stands] = there.set_level[place[stands]]
    there.level[place[known]] = level[known]
    new = pairs.rows(~known)
    blank = {name: np.zeros(len(new), getattr(there, name).dtype) for name in _names(Statuses)}
    blank |= {"pair": new.id, "learner": new.learner, "competency": new.competency, "level": level[~known]}
    return Statuses(**{name: np.concatenate((getattr(there, name), blank[name])) for name in _names(Statuses)})


def _names(of: type[Columns]) -> list[str]:
    return [one.name for one in fields(of)]
