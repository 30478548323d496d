"""Every code that the engine can emit has its sentence; figures and plural forms are right."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.models import Evidence
from milestones.selectors import CriterionReason
from reporting import condition_words, kind_words, policy_words, sentences
from status_engine import (
    GATES,
    KIND_NAMES,
    LEVEL_NAMES,
    METHODS,
    REASON_NAMES,
    Context,
    Level,
    preview,
)
from status_engine.change import MORE_EVIDENCE, NONE_WITHIN, PREREQUISITES_FIRST
from status_engine.conditions import level_conditions

SCALE = {"points_possible": 4, "meets_at": 3, "developing_at": 2, "mastery_at": 4}
PARAMETERS: dict[str, dict[str, Any]] = {
    "ewma": {"weight": 0.65},
    "last_vs_rest": {"weight": 0.6},
    "n_times": {"n": 2},
    "m_of_n": {"m": 2, "n": 3},
    "mean_of_top": {"r": 2},
    "drop_lowest": {"d": 1},
    "bkt": {"p0": 0.3, "t": 0.1, "s": 0.1, "g": 0.2},
}
CODES = ("value_at_or_above", "piece_at_or_above", "times_at_or_above", "probability_at_or_above")
NEEDED: dict[str, Any] = {
    "required_kinds": ["summative", "performance"],
    "k_of_last_n_at_or_above": {"k": 2, "n": 3},
    "prerequisites_met": True,
}
NOW = 1_800_000_000_000_000  # microseconds, January 2027


def rule(method: str, **values: Any) -> dict[str, Any]:
    return {"method": method, **SCALE, **PARAMETERS.get(method, {}), **values}


def reason_for(policy: dict[str, Any], evidence: list[dict[str, Any]]) -> sentences.Reason:
    explanation = preview(policy, evidence, Context(as_of=NOW))["explanation"]
    row = SimpleNamespace(
        code="A.1",
        statement="Can do it",
        level=Level.NOT_STARTED,
        required_level=3,
        explanation=explanation,
        policy=SimpleNamespace(name="House rule", number=3),
    )
    return sentences.reason_of(cast(CriterionReason, row))


def piece(score: float | None, **values: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "score": score, "possible": 4, "occurred_at": "2026-10-01T10:00:00Z", "task": "t", "kind": "formative",
    }  # fmt: skip
    return {**given, **values}


def complete(text: str) -> bool:
    """A sentence with every figure filled in."""
    return bool(text) and not re.search(r"%\(|%[ds]|None|nan|\{|\}|_", text)


def test_every_method_has_a_sentence() -> None:
    assert set(METHODS) <= set(policy_words.METHODS)
    for method in METHODS:
        assert complete(reason_for(rule(method), [piece(3)]).method), method


def test_every_kind_and_every_reason_has_words() -> None:
    assert set(kind_words.KINDS) == set(KIND_NAMES) == set(Evidence.Kind.values)
    assert set(policy_words.IGNORED) == set(REASON_NAMES) - {"counted"}
    for words in kind_words.KINDS.values():
        assert complete(words())
    for code, words_for in policy_words.IGNORED.items():
        texts = [words_for(n) % {"n": n} for n in (1, 2)]
        assert all(complete(text) for text in texts), code
        assert texts[0] != texts[1], "one and many differ"


@pytest.mark.parametrize("level", ["meets", "mastery"])
@pytest.mark.parametrize("code", GATES)
def test_every_gate_has_a_sentence_met_and_not(code: str, level: str) -> None:
    needed = NEEDED.get(code, 2)
    policy = rule("mean", gates={level: {code: needed}})
    full = [
        piece(3, task="a", kind="summative"),
        piece(3, task="b", kind="performance"),
        piece(3, task="c", kind="summative"),
    ]
    now = Context(as_of=NOW)
    for evidence in ([], [piece(2)], full):
        for condition in preview(policy, evidence, now)["explanation"]["conditions"]:
            text = condition_words.condition_sentence(condition, SCALE)
            assert complete(text), (condition, text)
    assert code in {row["code"] for row in preview(policy, full, now)["explanation"]["conditions"]}


def test_no_other_condition_exists() -> None:
    """The codes written in the engine's source, and the gates, are all there is a sentence for."""
    source = level_conditions.__globals__["__loader__"].get_source(level_conditions.__module__)
    written = set(re.findall(r'"([a-z]+_at_or_above)"', source))
    own = {method.figure.code for method in METHODS.values() if method.figure is not None}
    assert written | own == set(CODES) == set(condition_words.FIGURES) | {"probability_at_or_above"}
    assert set(GATES) == set(condition_words.AMOUNTS) | set(condition_words.GATES)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "evidence",
    [
        [],
        [piece(None)],
        [piece(0)],
        [piece(2)],
        [piece(3, task="a"), piece(3, task="b")],
        [piece(4, task=str(n), occurred_at=f"2026-10-{n + 1:02}T10:00:00Z") for n in range(6)],
        [piece(4, kind="self_assessment")],
    ],
)
def test_reason_of_any_standing(method: str, evidence: list[dict[str, Any]]) -> None:
    reason = reason_for(rule(method), evidence)
    assert complete(reason.method)
    assert complete(reason.change)
    assert all(complete(check.text) for check in reason.checks), reason.checks
    assert all(complete(text) for text in reason.ignored)
    assert bool(reason.checks) == (reason.next_level is not None and reason.next_level >= Level.DEVELOPING)


