"""What a draft of a policy would have meant: every level it concerns worked out under it, and nothing else written.

The trial's row is the truth of the job. A worker leases it, looks after every chunk whether the lease is still its own,
and writes how far it is; a worker that dies lets the lease run out and the next one starts from the beginning. Moves
and result are written together, in the last transaction.
"""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from competencies.book import COMPETENCY, FRAMEWORK, SCHOOL, TENANT, EffectivePolicy, Place, PolicyBook, policy_book
from competencies.content import content_of_stored
from competencies.models import Competency, Policy, PolicyDraft
from milestones.columns import Ints
from milestones.judging import Circumstances
from milestones.models import PolicyTrial, TrialMove
from milestones.whole import Chunk, count_pairs, read_chunks
from status_engine import Policy as EnginePolicy
from status_engine import roll_up
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.context import tenant_context
from tenancy.errors import Conflict

LEASE = timedelta(seconds=60)
LEVELS = 5
DRAFT = -1  # stands for the draft where a policy version's key is meant
MOST_MOVES = 10_000  # rows kept for the list of names; the counts are always of all
BATCH = 2_000
logger = logging.getLogger(__name__)


@transaction.atomic
def ask_trial(actor: Actor, *, draft: PolicyDraft) -> PolicyTrial:
    """Put the draft as it is now in the queue. An earlier trial of the policy that still runs is cancelled."""
    Policy.objects.select_for_update(no_key=True).get(pk=draft.policy_id)
    now = timezone.now()
    open_ones(draft.policy_id).update(state=PolicyTrial.State.CANCELLED, finished_at=now)
    trial: PolicyTrial = PolicyTrial.objects.create(
        policy_id=draft.policy_id,
        rule=draft.rule,
        points_possible=draft.points_possible,
        ratings=draft.ratings,
        asked_by_id=actor.member_id,
    )
    record_audit(actor, "policy.trial_asked", target=trial)
    return trial


@transaction.atomic
def cancel_trial(actor: Actor, *, trial: PolicyTrial) -> None:
    """Raises Conflict where it is over already."""
    rows = open_ones(trial.policy_id).filter(pk=trial.pk)
    if not rows.update(state=PolicyTrial.State.CANCELLED, finished_at=timezone.now()):
        raise Conflict("This is not being worked out any more. There is nothing left to cancel")
    record_audit(actor, "policy.trial_cancelled", target=trial)


def open_ones(policy_id: int) -> Any:
    """Trials of a policy that wait or run."""
    return PolicyTrial.objects.filter(
        policy_id=policy_id, state__in=(PolicyTrial.State.WAITING, PolicyTrial.State.RUNNING)
    )


def run_trials(tenant_id: int) -> int:
    """Work through the tenant's trials, one transaction a chunk. Returns how many were taken."""
    for taken in count():
        with tenant_context(tenant_id):
            trial = _take()
        if trial is None:
            return taken
        try:
            _run(tenant_id, trial)
        except Exception as error:
            logger.exception("policy trial failed")
            with tenant_context(tenant_id):
                _mine(trial).update(
                    state=PolicyTrial.State.FAILED,
                    finished_at=timezone.now(),
                    error=f"{type(error).__name__}: {error}"[:500],
                )
    raise AssertionError("count() has no end")


def _take() -> PolicyTrial | None:
    """The oldest trial that waits, or whose worker has not been heard of; leased to us."""
    now = timezone.now()
    is_due = Q(state=PolicyTrial.State.WAITING) | Q(state=PolicyTrial.State.RUNNING, leased_until__lt=now)
    trial: PolicyTrial | None = (
        PolicyTrial.objects.select_for_update(skip_locked=True, no_key=True).filter(is_due).order_by("id").first()
    )
    if trial is None:
        return None
    trial.state, trial.leased_until = PolicyTrial.State.RUNNING, now + LEASE
    trial.started_at, trial.done, trial.total = now, 0, 0
    trial.save(update_fields=["state", "leased_until", "started_at", "done", "total"])
    return trial


def _mine(trial: PolicyTrial) -> Any:
    """The trial, as long as our lease on it was neither cancelled nor taken over."""
    return PolicyTrial.objects.filter(
        pk=trial.pk, state=PolicyTrial.State.RUNNING, leased_until=trial.leased_until
    ).select_for_update(no_key=True)


@dataclass
class Tally:
    """What was found so far. matrix: [from][to] counts; moves: (learner, competency, from, to) columns of a chunk."""

    matrix: Any = field(default_factory=lambda: np.zeros((LEVELS, LEVELS), np.int64))
    learners: int = 0
    moves: list[tuple[Any, ...]] = field(default_factory=list)
    seen: list[Any] = field(default_factory=list)

    def add(self, chunk: Chunk, after: Ints) -> None:
        before = chunk.levels
        self.matrix += np.bincount(before * LEVELS + after, minlength=LEVELS**2).reshape(LEVELS, LEVELS)
        self.seen.append(np.unique(chunk.pairs.learner))
        moved = before != after
        columns = (chunk.pairs.learner, chunk.pairs.competency, before, after)
        self.moves.append(tuple(column[moved] for column in columns))

    def columns(self) -> tuple[Any, ...]:
        """(learner, competency, from, to) of all moves: the ones down first, the longest falls first."""
        if not self.moves:
            nothing = np.zeros(0, np.int64)
            return nothing, nothing, nothing, nothing
        learner, competency, before, after = (np.concatenate(part) for part in zip(*self.moves, strict=True))
        order = np.lexsort((competency, learner, after - before))
        return learner[order], competency[order], before[order], after[order]


