"""The routes of the evidence log in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import STAFF, Entry, page
from tests.permissions.places import Places

HISTORY = ("Evidence version history", "read")
CORRECT = ("Evidence", "correct (new version), void")
EXPORT = ("Named export, up to 200 learners", "create")
CORRECTION = {"score": "2", "occurred_on": "2026-03-02", "comment": "misread"}


def correct_of(p: Places, kind: str) -> str:
    learner, milestone = p.ids["learner"]["own"], p.ids["milestone"]["own"]
    return f"/learners/{learner}/milestones/{milestone}/evidence/{p.ids['evidence'][kind]}/correct/"


def correct_by(p: Places, kind: str) -> str:
    """The learner's own piece under the address of somebody else: they have to belong together."""
    piece = p.ids["evidence"].get(kind, p.ids["evidence"]["own"])
    return f"/learners/{p.ids['learner'][kind]}/milestones/{p.ids['milestone']['own']}/evidence/{piece}/correct/"


EVIDENCE_LOG_ENTRIES: tuple[Entry, ...] = (
    page("evidence_log", HISTORY, STAFF, lambda p, k: f"/classes/{p.ids['section'][k]}/evidence/", what="section"),
    page("evidence_log_csv", EXPORT, STAFF, lambda p, k: f"/classes/{p.ids['section'][k]}/evidence.csv",
         what="section"),
    page("correct_evidence", CORRECT, STAFF, correct_by, what="learner"),
    page("correct_evidence", CORRECT, STAFF, correct_by, what="learner", method="POST", good=302,
         data=lambda p, k: CORRECTION),
    page("correct_evidence", CORRECT, STAFF, correct_of, what="learner", kinds_of="evidence"),
)  # fmt: skip