def test_what_would_change_it() -> None:
    said = sentences.change_sentence
    assert {MORE_EVIDENCE, NONE_WITHIN, PREREQUISITES_FIRST} == {"more_evidence", "none_within", "prerequisites_first"}
    assert said(None, SCALE) == "Nothing is missing: this is the highest level."
    assert "five would not be enough" in said({"code": NONE_WITHIN, "count": 5}, SCALE)
    step = {
        "code": MORE_EVIDENCE,
        "count": 1,
        "at_least": 3.0,
        "kinds": [],
        "kind": None,
        "new_task": True,
        "new_form": False,
        "to": "meets",
    }
    assert said(step, SCALE) == "1 more piece at Meets (3) or above from a new task moves this to Meets."
    assert said({**step, "count": 2, "at_least": 3.5, "to": "mastery"}, SCALE) == (
        "2 more pieces at 3.5 points or above from new tasks move this to Mastery."
    )
    assert said({**step, "kinds": ["summative"]}, SCALE) == (
        "1 more piece at Meets (3) or above from a new task (summative) moves this to Meets."
    )
    assert said({**step, "at_least": 0.0, "to": "beginning"}, SCALE) == (
        "The first piece of evidence moves this to Beginning."
    )
    assert said({**step, "count": 2, "new_form": True}, SCALE) == (
        "2 more pieces at Meets (3) or above from new forms or tasks move this to Meets."
    )
    first = {"code": PREREQUISITES_FIRST, "count": 1, "to": "meets", "then": None}
    assert said(first, SCALE) == "1 prerequisite has to be met first; that moves this to Meets."
    assert said({**first, "count": 2, "then": step}, SCALE) == (
        "2 prerequisites have to be met first. After that: "
        "1 more piece at Meets (3) or above from a new task moves this to Meets."
    )
    for name in LEVEL_NAMES[1:]:
        assert complete(said({**step, "to": name}, SCALE))


