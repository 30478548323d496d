"""The document with its blocks filled, and its charts."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from status_engine import GATES, METHODS, Rule

from . import elsewhere, evidence, gates, methods, milestones
from .charts import levels_chart, method_chart

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = ROOT / "docs" / "status-engine.md"
CHARTS = ROOT / "docs" / "img" / "engine"
BLOCK = re.compile(r"(<!-- engine: (?P<name>[a-z0-9_ ]+) -->)(?P<text>.*?)(<!-- end -->)", re.DOTALL)

BLOCKS: dict[str, Callable[[], list[str]]] = {
    "levels": evidence.levels_block,
    "story": methods.story_block,
    "ratings": evidence.ratings_block,
    "rounding": evidence.rounding_block,
    "scale": evidence.scale_block,
    "pass mark": evidence.pass_mark_block,
    "items": evidence.items_block,
    "attempts": evidence.attempts_block,
    "order": evidence.order_block,
    "window": evidence.window_block,
    "expiry": evidence.expiry_block,
    "reasons": evidence.reasons_block,
    "compared": methods.compared_block,
    "weights": methods.weights_block,
    **{f"method {name}": partial(methods.method_block, name) for name in METHODS},
    "single piece": gates.without_gate_block,
    **{f"gate {code}": partial(gates.gate_block, code) for code in GATES},
    "why": gates.why_block,
    **{f"rule {rule.name.lower()}": partial(milestones.rule_block, rule) for rule in Rule},
    "held": milestones.held_block,
    "indicators": milestones.indicators_block,
    "canvas": elsewhere.canvas_block,
    "decaying": elsewhere.decaying_block,
    "flag": elsewhere.flag_block,
    "percents": elsewhere.percents_block,
    "others": elsewhere.others_block,
    "missing": elsewhere.missing_block,
}


def names_in(document: str) -> list[str]:
    """The blocks a document has places for, in order."""
    return [found["name"] for found in BLOCK.finditer(document)]


def filled(document: str) -> str:
    """The document with every block as the engine gives it. Raises KeyError for a block that is not known."""

    def block(found: re.Match[str]) -> str:
        return "\n".join([found[1], "", *BLOCKS[found["name"]](), "", found[4]])

    return BLOCK.sub(block, document)


def charts() -> dict[str, str]:
    """{file name: SVG}."""
    return {"levels.svg": levels_chart(), **{f"{name}.svg": method_chart(name) for name in METHODS}}
