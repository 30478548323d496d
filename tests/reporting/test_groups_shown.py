"""Groups that cross one another: no arithmetic over them and the mastery report tells of fewer than the limit."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.summaries.cube import Facts, Rows, publish
from reporting.suppression import groups_shown

# school, grade, class, sex, ethnicity, free meals
PLACES = list(itertools.product((1, 2), ("5", "6"), (1, 2), ("f", "m"), ("a", "b", "c"), ("", "y")))
Atoms = list[tuple[int, str, int, str, str, str]]
Sizes = dict[tuple[int, str, int, str, str, str], int]


def shown_of(atoms: Atoms, sizes: list[int], school: int, limit: int) -> list[set[str]]:
    """For each kind of group those that the school shows."""
    here = [n for n, atom in enumerate(atoms) if atom[0] == school]
    columns = [np.unique([atoms[n][k] for n in here], return_inverse=True) for k in range(1, 6)]
    codes = np.stack([inverse.reshape(-1) for _, inverse in columns], axis=1)
    found = groups_shown(codes[:, :2], codes[:, 2:], np.array([sizes[n] for n in here], np.int64), limit)
    return [{str(columns[2 + k][0][code]) for code in shown.tolist()} for k, shown in enumerate(found)]


def test_a_group_inside_another_hides_one_of_the_two() -> None:
    """25 who speak Spanish at home are all Hispanic; of the other five Hispanic learners nothing may be known."""
    atoms: Atoms = [(1, "5", 1, "f", "hispanic", "es"), (1, "5", 1, "f", "hispanic", "en"),
                    (1, "5", 1, "f", "white", "en")]  # fmt: skip
    assert shown_of(atoms, [25, 5, 60], 1, 10) == [{"f"}, {"hispanic", "white"}, set()]
    assert shown_of(atoms, [25, 12, 60], 1, 10) == [{"f"}, {"hispanic", "white"}, {"en", "es"}]


def test_groups_without_anybody_alike_are_not_compared() -> None:
    """All girls are in one class, all boys in the other: the report of classes would tell the rest."""
    atoms: Atoms = [(1, "5", 1, "f", "a", "x"), (1, "5", 1, "f", "b", "x"), (1, "5", 2, "m", "a", "x")]
    assert shown_of(atoms, [30, 4, 30], 1, 10)[:2] == [set(), set()]


few = st.dictionaries(st.sampled_from(PLACES), st.sampled_from([1, 3, 6, 9, 11, 14, 30]), min_size=2, max_size=16)


@settings(deadline=None, max_examples=120)
@given(few, st.sampled_from([5, 10]))
def test_no_arithmetic_over_groups_and_report_tells_of_fewer_than_the_limit(there: Sizes, limit: int) -> None:
    """The attacker knows every figure of the report and of all groups, of both schools and of the district, and which
    combinations of groups have nobody. No combination of figures, whatever the factors, is about fewer than the limit.
    """
    atoms, sizes = list(there), list(there.values())
    known = np.array([*of_report(atoms, sizes, limit), *of_groups(atoms, sizes, limit)], np.float64)
    if not known.size:
        return
    rank = np.linalg.matrix_rank(known)
    small = [n for n, size in enumerate(sizes) if size < limit]
    for many in range(1, min(len(small), limit) + 1):
        for chosen in itertools.islice(itertools.combinations(small, many), 150):
            if sum(sizes[n] for n in chosen) < limit:
                rest = np.delete(known, chosen, axis=1)
                assert np.linalg.matrix_rank(rest) == rank, [atoms[n] for n in chosen]


def of_report(atoms: Atoms, sizes: list[int], limit: int) -> list[list[float]]:
    """What the mastery report shows of one milestone: grades, schools, the district, grades over schools."""
    rows = report(atoms, sizes, limit)
    cells = {(int(rows.school[n]), str(rows.grade[n])) for n in range(len(rows)) if rows.is_shown[n]}
    found = []
    for school, grade in cells:
        if school:
            found.append([float(one[0] == school and grade in {"*", one[1]}) for one in atoms])
        elif grade == "*":
            found.append([1.0] * len(atoms))
        else:
            found.append([float((one[0], one[1]) in cells and one[1] == grade) for one in atoms])
    return found


def of_groups(atoms: Atoms, sizes: list[int], limit: int) -> list[list[float]]:
    rows = report(atoms, sizes, limit)
    schools = {int(rows.school[n]) for n in range(len(rows)) if rows.is_shown[n] and rows.grade[n] == "*"} - {0}
    shown = {school: shown_of(atoms, sizes, school, limit) for school in schools}
    found = []
    for kind in range(3):
        for value in {one[3 + kind] for one in atoms}:
            parts = [
                [float(one[0] == school and one[3 + kind] == value) for one in atoms]
                for school in schools if value in shown[school][kind]
            ]  # fmt: skip
            found += [*parts, [float(x) for x in np.sum(parts, axis=0)]] if parts else []
    return found


def report(atoms: Atoms, sizes: list[int], limit: int) -> Rows:
    places = sorted({atom[:2] for atom in atoms})
    learners = np.array([sum(n for a, n in zip(atoms, sizes, strict=True) if a[:2] == p) for p in places], np.int64)
    levels = np.zeros((len(places), 5), np.int64)
    levels[:, 3] = learners
    school, grade = np.array([s for s, _ in places]), np.array([g for _, g in places])
    cells = Rows.new(school, grade, milestone=np.ones(len(places), np.int64), learners=learners, levels=levels)
    rows = publish(cells, Rows.new(school, grade, learners=learners), Facts({1: (0, "")}, {}, limit))
    return rows.rows(rows.milestone == 1)
