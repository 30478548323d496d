"""The routes of families and of a learner's milestones and goals in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import Address, Entry, page

LEVEL, HISTORY, WORDS = ("Current level", "read"), ("Level history", "read"), ("Feedback to learner", "read")
NOTES, WRITE_NOTES = (("Learner goal and reflection", action) for action in ("read", "write"))
CHANGE = ("Milestone of a section", "create, update, re-bar, split")
ACCOUNT = ("Own account, factors, sessions", "read, update")
GUARDIANS, LEARNERS = frozenset({"GRD"}), frozenset({"LRN"})
STAFF = frozenset({"TCH", "SCH", "DST"})
NOTHING_WRONG = {
    "language": "", "is_weekly": "on", "weekday": "4", "hour": "17", "by_mail": "on", "quiet_from": "20",
    "quiet_until": "7", "time_zone": "",
}  # fmt: skip


def of(end: str = "") -> Address:
    return lambda p, kind: f"/family/{p.ids['learner'][kind]}/{end}"


def home_words(p: object, kind: str) -> str:
    return f"/milestones/{p.ids['own_milestone'][kind]}/home/"  # type: ignore[attr-defined]


def note(p: object, kind: str) -> str:
    return f"/me/goals/notes/{p.ids['goal_note'][kind]}/"  # type: ignore[attr-defined]


FAMILY_ENTRIES: tuple[Entry, ...] = (
    page("child_milestones", LEVEL, GUARDIANS, of("milestones/"), what="learner"),
    page("child_timeline", HISTORY, GUARDIANS, of("timeline/"), what="learner"),
    page("child_reports", WORDS, GUARDIANS, of("reports/"), what="learner"),
    page("cheer", ("Recognition", "cheer"), GUARDIANS, of("cheer/"), what="learner", method="POST", good=302,
         data=lambda p, k: {"text": "We are proud of you"}),
    page("family_settings", ACCOUNT, GUARDIANS, lambda p, k: "/family/settings/", what="account"),
    page("family_settings", ACCOUNT, GUARDIANS, lambda p, k: "/family/settings/", what="account", method="POST",
         good=302, data=lambda p, k: NOTHING_WRONG),
    page("home_words", CHANGE, STAFF, home_words, what="own_milestone"),
    page("home_words", CHANGE, STAFF, home_words, what="own_milestone", method="POST", good=302,
         data=lambda p, k: {"help": "Cook together"}),
    page("my_milestones", LEVEL, LEARNERS, lambda p, k: "/me/milestones/"),
    page("my_goals", NOTES, LEARNERS, lambda p, k: "/me/goals/"),
    page("my_goals", NOTES, LEARNERS, lambda p, k: "/me/goals/", method="POST", good=404),
    page("change_goal_note", WRITE_NOTES, LEARNERS, note, what="goal_note", method="POST", good=302,
         data=lambda p, k: {"doing": "tick"}),
)  # fmt: skip
