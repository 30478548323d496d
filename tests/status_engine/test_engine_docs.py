"""docs/status-engine.md says what the engine does: every figure, every chart, every name of a registry."""

import re
import xml.etree.ElementTree as ET

import pytest

from milestones import flags, overrides, pace
from status_engine import GATES, KIND_NAMES, LEVEL_NAMES, METHODS, REASON_NAMES, Flag, Measure, Rule
from status_engine.policy import ATTEMPTS, ORDERS, STALLED_AFTER
from tests.status_engine.examples.charts import method_chart
from tests.status_engine.examples.document import BLOCKS, CHARTS, DOCUMENT, charts, filled, names_in
from tests.status_engine.examples.methods import WORKED, method_block
from tests.status_engine.examples.story import judged, story_rows

TEXT = DOCUMENT.read_text()
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
SVG = "{http://www.w3.org/2000/svg}"
MOST_BYTES = 4096
AGAIN = "Run: python -m tests.status_engine.examples"


def test_every_figure_is_what_the_engine_gives() -> None:
    assert filled(TEXT) == TEXT, AGAIN


def test_a_wrong_figure_would_be_found() -> None:
    assert filled(TEXT.replace("= 3.475 → **3.48**", "= 3.475 → **3.49**")) == TEXT
    assert TEXT.count("= 3.475 → **3.48**") == 1


def test_every_block_has_its_place_once() -> None:
    assert sorted(names_in(TEXT)) == sorted(BLOCKS)
    assert TEXT.count("<!-- engine:") == TEXT.count("<!-- end -->") == len(BLOCKS)


def test_a_block_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError, match="no such"):
        filled("<!-- engine: no such --><!-- end -->")


def test_every_method_is_worked_out_by_hand() -> None:
    assert sorted(WORKED) == sorted(METHODS)


def test_arithmetic_that_disagrees_with_the_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORKED, "mean", lambda: (["19 / 7 = 2.72"], 2.72))
    with pytest.raises(ValueError, match=r"but the engine says 2\.71"):
        method_block("mean")


def test_every_chart_is_what_the_engine_gives() -> None:
    assert {path.name: path.read_text() for path in CHARTS.glob("*.svg")} == charts(), AGAIN


@pytest.mark.parametrize("name", sorted(charts()))
def test_a_chart_can_be_read_without_seeing_it(name: str) -> None:
    data = (CHARTS / name).read_bytes()
    root = ET.fromstring(data)  # noqa: S314 - our own file
    title, words = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert words is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {words.get('id')}"
    assert len(title.text or "") > 10
    assert len(words.text or "") > 40
    assert len(data) < MOST_BYTES
    assert "prefers-color-scheme:dark" in data.decode()
    assert not re.search(r"<script|href=|url\(|\son\w+=", data.decode())


def test_a_chart_shows_the_pieces_and_the_value_after_each() -> None:
    drawn = ET.fromstring(method_chart("ewma"))  # noqa: S314 - our own text
    circles = [one.get("class") for one in drawn.iter(f"{SVG}circle")]
    assert (circles.count("piece"), circles.count("dot")) == (7, 7)
    waiting = ET.fromstring(method_chart("n_times"))  # noqa: S314 - our own text
    assert [one.get("class") for one in waiting.iter(f"{SVG}circle")].count("dot") == 2


def test_every_image_is_there_and_has_words() -> None:
    images = IMAGE.findall(TEXT)
    assert sorted(path for _, path in images) == sorted(f"img/engine/{name}" for name in charts())
    assert all(len(words) > 40 for words, _ in images)


NAMES = {
    *METHODS, *GATES, *(rule.name.lower() for rule in Rule), *(measure.name.lower() for measure in Measure),
    *REASON_NAMES[1:], *KIND_NAMES, *ATTEMPTS, *ORDERS, *(flag.name.lower() for flag in Flag if flag.name),
    *flags.BY_TIME,
}  # fmt: skip


def test_every_name_of_a_registry_is_in_it() -> None:
    assert sorted(name for name in NAMES if f"`{name}`" not in TEXT) == []
    assert [name for name in LEVEL_NAMES if f"**{name}**" not in TEXT] == []


@pytest.mark.parametrize("name", [*METHODS, *GATES, *(rule.name.lower() for rule in Rule)])
def test_every_method_gate_and_rule_has_a_part_of_its_own(name: str) -> None:
    assert len(re.findall(rf"^### `{name}`$", TEXT, re.MULTILINE)) == 1


@pytest.mark.parametrize("name", METHODS)
def test_a_method_says_when_to_choose_it(name: str) -> None:
    part = TEXT.split(f"### `{name}`\n")[1].split("\n## ")[0].split("\n### ")[0]
    assert "**Choose it**" in part
    assert re.search(r"\*\*Forgives( and punishes)?\*\*", part)
    assert re.search(r"(P|p)unishes\*\*", part)


def test_every_link_inside_leads_somewhere() -> None:
    heads = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
    assert [to for to in re.findall(r"\]\(#([^)]+)\)", TEXT) if to not in anchors] == []


def test_what_the_text_says_in_numbers() -> None:
    """Prose that no block writes, against the constants it speaks of."""
    words = " ".join(TEXT.split())
    assert f"in the last {flags.DROPPED_WITHIN.days} days" in words
    assert f"({STALLED_AFTER[0]} to {STALLED_AFTER[1]} days)" in words
    assert f"(between {pace.SHORTEST} and {pace.LONGEST} days)" in words
    assert pace.FEWEST_STAYS == 10
    assert "once ten of them have" in words
    assert f"Else {flags.STALLED_AFTER} days." in words
    assert f"at least {overrides.SHORTEST} characters" in words
    assert len(METHODS) == 15
    assert "## Fifteen methods" in TEXT


def test_what_the_text_says_about_the_story() -> None:
    """`mean` and `weighted_mean` are the ones that keep the learner below meets."""
    below = [name for name in METHODS if judged(name, story_rows())["level"] == "developing"]
    assert below == ["mean", "weighted_mean"]
