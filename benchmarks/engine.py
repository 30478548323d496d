"""How close the engine comes to the least NumPy can do: `python benchmarks/engine.py [--rows N]`.

The floor is the bare arithmetic of one method over ordered groups of 20, without policy, rounding, gates or levels.
Beside it stand the engine's method alone on prepared pieces ("arithmetic") and the whole roll-up from evidence to
level ("roll-up"), the latter also beside a floor of five methods in one go. All take turns within each round; figures
are medians over rounds, ratios are of the same run.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from status_engine import METHODS, EvidenceTable, Policy, Scale, roll_up
from status_engine.pieces import Pieces

GROUP_SIZE, WEIGHT, MEETS, TIMES, ROUNDS = 20, 0.65, 3.0, 5, 7
SCALE = Scale(points_possible=5, meets_at=MEETS, developing_at=2, mastery_at=4)
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Floor = Callable[[Ints, Floats], Floats]


def bounds(group: Ints) -> tuple[Ints, Ints]:
    """First row of each group and one past its last."""
    first = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
    return first, np.append(first[1:], len(group))


def floor_highest(group: Ints, value: Floats) -> Floats:
    highest: Floats = np.maximum.reduceat(value, bounds(group)[0])
    return highest


def floor_latest(group: Ints, value: Floats) -> Floats:
    latest: Floats = value[bounds(group)[1] - 1]
    return latest


def floor_mean(group: Ints, value: Floats) -> Floats:
    first, last = bounds(group)
    mean: Floats = np.add.reduceat(value, first) / (last - first)
    return mean


def floor_last_vs_rest(group: Ints, value: Floats) -> Floats:
    first, last = bounds(group)
    count, newest = last - first, value[last - 1]
    rest = (np.add.reduceat(value, first) - newest) / np.maximum(count - 1, 1)
    return np.where(count == 1, newest, WEIGHT * newest + (1 - WEIGHT) * rest)


def floor_ewma(group: Ints, value: Floats) -> Floats:
    first, last = bounds(group)
    age = np.repeat(last, last - first) - 1 - np.arange(len(group))
    share = np.power(1 - WEIGHT, np.arange(int((last - first).max())))[age] * WEIGHT
    share[first] /= WEIGHT
    smoothed: Floats = np.add.reduceat(value * share, first)
    return smoothed


def floor_n_times(group: Ints, value: Floats) -> Floats:
    first, _ = bounds(group)
    meets = value >= MEETS
    times = np.add.reduceat(meets.astype(np.int32), first)
    total = np.add.reduceat(np.where(meets, value, 0.0), first)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(times >= TIMES, total / times, np.nan)


FLOORS: dict[str, Floor] = {
    "highest": floor_highest,
    "latest": floor_latest,
    "mean": floor_mean,
    "last_vs_rest": floor_last_vs_rest,
    "ewma": floor_ewma,
    "n_times": floor_n_times,
}


FIVE = ("highest", "latest", "last_vs_rest", "ewma", "n_times")


def evidence_of(rows: int) -> EvidenceTable:
    """Ordered evidence as the ledger's index delivers it: every column a roll-up reads is a real array."""
    rng = np.random.default_rng(7)
    groups = max(rows // GROUP_SIZE, 1)
    size = groups * GROUP_SIZE
    day = 86_400_000_000
    moment = np.tile(np.arange(GROUP_SIZE) * day, groups) + rng.integers(0, day, size)
    return EvidenceTable(
        group=np.repeat(np.arange(groups), GROUP_SIZE), score=rng.integers(0, 17, size) / 4.0,
        possible=np.full(size, 5.0), occurred_at=moment, recorded_at=moment, weight=np.ones(size),
        task=rng.integers(0, 10**6, size), kind=rng.integers(0, 4, size).astype(np.int8), state=np.zeros(size, np.int8),
    )  # fmt: skip


def took(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def policy_of(method: str) -> Policy:
    given = {
        "weight": WEIGHT,
        "n": TIMES,
        "m": 3,
        "r": 3,
        "d": 1,
        "tie": "latest",
        "p0": 0.3,
        "t": 0.1,
        "s": 0.1,
        "g": 0.2,
    }
    return Policy(method, SCALE, {name: given[name] for name in METHODS[method].parameters})


def run_floor(method: str, evidence: EvidenceTable) -> Callable[[], object]:
    return lambda: FLOORS[method](evidence.group, evidence.score)


def run_arithmetic(method: str, evidence: EvidenceTable) -> Callable[[], object]:
    """The method alone. Pieces are made anew each time, so that nothing remembered from the last round helps."""
    policy = policy_of(method)

    def run() -> object:
        first, _ = bounds(evidence.group)
        pieces = Pieces(evidence.score, evidence.weight, evidence.task, evidence.kind, first)
        return METHODS[method].value(pieces, policy.parameters, policy.scale)

    return run


def run_roll_up(method: str, evidence: EvidenceTable) -> Callable[[], object]:
    policy = policy_of(method)
    return lambda: roll_up(policy, evidence)


def other_shapes(evidence: EvidenceTable) -> dict[str, Callable[[], object]]:
    """The same roll-up where more work cannot be avoided."""
    rng = np.random.default_rng(11)
    rows = len(evidence)
    with_attempts = replace_attempt(evidence, np.arange(rows, dtype=np.int64))
    return {
        "ewma, ordered": run_roll_up("ewma", evidence),
        "ewma, every row with an attempt of its own": run_roll_up("ewma", with_attempts),
        "ewma, rows in random order": run_roll_up("ewma", evidence.rows(rng.permutation(rows))),
    }


def replace_attempt(evidence: EvidenceTable, attempt: Ints) -> EvidenceTable:
    return EvidenceTable(
        group=evidence.group, score=evidence.score, possible=evidence.possible, occurred_at=evidence.occurred_at,
        recorded_at=evidence.recorded_at, weight=evidence.weight, task=evidence.task, kind=evidence.kind,
        state=evidence.state, attempt=attempt,
    )  # fmt: skip


def interleaved(works: dict[str, Callable[[], object]]) -> list[dict[str, float]]:
    """Seconds of every piece of work, taking turns, for each round."""
    return [{name: took(work) for name, work in works.items()} for _ in range(ROUNDS)]


def floor_of_five(evidence: EvidenceTable) -> list[Floats]:
    """Five methods over the same groups at once: what they share (groups, counts, what is at meets) is done once."""
    group, value = evidence.group, evidence.score
    first, last = bounds(group)
    count, newest = last - first, value[last - 1]
    rest = (np.add.reduceat(value, first) - newest) / np.maximum(count - 1, 1)
    age = np.repeat(last, count) - 1 - np.arange(len(group))
    share = np.power(1 - WEIGHT, np.arange(int(count.max())))[age] * WEIGHT
    share[first] /= WEIGHT
    meets = value >= MEETS
    times = np.add.reduceat(meets.astype(np.int32), first)
    with np.errstate(invalid="ignore", divide="ignore"):
        shown = np.where(times >= TIMES, np.add.reduceat(np.where(meets, value, 0.0), first) / times, np.nan)
    vs_rest = np.where(count == 1, newest, WEIGHT * newest + (1 - WEIGHT) * rest)
    return [np.maximum.reduceat(value, first), newest, vs_rest, np.add.reduceat(share * value, first), shown]


def against_single_floors(evidence: EvidenceTable) -> None:
    """Each method with the floor of that method alone."""
    rows = len(evidence)
    print(f"{'method':<14}{'floor':>8}{'arithmetic':>12}{'x floor':>9}{'roll-up':>9}{'x floor':>9}")
    for method, floor in FLOORS.items():
        found = roll_up(policy_of(method), evidence).value_unrounded
        np.testing.assert_allclose(found, floor(evidence.group, evidence.score), atol=1e-9)
        rounds = interleaved({
            "floor": run_floor(method, evidence), "arithmetic": run_arithmetic(method, evidence),
            "roll-up": run_roll_up(method, evidence),
        })  # fmt: skip
        parts = ("floor", "arithmetic", "roll-up")
        ratio = {part: statistics.median(one[part] / one["floor"] for one in rounds) for part in parts}
        speed = {part: rows / statistics.median(one[part] for one in rounds) / 1e6 for part in parts}
        print(f"{method:<14}{speed['floor']:>8.1f}{speed['arithmetic']:>12.1f}{ratio['arithmetic']:>9.2f}"
              f"{speed['roll-up']:>9.1f}{ratio['roll-up']:>9.2f}")  # fmt: skip


def against_five_in_one(evidence: EvidenceTable) -> None:
    """Whole roll-ups with the floor of five methods in one go."""
    works: dict[str, Callable[[], object]] = {"floor": lambda: floor_of_five(evidence)}
    rounds = interleaved({**works, **{method: run_roll_up(method, evidence) for method in FIVE}})
    ratio = {method: statistics.median(one[method] / one["floor"] for one in rounds) for method in FIVE}
    every = statistics.median(sum(one[method] for method in FIVE) / one["floor"] for one in rounds)
    speed = len(evidence) / statistics.median(one["floor"] for one in rounds) / 1e6
    print(f"five methods in one floor: {speed:.1f}; one whole roll-up x that floor: "
          f"{', '.join(f'{method} {ratio[method]:.2f}' for method in FIVE)}; five of them {every:.2f}")  # fmt: skip


def every_method(evidence: EvidenceTable) -> None:
    """Whole roll-ups of the methods that have no floor here."""
    others = [method for method in METHODS if method not in FLOORS]
    rounds = interleaved({method: run_roll_up(method, evidence) for method in others})
    for method in others:
        print(f"{method:<44}{len(evidence) / statistics.median(one[method] for one in rounds) / 1e6:>8.1f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=2_000_000)
    evidence = evidence_of(options.parse_args().rows)
    rows = len(evidence)
    print(f"{rows:,} rows in groups of {GROUP_SIZE}, medians of {ROUNDS} interleaved rounds, million rows/s")
    against_single_floors(evidence)
    against_five_in_one(evidence)
    shapes = interleaved(other_shapes(evidence))
    for name in shapes[0]:
        print(f"{name:<44}{rows / statistics.median(one[name] for one in shapes) / 1e6:>8.1f}")
    every_method(evidence_of(min(rows, 200_000)))


if __name__ == "__main__":
    main()
