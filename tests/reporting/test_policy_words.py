"""Every method, parameter and gate of the engine has its sentence and its box, and the boxes allow what it allows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from competencies.content import Content, check_content
from reporting import policy_boxes as boxes
from reporting import policy_sentences as words
from reporting.policy_boxes import Box, Wrong
from reporting.policy_editor import USUAL, editor_of
from reporting.policy_form import field_name, parameters_of, read_form, values_of
from reporting.policy_reading import differences, lines_of, method_sentence
from status_engine import GATES, METHODS
from status_engine.parameters import PARAMETERS
from status_engine.policy import ATTEMPTS, ORDERS
from tenancy.errors import Invalid

RATINGS = tuple((Decimal(n), word, n == 3) for n, word in enumerate(("Beginning", "Developing", "Meets", "Mastery"), 1))
EXAMPLES: dict[str, dict[str, Any]] = {
    "weight": {"weight": 0.65}, "n": {"n": 3}, "m": {"m": 2}, "r": {"r": 3}, "d": {"d": 1}, "tie": {"tie": "highest"},
    "p0": {"p0": 0.3}, "t": {"t": 0.15}, "s": {"s": 0.1}, "g": {"g": 0.2},
}  # fmt: skip
NEEDED: dict[str, tuple[Any, ...]] = {
    "min_pieces": (1, 100), "min_tasks": (2,), "min_forms": (2,), "min_kinds": (2,),
    "required_kinds": (["summative", "observation"],),
    "k_of_last_n_at_or_above": ({"k": 2, "n": 3}, {"k": 1, "n": 2, "level": "mastery"}),
    "within_days": (1, 30), "prerequisites_met": (True, "advice"),
}  # fmt: skip


def content(**rule: Any) -> Content:
    return Content({"method": "mean", **rule}, Decimal(4), RATINGS)


def with_parameters(method: str) -> Content:
    given: dict[str, Any] = {}
    for name in (*METHODS[method].parameters, *METHODS[method].optional):
        given |= EXAMPLES[name]
    return content(method=method, **given)


def test_every_key_of_the_engine_has_words() -> None:
    assert set(words.METHODS) == set(METHODS)
    assert set(words.GATES) == set(GATES)
    assert set(boxes.PARAMETERS) == set(PARAMETERS)
    assert set(boxes.GATES) | {"required_kinds"} == set(GATES)
    assert set(words.ATTEMPTS) == set(ATTEMPTS)
    assert set(words.ORDERS) == set(ORDERS)
    assert set(USUAL) <= set(METHODS)
    assert set(NEEDED) == set(GATES)


@pytest.mark.parametrize("method", METHODS)
def test_sentences_of_methods_have_a_place_for_each_parameter(method: str) -> None:
    names = {name for name, _ in parameters_of(method)}
    assert {name for _, name in words.parts(words.METHODS[method](2)) if name} == names
    sentence = method_sentence(method, with_parameters(method).rule)
    assert "{" not in sentence
    assert "None" not in sentence


@pytest.mark.parametrize("method", METHODS)
def test_form_gives_back_what_it_shows(method: str) -> None:
    before = with_parameters(method)
    after, problems = read_form(values_of(before))
    assert problems == {}
    assert after is not None
    assert after.engine() == before.engine()
    assert differences(before, after) == []


@pytest.mark.parametrize("level", ["meets", "mastery"])
@pytest.mark.parametrize(("code", "needed"), [(code, one) for code, every in NEEDED.items() for one in every])
def test_gates_come_back(code: str, needed: Any, level: str) -> None:
    before = content(gates={"meets": {}, "mastery": {}, level: {code: needed}})
    after, problems = read_form(values_of(before))
    assert problems == {}
    assert after is not None
    assert after.engine().gates == before.engine().gates
    assert any(line.key == f"gates.{level}.{code}" and line.text for line in lines_of(before))


@pytest.mark.parametrize(
    "rule",
    [
        {"window": {"term": True}}, {"window": {"days": 90}}, {"window": {"pieces": 5}}, {"expires_after": 365},
        {"stalled_after": 3}, {"hold_at_mastery": True}, {"count_self_assessment": True}, {"developing_at": 1.5},
        {"mastery_at": 3.6}, {"attempts": "best_per_task"}, {"order_by": "due_at"},
    ],
)  # fmt: skip
def test_the_rest_comes_back(rule: dict[str, Any]) -> None:
    before = content(**rule)
    after, problems = read_form(values_of(before))
    assert problems == {}
    assert after is not None
    assert after.engine() == before.engine()
    assert len(differences(content(), before)) == 1


@pytest.mark.parametrize("name", [name for name, box in boxes.PARAMETERS.items() if box.kind != boxes.CHOICE])
def test_boxes_allow_what_the_engine_allows(name: str) -> None:
    """The ends of the box are right for the engine; beyond the box is wrong for it, or said by the box."""
    box, engine = boxes.PARAMETERS[name], PARAMETERS[name]
    for number in (box.low, box.high):
        assert engine.read(box.read(str(number))) is not None, number
    for text in (str(box.low - 1), str(box.high + 1), "", "x", "1e1", "²", "1" * 20, "1.2.3", "-1", "nan"):
        with pytest.raises(Wrong, match=r"^Enter a "):
            box.read(text)
    assert box.read(box.example) is not None


@pytest.mark.parametrize(("box", "low", "high"), [(boxes.STALLED, 3, 120), (boxes.EXPIRES, 1, 3660)])
def test_days(box: Box, low: int, high: int) -> None:
    name = "stalled_after" if box is boxes.STALLED else "expires_after"
    assert box.read("") is None
    for number in (low, high):
        assert box.read(str(number)) == number
        check_content(content(**{name: number}))
    for number in (low - 1, high + 1):
        with pytest.raises(Wrong):
            box.read(str(number))
        with pytest.raises(Invalid):
            check_content(content(**{name: number}))


def test_numbers_with_a_comma() -> None:
    assert boxes.CUT.read("3,6") == 3.6
    assert boxes.CUT.show(3.6) == "3.6"
    assert boxes.PARAMETERS["weight"].show(65) == boxes.PARAMETERS["weight"].show(0.65) == "65"
    assert boxes.PARAMETERS["weight"].read("62,5") == 0.625


def test_probabilities_that_are_too_much_together() -> None:
    """What only the engine knows finds its box as well."""
    values = values_of(with_parameters("bkt")) | {"method.bkt.s": "60", "method.bkt.g": "50"}
    found, problems = read_form(values)
    assert found is None
    assert list(problems) == ["method.bkt.s"]
    assert field_name("gates.meets.min_kinds", content()) == "gates.meets.min_kinds.needed"


def test_every_box_of_the_editor_has_a_name_of_its_own() -> None:
    editor = editor_of(values_of(content()), {})
    sentences = [*editor.methods, *editor.more_methods, *editor.windows]
    sentences += [one for group in editor.gates for one in group.sentences]
    names = [part.field.name for one in sentences for part in one.parts if part.field]
    names += [check.name for one in sentences for check in one.checks]
    names += [field.name for row in editor.ratings for field in (row.points, row.word)]
    assert len(names) == len(set(names))
    assert all(part.field.label for one in sentences for part in one.parts if part.field)


def test_ratings_at_the_limit() -> None:
    ten = tuple((Decimal(n), f"R{n}", n == 5) for n in range(1, 11))
    full = Content({"method": "mean"}, Decimal(10), ten)
    after, problems = read_form(values_of(full))
    assert problems == {}
    assert after is not None
    assert after.ratings == tuple((Decimal(str(float(p))), word, is_meeting) for p, word, is_meeting in ten)
    assert len(editor_of(values_of(full), {}).ratings) == 10
    with pytest.raises(Invalid, match="Use at most 10"):
        check_content(Content({"method": "mean"}, Decimal(11), (*ten, (Decimal(11), "R11", False))))
