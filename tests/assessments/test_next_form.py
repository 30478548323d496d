"""Which form comes next: never one that was had, never against the task's own rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assessments.models import Attempt
from assessments.next_form import UNDER_WAY, Fresh, Past, Refusal, Rules, next_form

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
METHODS = ("quiz", "project", "conversation")
FORMS = [Fresh(n, "ABCDE"[n], METHODS[n % 3]) for n in range(5)]


@st.composite
def histories(draw: st.DrawFn) -> list[Past]:
    keys = draw(st.permutations(range(5)))[: draw(st.integers(0, 5))]
    state = st.sampled_from([state.value for state in Attempt.State])
    hours = st.one_of(st.none(), st.integers(0, 100))
    moments = hours.map(lambda ago: None if ago is None else NOW - timedelta(hours=ago))
    return [Past(key, FORMS[key].name, FORMS[key].method, draw(state), draw(moments)) for key in keys]


RULES = st.builds(
    Rules, st.one_of(st.none(), st.integers(1, 4)), st.integers(0, 96).map(lambda n: timedelta(hours=n)), st.booleans()
)


@given(RULES, histories(), st.booleans())
def test_what_is_given_keeps_every_rule(rules: Rules, history: list[Past], is_early: bool) -> None:
    found = next_form(rules, FORMS, history, NOW, is_early_allowed=is_early)
    counted = [past for past in history if past.state != Attempt.State.CANCELLED]
    if isinstance(found, Refusal):
        assert found.code in {"under_way", "maximum", "cool_down", "no_form", "other_method"}
        return
    assert found.key not in {past.form_id for past in history}
    assert not any(past.state in UNDER_WAY for past in counted)
    assert rules.max_attempts is None or len(counted) < rules.max_attempts
    judged = [past.judged_at for past in counted if past.judged_at]
    assert is_early or not judged or max(judged) + rules.cool_down <= NOW
    if rules.is_other_method and counted:
        assert found.method != counted[-1].method


def test_the_first_attempt_is_the_first_form() -> None:
    assert next_form(Rules(), FORMS, [], NOW) == FORMS[0]


def test_a_refusal_has_the_figures_of_its_sentence() -> None:
    judged = Past(0, "A", "quiz", "judged", NOW - timedelta(hours=1))
    assert next_form(Rules(cool_down=timedelta(hours=3)), FORMS, [judged], NOW) == Refusal(
        "cool_down", until=NOW + timedelta(hours=2)
    )
    assert next_form(Rules(max_attempts=1), FORMS, [judged], NOW) == Refusal("maximum", limit=1)
    assert next_form(Rules(), FORMS[:1], [judged], NOW) == Refusal("no_form", ("A",))
    assert next_form(Rules(is_other_method=True), [FORMS[0], FORMS[3]], [judged], NOW) == Refusal(
        "other_method", ("A",), method="quiz"
    )
    waiting = Past(0, "A", "quiz", "handed_in", None)
    assert next_form(Rules(), FORMS, [waiting], NOW) == Refusal("under_way", ("A",), state="handed_in")


def test_a_cancelled_attempt_is_none_but_its_form_was_seen() -> None:
    cancelled = Past(0, "A", "quiz", "cancelled", None)
    assert next_form(Rules(max_attempts=1), FORMS, [cancelled], NOW) == FORMS[1]
