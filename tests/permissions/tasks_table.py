"""The routes of rubrics, tasks and attempts in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import STAFF, Address, Entry, own, page
from tests.permissions.places import Places

LIBRARY = "Rubric and task in the library"
READ_RUBRIC, CREATE_RUBRIC, UPDATE_RUBRIC = ((LIBRARY, one) for one in ("read", "create", "update, retire"))
TASK = "Assessment, its forms and attempts"
READ, CHANGE, JUDGE = ((TASK, one) for one in ("read", "create, update", "assign, judge"))
HAND_IN = (TASK, "hand in, ask again")
PUBLISH = ("Publication to learner and family", "publish, withdraw")
LEARNERS = frozenset({"LRN"})


def rubric(end: str = "") -> Address:
    return lambda p, kind: f"/curriculum/rubrics/{p.ids['rubric'][kind]}/{end}"


def task(end: str = "") -> Address:
    return lambda p, kind: f"/assessments/{p.ids['task'][kind]}/{end}"


def attempt(end: str = "", start: str = "/attempts") -> Address:
    return lambda p, kind: f"{start}/{p.ids['attempt'][kind]}/{end}"


def in_class(end: str = "") -> Address:
    return lambda p, kind: f"/classes/{p.ids['section'][kind]}/assessments/{end}"


def sample(p: Places, kind: str) -> str:
    return f"/curriculum/rubrics/{own(p, 'rubric')}/calibration/{p.ids['sample'][kind]}/"


def form(p: Places, kind: str) -> str:
    """A form under its own task."""
    return f"/assessments/{p.ids['task'][kind]}/forms/{p.ids['form'][kind]}/state/"


def asked(p: Places, kind: str) -> str:
    return f"/classes/{p.ids['section'].get(kind, own(p, 'section'))}/assessments/asked/{p.ids['asked'][kind]}/"


TASKS_ENTRIES: tuple[Entry, ...] = (
    page("rubrics", READ_RUBRIC, STAFF, lambda p, k: "/curriculum/rubrics/"),
    page("new_rubric", CREATE_RUBRIC, STAFF, lambda p, k: "/curriculum/rubrics/new/"),
    page("new_rubric", CREATE_RUBRIC, STAFF, lambda p, k: "/curriculum/rubrics/new/", method="POST", good=422),
    page("rubric", READ_RUBRIC, STAFF, rubric(), what="curriculum", kinds_of="rubric"),
    page("edit_rubric", UPDATE_RUBRIC, STAFF, rubric("edit/"), what="rubric"),
    page("edit_rubric", UPDATE_RUBRIC, STAFF, rubric("edit/"), what="rubric", method="POST", good=422),
    page("rubric_state", UPDATE_RUBRIC, STAFF, rubric("state/"), what="rubric", method="POST", good=302),
    page("calibration", READ_RUBRIC, STAFF, rubric("calibration/"), what="curriculum", kinds_of="rubric"),
    page("add_sample", CREATE_RUBRIC, STAFF, rubric("calibration/new/"), what="curriculum", kinds_of="rubric",
         method="POST", good=422),
    page("sample", CREATE_RUBRIC, STAFF, sample, what="curriculum", kinds_of="sample"),
    page("sample", CREATE_RUBRIC, STAFF, sample, what="curriculum", kinds_of="sample", method="POST", good=422),
    page("task_library", READ_RUBRIC, STAFF, lambda p, k: "/curriculum/tasks/"),
    page("class_tasks", READ, STAFF, in_class(), what="section"),
    page("new_task", CHANGE, STAFF, in_class("new/"), what="section"),
    page("new_task", CHANGE, STAFF, in_class("new/"), what="section", method="POST", good=422),
    page("answer_asked", JUDGE, STAFF, asked, what="asked", method="POST", good=302,
         data=lambda p, k: {"answer": "Yes, tomorrow"}),
    page("task", READ, STAFF, task(), what="task"),
    page("edit_task", CHANGE, STAFF, task("edit/"), what="task"),
    page("edit_task", CHANGE, STAFF, task("edit/"), what="task", method="POST", good=422),
    page("task_state", CHANGE, STAFF, task("state/"), what="task", method="POST", good=302),
    page("new_form", CHANGE, STAFF, task("forms/new/"), what="task"),
    page("new_form", CHANGE, STAFF, task("forms/new/"), what="task", method="POST", good=422),
    page("form_state", CHANGE, STAFF, form, what="task", method="POST", good=302),
    page("assign", JUDGE, STAFF, task("assign/"), what="task"),
    page("assign", JUDGE, STAFF, task("assign/"), what="task", method="POST", good=302),
    page("release_task", PUBLISH, STAFF, task("release/"), what="task", method="POST", good=302),
    page("agreement", READ, STAFF, task("agreement/"), what="task"),
    page("attempt", READ, STAFF, attempt(), what="attempt"),
    page("mark_attempt", JUDGE, STAFF, attempt("mark/"), what="attempt", method="POST", good=422),
    page("attempt_state", JUDGE, STAFF, attempt("state/"), what="attempt", method="POST", good=302),
    page("my_work", READ, LEARNERS, lambda p, k: "/me/work/"),
    page("start_practice", HAND_IN, LEARNERS, lambda p, k: f"/me/practice/{p.ids['practice'][k]}/", what="learner",
         kinds_of="practice", method="POST", good=302),
    page("my_attempt", READ, LEARNERS, attempt(start="/me/work"), what="attempt"),
    page("hand_in", HAND_IN, LEARNERS, attempt("hand-in/", "/me/work"), what="attempt",
         method="POST", good=422),
    page("own_view", HAND_IN, LEARNERS, attempt("own-view/", "/me/work"), what="attempt",
         method="POST", good=422),
    page("ask_again", HAND_IN, LEARNERS, lambda p, k: f"/me/milestones/{p.ids['milestone'][k]}/again/",
         what="learner", kinds_of="milestone", method="POST", good=302),
)  # fmt: skip
