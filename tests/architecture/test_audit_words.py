"""Whatever the source writes into the audit trail has words on its page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from assessments.models import Assessment, Evidence
from competencies.models import Competency
from interventions.models import AlertAct, LearnerRequest, ResourceUse
from milestones.goal_notes import DOINGS
from milestones.models import ReviewSession, ShoutOut
from milestones.routes import MOVES
from reporting.audit.words import ACTIONS
from tests.architecture.source_checks import product_files

CODE = re.compile(r"[a-z_]+\.[a-z_]+")
# The last word of an action that is put together: from where it comes.
PUT_TOGETHER: dict[str, tuple[str, ...]] = {
    "assessment": tuple(Assessment.State.values), "evidence": tuple(Evidence.Entry.values),
    "competency": tuple(Competency.State.values), "framework": tuple(Competency.State.values),
    "alert": tuple(AlertAct.Kind.values), "request": tuple(LearnerRequest.Kind.values),
    "resource": tuple(ResourceUse.Choice.values), "review": ("open", "closed"), "route": tuple(MOVES),
    "shout_out": tuple(ShoutOut.State.values), "goal_note": tuple(DOINGS),
}  # fmt: skip
assert set(PUT_TOGETHER["review"]) <= set(ReviewSession.State.values)


def actions_in(source: str) -> Iterator[str]:
    """What the calls of record_audit in a file may write; for a name that is passed on, every code of the file."""
    tree = ast.parse(source)
    for call in ast.walk(tree):
        name = getattr(getattr(call, "func", None), "id", "")
        if not isinstance(call, ast.Call) or name != "record_audit":
            continue
        parts = [call.args[1]]
        while parts:
            part = parts.pop()
            if isinstance(part, ast.IfExp):
                parts += [part.body, part.orelse]
            elif isinstance(part, ast.JoinedStr):
                prefix = ast.literal_eval(part.values[0]).rstrip(".")
                yield from (f"{prefix}.{end}" for end in PUT_TOGETHER[prefix])
            elif isinstance(part, ast.Constant):
                yield str(part.value)
            else:
                texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
                yield from (text for text in texts if isinstance(text, str) and CODE.fullmatch(text))


def test_every_action_has_words() -> None:
    written = {action for file in product_files() for action in actions_in(file.read_text(encoding="utf-8"))}
    assert len(written) > 200
    assert written - set(ACTIONS) == set(), "words in reporting/audit/words.py"
    assert set(ACTIONS) - written == set(), "nothing writes this any more"


def test_planted_action_is_found() -> None:
    source = 'def f(a, x):\n record_audit(a, "door.opened" if x else "door.shut")\n record_audit(a, f"review.{x}")'
    assert set(actions_in(source)) == {"door.opened", "door.shut", "review.open", "review.closed"}
