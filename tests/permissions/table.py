"""Every route with the row of the matrix that it is, the object in its address, and what a good answer looks like."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.permissions.bars_table import BARS_ENTRIES
from tests.permissions.cards_table import CARDS_ENTRIES
from tests.permissions.curriculum_table import CURRICULUM_ENTRIES
from tests.permissions.developers_table import DEVELOPERS_ENTRIES
from tests.permissions.entries import EVERYBODY, STAFF, Address, Entry, api, own, page
from tests.permissions.evidence_log_table import EVIDENCE_LOG_ENTRIES
from tests.permissions.family_table import FAMILY_ENTRIES
from tests.permissions.figures_table import FIGURES_ENTRIES
from tests.permissions.labs_table import LABS_ENTRIES
from tests.permissions.library_table import LIBRARY_ENTRIES
from tests.permissions.live_table import LIVE_ENTRIES
from tests.permissions.mentors_table import MENTORS_ENTRIES, SESSION_ENTRIES
from tests.permissions.messages_table import MESSAGES_ENTRIES
from tests.permissions.narratives_table import NARRATIVES_ENTRIES
from tests.permissions.people_table import PEOPLE_ENTRIES
from tests.permissions.places import Places
from tests.permissions.planning_table import PLANNING_ENTRIES
from tests.permissions.plans_table import PLANS_ENTRIES
from tests.permissions.policy_table import POLICY_ENTRIES
from tests.permissions.portfolio_table import PORTFOLIO_ENTRIES
from tests.permissions.privacy_table import PRIVACY_ENTRIES
from tests.permissions.recognition_table import RECOGNITION_ENTRIES
from tests.permissions.reports_table import REPORTS_ENTRIES
from tests.permissions.reviews_table import REVIEWS_ENTRIES
from tests.permissions.rules_table import RULES_ENTRIES
from tests.permissions.scoring_table import SCORING_ENTRIES
from tests.permissions.tasks_table import TASKS_ENTRIES
from tests.permissions.today_table import TODAY_ENTRIES


def by_learner(end: str = "") -> Address:
    return lambda p, kind: f"/learners/{p.ids['learner'][kind]}/milestones/{own(p, 'milestone')}/{end}"


def by_milestone(end: str = "") -> Address:
    return lambda p, kind: f"/learners/{own(p, 'learner')}/milestones/{p.ids['milestone'][kind]}/{end}"


def withdraw_of(p: Places, kind: str) -> str:
    return f"{by_learner()(p, 'own')}evidence/{p.ids['evidence'][kind]}/withdraw/"


def withdraw_by(p: Places, kind: str) -> str:
    """The learner's own piece under the address of somebody else: they have to belong together."""
    piece = p.ids["evidence"].get(kind, p.ids["evidence"]["own"])
    return f"{by_learner()(p, kind)}evidence/{piece}/withdraw/"


def end_by(p: Places, kind: str) -> str:
    """What a teacher set for the learner, under the learner's address."""
    override = p.ids["override"].get(kind, p.ids["override"]["own"])
    return f"/learners/{p.ids['learner'][kind]}/milestones/{p.home.other_milestone.public_id}/level/{override}/end/"


def end_of(p: Places, kind: str) -> str:
    override = p.ids["override"][kind]
    return f"/learners/{own(p, 'learner')}/milestones/{p.home.other_milestone.public_id}/level/{override}/end/"


def judged(p: Places, kind: str) -> dict[str, Any]:
    return {"thing": "milestone", "level": "3", "reason": "Explained it to the whole class"}


def new_piece(p: Places, kind: str) -> dict[str, Any]:
    competency = p.home.competencies[0].pk
    return {"competency": competency, "points": "3", "kind": "formative", "title": "Quiz", "occurred_on": "2026-01-15"}


def sent_piece(p: Places, kind: str) -> dict[str, Any]:
    return {
        "learner": p.ids["learner"].get(kind, ""), "competency": own(p, "competency"), "score": 3, "possible": 4,
        "occurred_at": datetime(2026, 1, 15, tzinfo=UTC).isoformat(), "task": "quiz-1", "kind": "formative",
        "source_id": f"sent-{kind}",
    }  # fmt: skip


def sent_competency(p: Places, kind: str) -> dict[str, Any]:
    return {**sent_piece(p, "own"), "competency": p.ids["competency"][kind]}


def why(learner: str, milestone: str) -> str:
    return f"/api/v1/statuses/{learner}/{milestone}/explanation/"