def _run(tenant_id: int, trial: PolicyTrial) -> None:
    """One chunk a transaction, so that progress is seen, a cancelled trial stops, and nothing is locked for long."""
    policy = content_of_stored(trial.rule, trial.points_possible, trial.ratings).engine()
    tally, circumstances, done = Tally(), Circumstances(), 0
    with tenant_context(tenant_id):
        chunks, total = read_chunks(book_with(trial.policy, policy)), count_pairs()
    while True:
        with tenant_context(tenant_id):
            chunk = next(chunks, None)
            if chunk is None:
                if _mine(trial).exists():
                    _finish(trial, tally)
                return
            concerned = chunk.rows(chunk.version == DRAFT)
            if len(concerned.pairs):
                tally.add(concerned, levels_under(policy, concerned, circumstances))
            done += len(chunk.pairs)
            until = timezone.now() + LEASE
            if not _mine(trial).update(done=done, total=max(total, done), leased_until=until):
                return  # cancelled, or another worker took over
            trial.leased_until = until


def book_with(policy: Policy, rule: EnginePolicy) -> PolicyBook:
    """The policies in force, with the draft in its own place: so a nearer policy still goes before it."""
    draft = EffectivePolicy(DRAFT, 0, policy.name, rule, policy.pk, applies_to_past=True)
    return PolicyBook({**policy_book().places, place_of(policy): draft})


def place_of(policy: Policy) -> Place:
    kinds = ((COMPETENCY, policy.competency_id), (FRAMEWORK, policy.framework_id), (SCHOOL, policy.school_id))
    return next(((kind, key) for kind, key in kinds if key is not None), (TENANT, 0))


def levels_under(policy: EnginePolicy, chunk: Chunk, circumstances: Circumstances) -> Ints:
    """int64[p]: the level of each pair of the chunk under a policy."""
    context = chunk.context(policy, circumstances)
    return roll_up(policy, chunk.table, chunk.pairs.id, context).level.astype(np.int64)


def _finish(trial: PolicyTrial, tally: Tally) -> None:
    learner, competency, before, after = tally.columns()
    kept = zip(*(column[:MOST_MOVES].tolist() for column in (learner, competency, before, after)), strict=True)
    moves = [
        TrialMove(trial_id=trial.pk, learner_id=who, competency_id=what, from_level=was, to_level=now_at)
        for who, what, was, now_at in kept
    ]
    TrialMove.objects.bulk_create(moves, batch_size=BATCH)
    now = timezone.now()
    is_up = after > before
    everybody = np.unique(np.concatenate(tally.seen)) if tally.seen else np.zeros(0, np.int64)
    result = {
        "matrix": tally.matrix.tolist(),
        "learners": len(everybody),
        "learners_up": len(np.unique(learner[is_up])),
        "learners_down": len(np.unique(learner[~is_up])),
        "frameworks": _by_framework(competency, is_up),
        "moves": len(learner),
        "kept": len(moves),
        "seconds": round((now - (trial.started_at or now)).total_seconds(), 1),
    }
    state = PolicyTrial.State.DONE
    _mine(trial).update(state=state, finished_at=now, result=result, leased_until=None, total=int(tally.matrix.sum()))


def _by_framework(competency: Any, is_up: Any) -> list[dict[str, Any]]:
    """Moves per framework, the most first. One query."""
    keys, place = np.unique(competency, return_inverse=True)
    titles = Competency.objects.filter(id__in=keys.tolist()).values_list("id", "framework__title")
    named = dict(titles)
    up, down = np.bincount(place, is_up, len(keys)), np.bincount(place, ~is_up, len(keys))
    found: dict[str, list[int]] = {}
    for key, n_up, n_down in zip(keys.tolist(), up.tolist(), down.tolist(), strict=True):
        both = found.setdefault(named.get(key, ""), [0, 0])
        both[0] += int(n_up)
        both[1] += int(n_down)
    rows = [{"title": title, "up": n_up, "down": n_down} for title, (n_up, n_down) in found.items()]
    return sorted(rows, key=lambda row: -(row["up"] + row["down"]))


def newest_trial(policy_id: int) -> PolicyTrial | None:
    found: PolicyTrial | None = PolicyTrial.objects.filter(policy_id=policy_id).order_by("-asked_at", "-id").first()
    return found


def is_of_draft(trial: PolicyTrial, draft: PolicyDraft) -> bool:
    """Whether the trial worked out exactly what the draft says now."""
    of_trial = (trial.rule, trial.points_possible, trial.ratings)
    return of_trial == (draft.rule, draft.points_possible, draft.ratings)
