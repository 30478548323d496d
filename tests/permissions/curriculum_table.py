"""The routes of the curriculum, its tables and pathways in the table of routes."""

from __future__ import annotations

from typing import Any

from competencies.editing import seen_of
from tests.permissions.entries import STAFF, Address, Entry, own, page
from tests.permissions.places import Places

READ = ("Framework, competency, milestone, rubric (published)", "read")
EDIT = ("Framework, competency, milestone, rubric (draft)", "create, update")
PUBLISH = ("Framework version", "publish, retire")
DATES = ("Milestones used by a section, with dates", "read")
PLAN = ("Milestones used by a section, with dates", "update")
LEVELS = ("Current level", "read")
EDITORS = frozenset({"DST"})


def framework(end: str = "") -> Address:
    return lambda p, kind: f"/curriculum/frameworks/{p.ids['framework'][kind]}/{end}"


def competency(end: str = "") -> Address:
    return lambda p, kind: f"/curriculum/competencies/{p.ids['competency'][kind]}/{end}"


def pathway(end: str = "") -> Address:
    return lambda p, kind: f"/learners/{p.ids['learner'][kind]}/pathway/{end}"


def upload(p: Places, kind: str) -> str:
    return f"/curriculum/import/{p.ids['upload'][kind]}/"


def changed(p: Places, kind: str) -> dict[str, Any]:
    return {"statement": "Explains it with a drawing", "seen": seen_of(p.home.competencies[0])}


def retired(p: Places, kind: str) -> dict[str, Any]:
    return {"to": "retired", "reason": "Not taught any more", "seen": seen_of(p.home.competencies[0])}


def framework_retired(p: Places, kind: str) -> dict[str, Any]:
    return {"to": "retired", "reason": "Not taught any more", "seen": "active"}


def next_of_learner(p: Places, kind: str) -> dict[str, Any]:
    return {"move": "next", "competency": own(p, "competency")}


def of_frameworks(name: str, row: tuple[str, str], roles: frozenset[str], end: str, **values: Any) -> Entry:
    return page(name, row, roles, framework(end), what="curriculum", kinds_of="framework", **values)


def of_competencies(name: str, row: tuple[str, str], roles: frozenset[str], end: str, **values: Any) -> Entry:
    return page(name, row, roles, competency(end), what="curriculum", kinds_of="competency", **values)


CURRICULUM_ENTRIES: tuple[Entry, ...] = (
    page("curriculum", READ, STAFF, lambda p, k: "/curriculum/", what="curriculum"),
    of_frameworks("curriculum_framework", READ, STAFF, ""),
    of_frameworks("curriculum_map", READ, STAFF, "map/"),
    of_frameworks("curriculum_export", READ, STAFF, "export.csv"),
    of_competencies("curriculum_competency", READ, STAFF, ""),
    page("curriculum_new", EDIT, EDITORS, lambda p, k: "/curriculum/new/", what="curriculum"),
    page("curriculum_new", EDIT, EDITORS, lambda p, k: "/curriculum/new/", what="curriculum", method="POST", good=302,
         data=lambda p, k: {"title": "Handwriting"}),
    of_frameworks("curriculum_new_competency", EDIT, EDITORS, "new/"),
    of_frameworks("curriculum_new_competency", EDIT, EDITORS, "new/", method="POST", good=302, data=changed),
    of_competencies("curriculum_edit", EDIT, EDITORS, "edit/"),
    of_competencies("curriculum_edit", EDIT, EDITORS, "edit/", method="POST", good=302, data=changed),
    of_competencies("competency_home", EDIT, EDITORS, "home/"),
    of_competencies("competency_home", EDIT, EDITORS, "home/", method="POST", good=302,
                    data=lambda p, k: {"ideas": "Cook together"}),
    of_competencies("curriculum_competency_state", PUBLISH, EDITORS, "state/"),
    of_competencies("curriculum_competency_state", PUBLISH, EDITORS, "state/", method="POST", good=302, data=retired),
    of_frameworks("curriculum_framework_state", PUBLISH, EDITORS, "state/"),
    of_frameworks("curriculum_framework_state", PUBLISH, EDITORS, "state/", method="POST", good=302,
                  data=framework_retired),
    page("curriculum_import", EDIT, EDITORS, lambda p, k: "/curriculum/import/", what="curriculum"),
    page("curriculum_import", EDIT, EDITORS, lambda p, k: "/curriculum/import/", what="curriculum", method="POST",
         good=422),
    page("curriculum_preview", EDIT, EDITORS, upload, what="curriculum", kinds_of="upload"),
    page("curriculum_preview", EDIT, EDITORS, upload, what="curriculum", kinds_of="upload", method="POST", good=409),
    page("pathway", DATES, STAFF, pathway(), what="learner"),
    page("pathway_next", PLAN, STAFF, pathway("next/"), what="learner", method="POST", good=302, data=next_of_learner),
    page("pathway_level", PLAN, STAFF, pathway("level/"), what="learner", method="POST", good=302,
         data=lambda p, k: {"subject": "Mathematics", "grade": "6"}),
    page("my_pathway", LEVELS, frozenset({"LRN"}), lambda p, k: "/me/pathway/"),
)  # fmt: skip
