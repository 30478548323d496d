"""Every page of the app, each with who opens it and what to do before looking."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.builders import PASSWORD
from tests.e2e.browsing import Tab
from tests.e2e.place import Place

Address = Callable[[Place], str]
A_WEEK_AGO = (datetime.now(UTC) - timedelta(days=7)).date().isoformat()
NOWHERE = "/learners/00000000-0000-7000-8000-000000000000/"


@dataclass(frozen=True)
class PageOf:
    role: str | None
    address: Address
    status: int = 200
    then: Callable[[Tab], None] | None = None


def open_panel(tab: Tab) -> None:
    tab.page.locator("tbody tr").nth(2).locator(".cell").nth(2).click()
    tab.page.locator("#inspector .level").first.wait_for()


def open_form(tab: Tab) -> None:
    open_panel(tab)
    tab.page.locator("#inspector").get_by_role("link", name="Add evidence").click()
    tab.page.locator("#inspector form").wait_for()


def make_mistakes(tab: Tab) -> None:
    open_form(tab)
    save(tab)


def plan_by_mistake(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Plan it").click()
    tab.page.get_by_role("alert").filter(has_text="did not save").wait_for()


def save(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Save evidence").click()
    tab.page.get_by_role("alert").filter(has_text="did not save").wait_for()


def open_judgement(tab: Tab) -> None:
    open_panel(tab)
    tab.page.locator("#inspector").get_by_role("link", name="Set level myself").click()
    tab.page.locator("#inspector form").wait_for()


def judge_by_mistake(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Set this level").click()
    tab.page.get_by_role("alert").filter(has_text="did not save").wait_for()


def wrong_password(tab: Tab) -> None:
    tab.page.get_by_label("Email").fill("nobody@lakeview.example")
    tab.page.get_by_label("Password").fill("wrong")
    tab.page.keyboard.press("Enter")
    tab.page.get_by_role("alert").filter(has_text="does not match").wait_for()


def start_scoring(tab: Tab) -> None:
    tab.page.get_by_label("What was it").fill("Exit ticket for looks")
    tab.page.get_by_role("button", name="Start scoring").click()
    tab.page.locator("#keys:not([hidden])").wait_for(state="attached")  # keys score from now on


def score_some(tab: Tab) -> None:
    start_scoring(tab)
    for key in "1234x0":
        tab.page.keyboard.press(key)
    tab.page.get_by_text("Saved", exact=True).wait_for()


def to_release(tab: Tab) -> None:
    score_some(tab)
    tab.page.get_by_role("button", name="Release…").click()
    tab.page.get_by_role("heading", name="Release these scores?").wait_for()


def try_goal(tab: Tab) -> None:
    tab.page.locator("select[name^=level]").first.select_option("4")
    tab.page.get_by_label("Why").fill("The state test asks for more")
    tab.page.get_by_role("button", name="See who would move").click()
    tab.page.get_by_role("heading", name="What it would mean").wait_for()


def open_menu(tab: Tab) -> None:
    tab.page.locator(".menu summary").click()


def open_row_menu(tab: Tab) -> None:
    tab.page.locator(".queue .menu summary").first.click()


def begin_plan(tab: Tab) -> None:
    tab.page.get_by_label("What will you try?").fill("Fraction strips in a group of three")
    tab.page.get_by_role("button", name="Begin the plan").click()
    tab.page.get_by_role("heading", name="Sessions").wait_for()


def send_nothing(tab: Tab) -> None:
    tab.page.get_by_role("button", name=re.compile("^Send")).click()
    tab.page.get_by_role("alert").filter(has_text="did not save").wait_for()


def make_resource(tab: Tab) -> None:
    tab.page.get_by_label("Title").fill("Fraction strips")
    tab.page.get_by_label("Kind").select_option("practice")
    tab.page.get_by_role("button", name="Save").click()
    tab.page.get_by_role("heading", name="Who it is for").wait_for()


def framework_of(place: Place, end: str = "") -> str:
    found = place.ask("SELECT public_id FROM competencies_framework WHERE title = 'LKV Framework'")
    return f"/curriculum/frameworks/{found[0][0]}/{end}"


def competency_of(place: Place, end: str = "") -> str:
    found = place.ask("SELECT public_id FROM competencies_competency WHERE code = 'LKV.1'")
    return f"/curriculum/competencies/{found[0][0]}/{end}"


def first(place: Place, table: str) -> str:
    """The public id of the first row of a table."""
    found = place.ask(f"SELECT public_id FROM {table} WHERE tenant_id = %s ORDER BY id LIMIT 1", place.tenant)
    return str(found[0][0])


def import_page(place: Place, state: str) -> str:
    found = place.ask(
        "SELECT public_id FROM integrations_rosterimport WHERE tenant_id = %s AND state = %s ORDER BY id LIMIT 1",
        place.tenant, state,
    )  # fmt: skip
    return f"/people/imports/{found[0][0]}/"


def code_of_certificate(place: Place) -> str:
    """As it is printed: with the tenant in front."""
    code = place.ask("SELECT code FROM milestones_certificate WHERE withdrawn_at IS NULL ORDER BY id LIMIT 1")
    return f"{place.tenant}-{code[0][0]}"


def session_at_home(place: Place) -> str:
    return f"/family/sessions/{first(place, 'interventions_infosession')}/"


def pathway_of(place: Place) -> str:
    return f"/learners/{place.learners[0]}/pathway/"


def prepare_review(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Prepare today’s session").click()
    tab.page.get_by_role("heading", level=1, name=re.compile("^Review of")).wait_for()


def try_rule(tab: Tab) -> None:
    tab.page.get_by_label("Days").fill("400")
    tab.page.get_by_role("button", name="Try it on the last 30 days").click()
    tab.page.get_by_role("alert").filter(has_text="did not save").wait_for()
    tab.page.get_by_label("Days").fill("3")
    tab.page.get_by_role("button", name="Try it on the last 30 days").click()
    tab.page.get_by_role("heading", name="In the last 30 days").wait_for()


def prove(tab: Tab) -> None:
    """Whoever has not lately proved that it is them is asked first."""
    tab.page.get_by_label("Password").fill(PASSWORD)
    tab.page.keyboard.press("Enter")
    tab.page.get_by_role("heading", level=1, name=re.compile("^Let somebody follow")).wait_for()


def back_to_english(tab: Tab) -> None:
    """The page stays in Arabic; whoever looks next does not."""
    tab.page.locator("html[lang=ar][dir=rtl]").wait_for(state="attached")
    tab.page.evaluate("fetch(location.pathname + '?language=en').then(() => null)")


PAGES: dict[str, PageOf] = {
    "sign in": PageOf(None, lambda s: "/accounts/login/"),
    "sign in, wrong": PageOf(None, lambda s: "/accounts/login/", then=wrong_password),
    "forgot password": PageOf(None, lambda s: "/accounts/password/reset/"),
    "change password": PageOf("TCH", lambda s: "/accounts/password/change/"),
    "today": PageOf("TCH", lambda s: "/today/"),
    "today, a menu": PageOf("TCH", lambda s: "/today/?all=1", then=open_row_menu),
    "support plans": PageOf("TCH", lambda s: "/support-plans/"),
    "new support plan": PageOf("TCH", lambda s: s.milestone(0, 1) + "support/new/"),
    "support plan": PageOf("TCH", lambda s: s.milestone(0, 2) + "support/new/", then=begin_plan),
    "library": PageOf("TCH", lambda s: "/library/"),
    "resource, new": PageOf("TCH", lambda s: "/library/new/"),
    "resource": PageOf("TCH", lambda s: "/library/new/", then=make_resource),
    "give from the library": PageOf("TCH", lambda s: s.milestone(0, 1) + "give/?q=a"),
    "what a learner asked": PageOf("TCH", lambda s: s.milestone(0, 0) + "asked/"),
    "tutoring": PageOf("TCH", lambda s: "/tutoring/"),
    "propose a peer tutor": PageOf("TCH", lambda s: s.milestone(0, 1) + "peer/"),
    "ask about": PageOf("LRN", lambda s: "/me/ask/"),
    "my milestone": PageOf("LRN", lambda s: f"/me/milestones/{s.milestones[0]}/"),
    "people": PageOf("SCH", lambda s: "/people/"),
    "people who work here": PageOf("DST", lambda s: "/people/?who=staff"),
    "person": PageOf("DST", lambda s: f"/people/members/{first(s, 'tenancy_member')}/"),
    "record of a learner": PageOf("SCH", lambda s: f"/people/learners/{s.learners[0]}/"),
    "sensitive fields of a learner": PageOf("SCH", lambda s: f"/people/learners/{s.learners[0]}/sensitive/"),
    "report of groups": PageOf("DST", lambda s: "/reports/fairness/"),
    "sensitive fields": PageOf("DST", lambda s: "/settings/privacy/"),
    "learner, new": PageOf("SCH", lambda s: "/people/learners/new/"),
    "invitations": PageOf("DST", lambda s: "/people/invitations/"),
    "professional development": PageOf("SCH", lambda s: "/people/development/"),
    "needs of schools": PageOf("SCH", lambda s: "/people/needs/"),
    "audit": PageOf("DST", lambda s: "/audit/"),
    "developers": PageOf("DST", lambda s: "/developers/"),
    "keys of programs": PageOf("DST", lambda s: "/developers/keys/"),
    "key, new": PageOf("SCH", lambda s: "/developers/keys/new/"),
    "calls of programs": PageOf("DST", lambda s: "/developers/log/?show=all"),
    "roster imports": PageOf("DST", lambda s: "/people/imports/"),
    "roster import, preview": PageOf("DST", lambda s: import_page(s, "checked")),
    "roster import, saved": PageOf("DST", lambda s: import_page(s, "saved")),
    "codes of a class": PageOf("DST", lambda s: s.grid.replace("grid", "invitations").replace("/cl", "/people/cl")),
    "report card": PageOf("GRD", lambda s: f"/family/{s.learners[0]}/report-card/"),
    "report cards of a class": PageOf("SCH", lambda s: s.grid.replace("grid", "report-cards")),
    "background jobs": PageOf("DST", lambda s: "/settings/jobs/"),
    "messages": PageOf("TCH", lambda s: "/messages/"),
    "messages at home": PageOf("GRD", lambda s: "/family/messages/"),
    "messages about a learner": PageOf("TCH", lambda s: f"/learners/{s.learners[0]}/messages/"),
    "write a message": PageOf("TCH", lambda s: f"/learners/{s.learners[0]}/messages/new/"),
    "write a message, mistakes": PageOf("TCH", lambda s: f"/learners/{s.learners[0]}/messages/new/", then=send_nothing),
    "message": PageOf("GRD", lambda s: f"/messages/{first(s, 'interventions_message')}/"),
    "templates of messages": PageOf("TCH", lambda s: "/settings/templates/"),
    "new template of messages": PageOf("TCH", lambda s: "/settings/templates/new/"),
    "what I get by e-mail": PageOf("TCH", lambda s: "/settings/mail/"),
    "rules": PageOf("SCH", lambda s: "/settings/rules/"),
    "new rule, tried": PageOf("SCH", lambda s: "/settings/rules/new/?reason=stalled", then=try_rule),
    "did it work": PageOf("SCH", lambda s: "/support-plans/results/"),
    "protocols": PageOf("TCH", lambda s: "/support-plans/protocols/"),
    "new protocol": PageOf("TCH", lambda s: "/support-plans/protocols/new/"),
    "groups by shared gap": PageOf("TCH", lambda s: "/groups/"),
    "sessions": PageOf("TCH", lambda s: s.grid.replace("grid", "sessions")),
    "session, mistakes": PageOf("TCH", lambda s: s.grid.replace("grid", "sessions/new"), then=plan_by_mistake),
    "my classes": PageOf("TCH", lambda s: "/classes/"),
    "menu": PageOf("TCH", lambda s: "/classes/", then=open_menu),
    "grid": PageOf("TCH", lambda s: s.grid),
    "grid, panel": PageOf("TCH", lambda s: s.grid, then=open_panel),
    "grid, mistakes": PageOf("TCH", lambda s: s.grid, then=make_mistakes),
    "grid, no plan": PageOf("TCH", lambda s: s.empty_grid),
    "learner": PageOf("TCH", lambda s: s.milestone(0, 0)),
    "learner, not started": PageOf("TCH", lambda s: s.milestone(1, 2)),
    "learner, two criteria": PageOf("TCH", lambda s: s.milestone(6, 1)),
    "add evidence": PageOf("TCH", lambda s: s.milestone(0, 1) + "evidence/new/"),
    "add evidence, mistakes": PageOf("TCH", lambda s: s.milestone(0, 1) + "evidence/new/", then=save),
    "withdraw": PageOf("TCH", lambda s: f"{s.milestone(0, 0)}evidence/{s.evidence}/withdraw/"),
    "grid, set level": PageOf("TCH", lambda s: s.grid, then=open_judgement),
    "grid, a past day": PageOf("TCH", lambda s: f"{s.grid}?as_of={A_WEEK_AGO}&known=1"),
    "learner, set by teacher": PageOf("TCH", lambda s: s.milestone(1, 6)),
    "learner, a past day": PageOf("TCH", lambda s: f"{s.milestone(1, 6)}?as_of={A_WEEK_AGO}"),
    "set level": PageOf("TCH", lambda s: s.milestone(6, 1) + "level/"),
    "set level, mistakes": PageOf("TCH", lambda s: s.milestone(6, 1) + "level/", then=judge_by_mistake),
    "end level": PageOf("TCH", lambda s: f"{s.milestone(1, 6)}level/{s.override}/end/"),
    "score, start": PageOf("TCH", lambda s: s.wide_grid.replace("grid", "score")),
    "score": PageOf("TCH", lambda s: s.wide_grid.replace("grid", "score"), then=score_some),
    "score, release": PageOf("TCH", lambda s: s.grid.replace("grid", "score"), then=to_release),
    "evidence log": PageOf("TCH", lambda s: s.grid.replace("grid", "evidence")),
    "order of the rows": PageOf("TCH", lambda s: s.grid.replace("grid", "seating")),
    "figures, none": PageOf("TCH", lambda s: s.grid.replace("grid", "figures")),
    "figures, set up": PageOf("DST", lambda s: "/curriculum/figures/"),
    "calendar": PageOf("DST", lambda s: "/settings/calendar/"),
    "my portfolio": PageOf("LRN", lambda s: "/me/portfolio/"),
    "add my work": PageOf("LRN", lambda s: "/me/portfolio/new/"),
    "portfolio": PageOf("TCH", lambda s: f"/learners/{s.learners[0]}/portfolio/"),
    "portfolio at home": PageOf("GRD", lambda s: s.child + "portfolio/"),
    "milestone": PageOf("DST", lambda s: f"/milestones/{s.milestones[1]}/"),
    "change the goal": PageOf("DST", lambda s: f"/milestones/{s.milestones[1]}/bar/", then=try_goal),
    "split a milestone": PageOf("DST", lambda s: f"/milestones/{s.milestones[1]}/split/"),
    "plan": PageOf("TCH", lambda s: s.grid.replace("grid", "plan")),
    "out of the plan": PageOf("TCH", lambda s: f"{s.grid.replace('grid', 'plan')}{s.milestones[1]}/out/"),
    "assign to several": PageOf("DST", lambda s: f"/milestones/{s.milestones[1]}/assign/"),
    "edit a milestone": PageOf("DST", lambda s: f"/curriculum/milestones/{s.milestones[1]}/edit/"),
    "milestone health": PageOf("TCH", lambda s: "/curriculum/health/"),
    "rubrics": PageOf("TCH", lambda s: "/curriculum/rubrics/"),
    "new rubric": PageOf("TCH", lambda s: "/curriculum/rubrics/new/"),
    "task library": PageOf("TCH", lambda s: "/curriculum/tasks/"),
    "class tasks": PageOf("TCH", lambda s: s.grid.replace("grid", "assessments")),
    "new task": PageOf("TCH", lambda s: s.grid.replace("grid", "assessments") + "new/"),
    "task": PageOf("TCH", lambda s: f"/assessments/{first(s, 'assessments_assessment')}/"),
    "attempt": PageOf("TCH", lambda s: f"/attempts/{first(s, 'assessments_attempt')}/"),
    "my attempt": PageOf("LRN", lambda s: f"/me/work/{first(s, 'assessments_attempt')}/"),
    "rubric": PageOf("TCH", lambda s: f"/curriculum/rubrics/{first(s, 'competencies_rubric')}/"),
    "correct evidence": PageOf("TCH", lambda s: f"{s.milestone(0, 0)}evidence/{s.evidence}/correct/"),
    "certificate": PageOf(None, lambda s: f"/verify/{code_of_certificate(s)}/"),
    "withdraw a certificate": PageOf("TCH", lambda s: f"/certificates/{first(s, 'milestones_certificate')}/withdraw/"),
    "my work": PageOf("LRN", lambda s: "/me/work/"),
    "reviews": PageOf("SCH", lambda s: "/reviews/"),
    "review": PageOf("SCH", lambda s: "/reviews/", then=prepare_review),
    "recognition": PageOf("TCH", lambda s: f"/learners/{s.learners[0]}/recognition/"),
    "good words": PageOf("TCH", lambda s: s.grid.replace("grid", "shout-outs")),
    "good word for a classmate": PageOf("LRN", lambda s: "/me/shout-outs/new/"),
    "celebrations": PageOf("DST", lambda s: "/settings/celebrations/"),
    "report": PageOf("SCH", lambda s: "/reports/"),
    "report, cohorts": PageOf("SCH", lambda s: "/reports/cohorts/"),
    "report, use": PageOf("SCH", lambda s: "/reports/adoption/"),
    "report, gaps": PageOf("DST", lambda s: "/reports/gaps/"),
    "report, trend": PageOf("DST", lambda s: "/reports/trend/"),
    "report, time in level": PageOf("SCH", lambda s: "/reports/time-in-level/"),
    "curriculum": PageOf("DST", lambda s: "/curriculum/"),
    "framework": PageOf("DST", framework_of),
    "competency": PageOf("DST", competency_of),
    "new competency": PageOf("DST", lambda s: framework_of(s, "new/")),
    "edit competency": PageOf("DST", lambda s: competency_of(s, "edit/")),
    "competency at home": PageOf("DST", lambda s: competency_of(s, "home/?in=ar")),
    "map": PageOf("TCH", lambda s: f"{framework_of(s, 'map/')}?learner={s.learners[0]}"),
    "import a table": PageOf("DST", lambda s: "/curriculum/import/"),
    "pathway": PageOf("TCH", pathway_of),
    "my way": PageOf("LRN", lambda s: "/me/pathway/"),
    "own goal, new": PageOf("LRN", lambda s: "/me/milestones/new/"),
    "goals of learners": PageOf("TCH", lambda s: s.grid.replace("grid", "proposals")),
    "new milestone": PageOf("TCH", lambda s: s.grid.replace("grid", "milestones/new")),
    "groups": PageOf("TCH", lambda s: s.grid.replace("grid", "groups")),
    "family": PageOf("GRD", lambda s: "/family/"),
    "child": PageOf("GRD", lambda s: s.child),
    "child, in Arabic": PageOf("GRD", lambda s: s.child + "?language=ar", then=back_to_english),
    "milestones of a child": PageOf("GRD", lambda s: s.child + "milestones/"),
    "timeline of a child": PageOf("GRD", lambda s: s.child + "timeline/"),
    "reports of a child": PageOf("GRD", lambda s: s.child + "reports/"),
    "settings of a family": PageOf("GRD", lambda s: "/family/settings/"),
    "words for families": PageOf("DST", lambda s: f"/milestones/{s.milestones[1]}/home/"),
    "invitation": PageOf(None, lambda s: s.invitation),
    "invitation, in Arabic": PageOf(None, lambda s: s.invitation + "?language=ar", then=back_to_english),
    "tutoring pair": PageOf("TCH", lambda s: f"/tutoring/{first(s, 'interventions_peerpair')}/"),
    "my tutoring": PageOf("LRN", lambda s: f"/me/tutoring/{first(s, 'interventions_peerpair')}/"),
    "give to a group": PageOf("TCH", lambda s: f"/groups/{first(s, 'learners_learnergroup')}/give/"),
    "information sessions": PageOf("SCH", lambda s: "/information-sessions/"),
    "information session, new": PageOf("SCH", lambda s: "/information-sessions/new/"),
    "information session": PageOf("SCH", lambda s: f"/information-sessions/{first(s, 'interventions_infosession')}/"),
    "information session at home": PageOf(
        "GRD", lambda s: f"/family/sessions/{first(s, 'interventions_infosession')}/"
    ),
    "people I follow": PageOf("MEN", lambda s: "/mentor/"),
    "somebody I follow": PageOf("MEN", lambda s: f"/mentor/{s.learners[0]}/"),
    "let somebody follow": PageOf("SCH", lambda s: f"/people/learners/{s.learners[0]}/mentors/new/", then=prove),
    "narratives": PageOf("TCH", lambda s: f"/learners/{s.learners[0]}/narratives/"),
    "write a narrative": PageOf("TCH", lambda s: f"/learners/{s.learners[0]}/narratives/new/"),
    "comment bank": PageOf("TCH", lambda s: "/settings/phrases/"),
    "my milestones": PageOf("LRN", lambda s: "/me/milestones/"),
    "my goals": PageOf("LRN", lambda s: "/me/goals/"),
    "sign in, in Arabic": PageOf(None, lambda s: "/accounts/login/?language=ar", then=back_to_english),
    "me": PageOf("LRN", lambda s: "/me/"),
    "hidden page": PageOf("TCH", lambda s: NOWHERE, status=404),
    "sign out": PageOf("TCH", lambda s: "/accounts/logout/"),
}
