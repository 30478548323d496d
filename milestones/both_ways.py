"""One learner under the rule in force and under a draft, each with its explanation. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assessments.models import LearnerCompetency
from competencies.book import EffectivePolicy, PolicyBook, policy_book
from competencies.models import Policy
from milestones.columns import read_evidence, read_statuses
from milestones.judging import Circumstances, Pairs, versions_for
from milestones.trials import DRAFT, book_with
from milestones.whole import Chunk
from status_engine import Policy as EnginePolicy
from status_engine import explain, roll_up


@dataclass(frozen=True, slots=True)
class BothWays:
    """One competency: levels now and under the draft; explanations only where they were asked for."""

    competency_id: int
    before: int
    after: int
    number: int  # of the version in force
    now: Mapping[str, Any] | None
    draft: Mapping[str, Any] | None


def both_ways(learner_id: int, policy: Policy, rule: EnginePolicy, wanted: int | None = None) -> list[BothWays]:
    """Every competency of the learner that the draft concerns, by key. `wanted`: the competency to explain, else the
    first that moves, else the first.
    """
    book = book_with(policy, rule)
    chunk = _chunk_of(learner_id, book)
    chunk = chunk.rows(chunk.version == DRAFT)
    if not len(chunk.pairs):
        return []
    circumstances, in_force = Circumstances(), policy_book()
    versions = versions_for(in_force, chunk.pairs) if in_force.places else chunk.version
    before = _levels(chunk, versions, in_force.by_version, circumstances)
    after = _levels(chunk, chunk.version, book.by_version, circumstances)
    competencies = chunk.pairs.competency.tolist()
    moved = [key for key, was, is_now in zip(competencies, before, after, strict=True) if was != is_now]
    shown = wanted if wanted in competencies else next(iter(moved or competencies))
    found = []
    for n, competency in enumerate(competencies):
        held = in_force.by_version[int(versions[n])]
        sides = (
            tuple(_explained(chunk, n, one, circumstances) for one in (held.policy, rule))
            if competency == shown
            else (None, None)
        )
        found.append(BothWays(competency, before[n], after[n], held.number, *sides))
    return found


def _chunk_of(learner_id: int, book: PolicyBook) -> Chunk:
    rows = LearnerCompetency.objects.filter(learner_id=learner_id).order_by("id")
    table = np.array(list(rows.values_list("id", "learner_id", "competency_id")), np.int64).reshape(-1, 3)
    pairs = Pairs(*(np.ascontiguousarray(column) for column in table.T))
    evidence = read_evidence(pairs.id).standing()
    return Chunk(pairs, evidence, read_statuses(pairs.id), versions_for(book, pairs))


def _levels(
    chunk: Chunk, versions: Any, policies: Mapping[int, EffectivePolicy], circumstances: Circumstances
) -> list[int]:
    levels = np.zeros(len(chunk.pairs), np.int64)
    for version in np.unique(versions).tolist():
        is_of = versions == version
        part, policy = chunk.rows(is_of), policies[version].policy
        levels[is_of] = roll_up(policy, part.table, part.pairs.id, part.context(policy, circumstances)).level
    found: list[int] = levels.tolist()
    return found


def _explained(chunk: Chunk, n: int, policy: EnginePolicy, circumstances: Circumstances) -> Mapping[str, Any]:
    one = chunk.rows(np.arange(len(chunk.pairs)) == n)
    context = one.context(policy, circumstances)
    return explain(policy, one.table, context, group=int(one.pairs.id[0]))
