"""Note 13: a school's rule is stricter, never looser; and what a draft may hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from competencies.content import Content, check_content, content_of_stored
from competencies.stricter import looser_problems
from status_engine import Policy
from tenancy.errors import Invalid

RATINGS = tuple((Decimal(n), word, n == 3) for n, word in enumerate(("B", "D", "M", "M+"), 1))
K_OF_N = {"k": 2, "n": 3}
TENANT: dict[str, Any] = {
    "method": "ewma", "weight": 0.65, "developing_at": 2, "mastery_at": 3.6,
    "gates": {
        "meets": {"min_pieces": 2, "k_of_last_n_at_or_above": K_OF_N, "prerequisites_met": "advice"},
        "mastery": {"min_tasks": 2, "required_kinds": ["summative"], "within_days": 60},
    },
}  # fmt: skip


def policy(rule: dict[str, Any] | None = None, *, meets: Any = None, mastery: Any = None, **changes: Any) -> Policy:
    """The tenant's rule with changes; a gate set to None is taken away."""
    found = {**(rule or TENANT), **changes}
    gates = {level: dict(found["gates"][level]) for level in ("meets", "mastery")}
    for level, given in (("meets", meets or {}), ("mastery", mastery or {})):
        gates[level] = {code: needed for code, needed in {**gates[level], **given}.items() if needed is not None}
    return Content({**found, "gates": gates}, Decimal(4), RATINGS).engine()


STRICTER: tuple[dict[str, Any], ...] = (
    {}, {"developing_at": 2.5}, {"mastery_at": 4}, {"meets": {"min_pieces": 3}}, {"meets": {"min_kinds": 2}},
    {"meets": {"k_of_last_n_at_or_above": {"k": 3, "n": 3}}}, {"meets": {"k_of_last_n_at_or_above": {"k": 2, "n": 2}}},
    {"meets": {"prerequisites_met": True}}, {"mastery": {"required_kinds": ["summative", "performance"]}},
    {"mastery": {"within_days": 30}}, {"stalled_after": 14},
)  # fmt: skip
LOOSER: tuple[tuple[dict[str, Any], str], ...] = (
    ({"method": "highest", "weight": None}, "method"),
    ({"weight": 0.5}, "weight"),
    ({"attempts": "best_per_task"}, "attempts"),
    ({"order_by": "due_at"}, "order_by"),
    ({"window": {"pieces": 3}}, "window"),
    ({"expires_after": 300}, "expires_after"),
    ({"developing_at": 1.5}, "developing_at"),
    ({"mastery_at": 3.5}, "mastery_at"),
    ({"count_self_assessment": True}, "count_self_assessment"),
    ({"hold_at_mastery": True}, "hold_at_mastery"),
    ({"meets": {"min_pieces": 1}}, "gates.meets.min_pieces"),
    ({"meets": {"min_pieces": None}}, "gates.meets.min_pieces"),
    ({"meets": {"k_of_last_n_at_or_above": {"k": 1, "n": 3}}}, "gates.meets.k_of_last_n_at_or_above"),
    ({"meets": {"k_of_last_n_at_or_above": {"k": 2, "n": 4}}}, "gates.meets.k_of_last_n_at_or_above"),
    ({"meets": {"k_of_last_n_at_or_above": {**K_OF_N, "level": "developing"}}}, "gates.meets.k_of_last_n_at_or_above"),
    ({"meets": {"prerequisites_met": None}}, "gates.meets.prerequisites_met"),
    ({"mastery": {"required_kinds": ["performance"]}}, "gates.mastery.required_kinds"),
    ({"mastery": {"within_days": 61}}, "gates.mastery.within_days"),
    ({"mastery": {"min_tasks": 1}}, "gates.mastery.min_tasks"),
)


@pytest.mark.parametrize("changes", STRICTER, ids=str)
def test_stricter_is_accepted(changes: dict[str, Any]) -> None:
    assert looser_problems(policy(**changes), policy()) == []


@pytest.mark.parametrize(("changes", "field"), LOOSER, ids=[str(one[0]) for one in LOOSER])
def test_looser_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    given = {**TENANT, **changes}
    if given["weight"] is None:
        del given["weight"]
        changes = {name: value for name, value in changes.items() if name != "weight"}
    problems = looser_problems(
        policy({k: v for k, v in given.items() if k not in {"meets", "mastery"}}, **changes), policy()
    )
    fields = {problem["field"] for problem in problems}
    assert field in fields
    assert fields <= {field, "weight"}
    assert all(problem["message"].startswith("A school's policy") for problem in problems)


def test_a_scale_without_a_rating_above_meets() -> None:
    """There mastery begins where meets does: a district's cut above it is not undercut."""
    ratings = RATINGS[:3]
    rule = {"method": "mean", "gates": {"meets": {}, "mastery": {}}}
    without = Content(rule, Decimal(4), ratings).engine()
    with_cut = Content({**rule, "mastery_at": 3.5}, Decimal(4), ratings).engine()
    assert [one["field"] for one in looser_problems(without, with_cut)] == ["mastery_at"]
    assert looser_problems(with_cut, without) == []


def test_content_is_kept_as_it_is() -> None:
    content = Content({"method": "mean"}, Decimal("4.50"), (*RATINGS[:3], (Decimal("4.25"), "M+", False)))
    again = content_of_stored(content.rule, content.points_possible, content.stored_ratings)
    assert again == content
    assert content.stored_ratings[-1] == ["4.25", "M+", False]
    assert content.engine().scale.mastery_at == 4.25


@pytest.mark.parametrize(
    ("ratings", "code"),
    [
        (tuple((points, word, False) for points, word, _ in RATINGS), "one_meeting"),
        (tuple((points, word, True) for points, word, _ in RATINGS), "one_meeting"),
        ((*RATINGS, (Decimal(4), "again", False)), "twice"),
        ((*RATINGS[:3], (Decimal(4), " ", False)), "word"),
        ((*RATINGS[:3], (Decimal(4), "x" * 61, False)), "word"),
    ],
)
def test_ratings_that_are_wrong(ratings: Any, code: str) -> None:
    with pytest.raises(Invalid) as error:
        check_content(Content({"method": "mean"}, Decimal(4), ratings))
    assert [problem["code"] for problem in error.value.problems] == [code]


def test_every_problem_is_named() -> None:
    rule = {"method": "ewma", "weight": 300, "stalled_after": 1, "gates": {"meets": {"min_pieces": 0}}}
    with pytest.raises(Invalid) as error:
        check_content(Content(rule, Decimal(4), RATINGS))
    assert {problem["field"] for problem in error.value.problems} == {
        "weight", "stalled_after", "gates.meets.min_pieces",
    }  # fmt: skip