PREVIEW = {
    "policy": {"method": "mean", "points_possible": 4, "meets_at": 3},
    "evidence": [{"score": 3, "possible": 4, "occurred_at": "2026-01-15T09:00:00Z"}],
}
GRID = ("Class grid", "read")
HISTORY = ("Evidence version history", "read")
CREATE = ("Evidence", "create")
CORRECT = ("Evidence", "correct (new version), void")
OVERRIDE = ("Level override with reason", "set, lift")
EXPORT = ("Named export, up to 200 learners", "create")
PUBLISH = ("Publication to learner and family", "publish, withdraw")
LEVEL = ("Current level", "read")
WHY = ("Explanation of a level", "read")
ACCOUNT = ("Own account, factors, sessions", "read, update")
PEOPLE = ("Staff and guardian accounts", "read")
CURRICULUM = ("Framework, competency, milestone, rubric (published)", "read")
FAMILY, LEARNER = frozenset({"GRD"}), frozenset({"LRN"})

ENTRIES: tuple[Entry, ...] = (
    page("my_classes", GRID, STAFF, lambda p, k: "/classes/"),
    page("class_grid", GRID, STAFF, lambda p, k: f"/classes/{p.ids['section'][k]}/grid/", what="section"),
    page("class_grid_csv", EXPORT, STAFF, lambda p, k: f"/classes/{p.ids['section'][k]}/grid.csv", what="section"),
    page("class_grid_xlsx", EXPORT, STAFF, lambda p, k: f"/classes/{p.ids['section'][k]}/grid.xlsx", what="section"),
    page("release", PUBLISH, STAFF, lambda p, k: f"/classes/{p.ids['section'][k]}/release/", what="section",
         method="POST", good=302),
    page("learner", HISTORY, STAFF, lambda p, k: f"/learners/{p.ids['learner'][k]}/", what="learner"),
    page("learner_milestone", HISTORY, STAFF, by_learner(), what="learner"),
    page("learner_milestone", HISTORY, STAFF, by_milestone(), what="learner", kinds_of="milestone"),
    page("add_evidence", CREATE, STAFF, by_learner("evidence/new/"), what="learner"),
    page("add_evidence", CREATE, STAFF, by_milestone("evidence/new/"), what="learner", kinds_of="milestone"),
    page("add_evidence", CREATE, STAFF, by_learner("evidence/new/"), what="learner", method="POST", good=302,
         data=new_piece),
    page("withdraw_evidence", CORRECT, STAFF, withdraw_by, what="learner"),
    page("withdraw_evidence", CORRECT, STAFF, withdraw_by, what="learner", method="POST", good=302),
    page("withdraw_evidence", CORRECT, STAFF, withdraw_of, what="learner", kinds_of="evidence"),
    page("set_level", OVERRIDE, STAFF, by_learner("level/"), what="learner"),
    page("set_level", OVERRIDE, STAFF, by_milestone("level/"), what="learner", kinds_of="milestone"),
    page("set_level", OVERRIDE, STAFF, by_learner("level/"), what="learner", method="POST", good=302, data=judged),
    page("end_level", OVERRIDE, STAFF, end_by, what="learner"),
    page("end_level", OVERRIDE, STAFF, end_by, what="learner", method="POST", good=302),
    page("end_level", OVERRIDE, STAFF, end_of, what="learner", kinds_of="override"),
    page("family", LEVEL, FAMILY, lambda p, k: "/family/", good=302),
    page("child", LEVEL, FAMILY, lambda p, k: f"/family/{p.ids['learner'][k]}/", what="learner"),
    page("me", LEVEL, LEARNER, lambda p, k: "/me/"),
    page("switch_tenant", ACCOUNT, EVERYBODY, lambda p, k: "/accounts/tenant/", what="account", method="POST", good=302,
         data=lambda p, k: {"tenant": p.home.tenant.slug}),
    page("choose_theme", ACCOUNT, EVERYBODY, lambda p, k: "/accounts/theme/", what="account", method="POST", good=302,
         data=lambda p, k: {"theme": "dark"}),
    api("api_frameworks", CURRICULUM, lambda p, k: "/api/v1/frameworks/"),
    api("api_framework", CURRICULUM, lambda p, k: f"/api/v1/frameworks/{p.ids['framework'][k]}/", what="curriculum",
        kinds_of="framework"),
    api("api_competencies", CURRICULUM, lambda p, k: "/api/v1/competencies/"),
    api("api_competency", CURRICULUM, lambda p, k: f"/api/v1/competencies/{p.ids['competency'][k]}/",
        what="curriculum", kinds_of="competency"),
    api("api_schools", ("School", "read"), lambda p, k: "/api/v1/schools/"),
    api("api_school", ("School", "read"), lambda p, k: f"/api/v1/schools/{p.ids['one_school'][k]}/", what="school",
        kinds_of="one_school"),
    api("api_terms", ("Academic year and term", "read"), lambda p, k: "/api/v1/terms/"),
    api("api_term", ("Academic year and term", "read"), lambda p, k: f"/api/v1/terms/{p.ids['term'][k]}/",
        what="curriculum", kinds_of="term"),
    api("api_people", PEOPLE, lambda p, k: "/api/v1/people/"),
    api("api_person", PEOPLE, lambda p, k: f"/api/v1/people/{p.ids['member'][k]}/", what="member"),
    api("api_enrolments", ("Enrolment", "read"), lambda p, k: "/api/v1/enrolments/"),
    api("api_assignments", ("Staff assignment to section or caseload", "read"), lambda p, k: "/api/v1/assignments/"),
    api("api_guardian_links", ("Guardian link", "read"), lambda p, k: "/api/v1/guardian-links/"),
    api("api_sections", ("Section", "read"), lambda p, k: "/api/v1/sections/"),
    api("api_section", ("Section", "read"), lambda p, k: f"/api/v1/sections/{p.ids['section'][k]}/", what="section"),
    api("api_learners", ("Learner directory fields", "read"), lambda p, k: "/api/v1/learners/"),
    api("api_learner", ("Learner directory fields", "read"), lambda p, k: f"/api/v1/learners/{p.ids['learner'][k]}/",
        what="learner"),
    api("api_milestones", CURRICULUM, lambda p, k: "/api/v1/milestones/"),
    api("api_milestone", CURRICULUM, lambda p, k: f"/api/v1/milestones/{p.ids['milestone'][k]}/", what="curriculum",
        kinds_of="milestone"),
    api("api_statuses", LEVEL, lambda p, k: "/api/v1/statuses/"),
    api("api_explanation", WHY, lambda p, k: why(p.ids["learner"][k], own(p, "milestone")), what="learner"),
    api("api_explanation", WHY, lambda p, k: why(own(p, "learner"), p.ids["milestone"][k]), what="curriculum",
        kinds_of="milestone"),
    api("api_evidence", CREATE, lambda p, k: "/api/v1/evidence/", what="learner", method="POST", good=201,
        data=sent_piece),
    api("api_evidence", CREATE, lambda p, k: "/api/v1/evidence/", what="curriculum", kinds_of="competency",
        method="POST", good=201, data=sent_competency),
    api("api_status_preview", ("Level calculation policy", "read"), lambda p, k: "/api/v1/status-preview/",
        method="POST", data=lambda p, k: PREVIEW),
    *POLICY_ENTRIES,
    *CURRICULUM_ENTRIES,
    *SCORING_ENTRIES,
    *BARS_ENTRIES,
    *TASKS_ENTRIES,
    *PORTFOLIO_ENTRIES,
    *PRIVACY_ENTRIES,
    *EVIDENCE_LOG_ENTRIES,
    *FIGURES_ENTRIES,
    *REVIEWS_ENTRIES,
    *LIVE_ENTRIES,
    *LABS_ENTRIES,
    *RECOGNITION_ENTRIES, *REPORTS_ENTRIES, *TODAY_ENTRIES, *PLANS_ENTRIES, *MESSAGES_ENTRIES, *RULES_ENTRIES,
    *NARRATIVES_ENTRIES, *FAMILY_ENTRIES,
    *PLANNING_ENTRIES,
    *LIBRARY_ENTRIES,
    *PEOPLE_ENTRIES,
    *DEVELOPERS_ENTRIES,
    *CARDS_ENTRIES,
    *MENTORS_ENTRIES, *SESSION_ENTRIES,
)  # fmt: skip

# Routes without a right: name → status of a GET by anybody.
PUBLIC = {"healthz": 200, "readyz": 200, "api_docs": 200, "api_schema": 200, "api/": 404, "verify_certificate": 404}
PUBLIC |= {"invitation": 404, "oauth_token": 405}
# Where each role lands from the front door; ANON goes to the sign-in.
HOME = {"TCH": "/today/", "SCH": "/reports/", "DST": "/reports/", "GRD": "/family/", "MEN": "/mentor/", "LRN": "/me/"}