def test_figures_of_conditions() -> None:
    condition = {"code": "value_at_or_above", "needed": 3.0, "has": None, "met": False}
    assert condition_words.condition_sentence(condition, SCALE) == "The value is Meets (3) or above. Now: none yet"
    assert condition_words.condition_sentence({**condition, "has": 2.25, "needed": 2.5}, SCALE) == (
        "The value is 2.5 points or above. Now: 2.25"
    )
    times = {"code": "times_at_or_above", "needed": 3, "has": 1, "met": False}
    assert condition_words.condition_sentence(times, SCALE) == "Meets shown 3 times. So far: 1"
    gate = {"code": "min_tasks", "needed": 2, "has": 1, "met": False}
    assert condition_words.condition_sentence(gate, SCALE) == "2 independent tasks or more. There: 1"


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (
            {"code": "k_of_last_n_at_or_above", "needed": {"k": 2, "n": 3, "level": "mastery"}, "has": 1},
            "2 of the newest 3 pieces at Mastery or above. There: 1",
        ),
        (
            {"code": "within_days", "needed": 30, "has": 45},
            "A piece from the last 30 days. The newest is 45 days old.",
        ),
        ({"code": "within_days", "needed": 1, "has": 0}, "A piece from the last 1 day. The newest is of today."),
        (
            {"code": "within_days", "needed": 30, "has": None},
            "A piece from the last 30 days. There is none with a date.",
        ),
        ({"code": "prerequisites_met", "needed": 0, "has": 0, "blocks": True}, "All prerequisites are met."),
        (
            {"code": "prerequisites_met", "needed": 0, "has": 2, "blocks": True},
            "2 prerequisites are not met yet.",
        ),
        (
            {"code": "prerequisites_met", "needed": 0, "has": 1, "blocks": False},
            "1 prerequisite is not met yet. This is advice, it does not hold the level back.",
        ),
        (
            {"code": "probability_at_or_above", "needed": 0.95, "has": 0.94996},
            "Known with a probability of 95 % or more. Now: 94.9 %",
        ),
        ({"code": "min_forms", "needed": 2, "has": 1}, "2 different forms or tasks or more. There: 1"),
    ],
)
def test_figures_of_gates(condition: dict[str, Any], text: str) -> None:
    assert condition_words.condition_sentence(condition, SCALE) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"method": "m_of_n", "m": 3, "n": 5}, "Meets has to be shown in 3 of the newest 5 pieces."),
        (
            {"method": "mode", "tie": "highest"},
            "The rating shown most often counts; of equally frequent ones the highest.",
        ),
        ({"method": "median", "r": 4}, "The middle one of the newest 4 pieces counts."),
        ({"method": "median"}, "The middle one of all pieces counts."),
        ({"method": "mean_of_top", "r": 1}, "The best piece counts."),
        ({"method": "mean_of_top", "r": 3}, "The average of the best 3 pieces counts."),
        ({"method": "drop_lowest", "d": 2}, "The average counts, without the lowest 2 pieces."),
    ],
)
def test_methods_say_their_parameters(changes: dict[str, Any], text: str) -> None:
    assert reason_for({**SCALE, **changes}, []).method == text


SCORES = st.none() | st.sampled_from([0, 1, 1.5, 2, 3, 3.5, 4])
PIECES = st.builds(
    lambda score, kind, task, day: piece(score, kind=kind, task=task, occurred_at=f"2026-10-{day:02}T10:00:00Z"),
    SCORES,
    st.sampled_from(KIND_NAMES),
    st.sampled_from("abc"),
    st.integers(1, 28),
)
GATE_VALUES = st.fixed_dictionaries(
    {},
    optional={
        "min_pieces": st.integers(1, 5),
        "min_tasks": st.integers(1, 4),
        "min_kinds": st.integers(1, 4),
        "required_kinds": st.lists(st.sampled_from(["formative", "summative", "observation"]), min_size=1),
        "min_forms": st.integers(1, 4),
        "k_of_last_n_at_or_above": st.sampled_from([{"k": 1, "n": 2}, {"k": 3, "n": 3, "level": "developing"}]),
        "within_days": st.integers(1, 100),
        "prerequisites_met": st.sampled_from([True, "advice"]),
    },
)


@settings(deadline=None, max_examples=150)
@given(
    method=st.sampled_from(sorted(METHODS)),
    attempts=st.sampled_from(["all", "latest_per_task", "best_per_task"]),
    meets=GATE_VALUES,
    mastery=GATE_VALUES,
    counts_self=st.booleans(),
    window=st.sampled_from([None, {"term": True}, {"days": 90}, {"pieces": 2}]),
    evidence=st.lists(PIECES, max_size=7),
)
def test_any_policy_on_any_evidence_can_be_said(
    method: str,
    attempts: str,
    meets: Any,
    mastery: Any,
    counts_self: bool,
    window: Any,
    evidence: list[dict[str, Any]],
) -> None:
    gates = {"meets": meets, "mastery": mastery}
    policy = rule(method, attempts=attempts, gates=gates, count_self_assessment=counts_self, window=window)
    reason = reason_for(policy, evidence)
    texts = [reason.method, reason.change, *(check.text for check in reason.checks), *reason.ignored]
    assert all(complete(text) for text in texts), texts
