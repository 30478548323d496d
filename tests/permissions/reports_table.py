"""The routes of the administrator's reports in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import STAFF, Address, Entry, api, page
from tests.permissions.places import Places

AGGREGATE = ("School or district aggregate", "read")
DRILL = ("Drill-down from aggregate to named learners", "read")
ARRANGE = ("Section", "create, update, archive")
PREPARE = ("Review session", "prepare, close")
ADMINISTRATORS = frozenset({"SCH", "DST"})


def of_milestone(places: Places, kind: str) -> str:
    return f"/reports/milestones/{places.ids['milestone'][kind]}/"


def names_of(places: Places, kind: str) -> str:
    return f"/reports/names/?school={places.home.school.public_id}"


def to_review(places: Places, kind: str) -> str:
    return f"/reports/gaps/{places.ids['milestone'][kind]}/review/?school={places.home.school.public_id}"


def cohort(end: str = "") -> Address:
    return lambda p, kind: f"/reports/cohorts/{p.ids['cohort'][kind]}/{end}"


def no_place(places: Places, kind: str) -> str:
    """Nothing joined yet."""
    return f"/reports/cohorts/{places.ids['cohort']['own']}/places/{places.ids['cohort']['never']}/remove/"


def no_view(places: Places, kind: str) -> str:
    return f"/reports/views/{places.ids['cohort']['never']}/delete/"


def no_event(places: Places, kind: str) -> str:
    return f"/reports/trend/events/{places.ids['cohort']['never']}/remove/"


def program(name: str) -> Address:
    return lambda p, kind: f"/api/v1/reports/{name.replace('_', '-')}/"


REPORTS_ENTRIES: tuple[Entry, ...] = (
    page("mastery_report", AGGREGATE, STAFF, lambda p, k: "/reports/", what="school"),
    page("trend_report", AGGREGATE, STAFF, lambda p, k: "/reports/trend/", what="school"),
    page("mark_event", ARRANGE, ADMINISTRATORS, lambda p, k: "/reports/trend/events/", what="school", method="POST",
         good=422),
    page("forget_event", ARRANGE, ADMINISTRATORS, no_event, what="school", method="POST", good=404),
    page("time_in_level", AGGREGATE, STAFF, lambda p, k: "/reports/time-in-level/", what="school"),
    page("gaps_report", AGGREGATE, STAFF, lambda p, k: "/reports/gaps/", what="school"),
    *(
        api(f"api_report_{name}", AGGREGATE, program(name), what="school")
        for name in ("mastery", "trend", "time_in_level", "gaps", "fairness")
    ),
    api("api_report_adoption", AGGREGATE, lambda p, k: f"/api/v1/reports/adoption/?school={p.home.school.public_id}",
        what="school"),
    page("fairness_report", AGGREGATE, STAFF, lambda p, k: "/reports/fairness/", what="school"),
    page("adoption_report", AGGREGATE, STAFF, lambda p, k: "/reports/adoption/", what="school"),
    page("cohorts_report", AGGREGATE, STAFF, lambda p, k: "/reports/cohorts/", what="school"),
    page("cohorts_report", AGGREGATE, STAFF, lambda p, k: "/reports/cohorts/", what="school", method="POST", good=422),
    page("cohort_report", AGGREGATE, STAFF, cohort(), what="school", kinds_of="cohort"),
    page("add_cohort_place", ARRANGE, ADMINISTRATORS, cohort("places/"), what="school", kinds_of="cohort",
         method="POST", good=422),
    page("remove_cohort_place", ARRANGE, ADMINISTRATORS, no_place, what="school", method="POST", good=404),
    page("keep_view", AGGREGATE, STAFF, lambda p, k: "/reports/views/", what="school", method="POST", good=302),
    page("forget_view", AGGREGATE, STAFF, no_view, what="school", method="POST", good=404),
    page("report_csv", AGGREGATE, STAFF, lambda p, k: "/reports/milestones.csv", what="school"),
    page("milestone_report", AGGREGATE, STAFF, of_milestone, what="school", kinds_of="milestone"),
    page("report_names", DRILL, ADMINISTRATORS, names_of, what="school"),
    page("send_to_review", PREPARE, STAFF, to_review, what="school", kinds_of="milestone", method="POST", good=302),
)  # fmt: skip
