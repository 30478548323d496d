"""The gradebook and resource files of each version (OneRoster CSV 1.1 and 1.2.1; interop.md §2.2)."""

from __future__ import annotations

from integrations.oneroster.schema import Column, Kind, Table, choice, column, needed, ref, table

_SCORE_STATUSES = ("exempt", "fully graded", "not submitted", "partially graded", "submitted")


def _categories(*more: Column) -> Table:
    return table("categories", needed("title"), *more)


def _line_items(session: Column, *more: Column) -> Table:
    return table(
        "lineItems",
        needed("title"),
        column("description"),
        needed("assignDate", Kind.DATE),
        needed("dueDate", Kind.DATE),
        ref("classSourcedId", "classes"),
        ref("categorySourcedId", "categories"),
        session,
        column("resultValueMin", Kind.NUMBER),
        column("resultValueMax", Kind.NUMBER),
        *more,
    )


def _results(*more: Column) -> Table:
    return table(
        "results",
        ref("lineItemSourcedId", "lineItems"),
        ref("studentSourcedId", "users"),
        choice("scoreStatus", *_SCORE_STATUSES),
        column("score", Kind.NUMBER, is_personal=True),
        needed("scoreDate", Kind.DATE),
        column("comment"),
        *more,
    )


def _between(name: str, first: Column, second: Column) -> Table:
    return table(name, column("title"), first, second)


_RESOURCES = table(
    "resources",
    needed("vendorResourceId"),
    column("title"),
    column("roles", Kind.TEXTS),
    choice("importance", "primary", "secondary", required=False),
    column("vendorId"),
    column("applicationId"),
)
_RESOURCE = ref("resourceSourcedId", "resources")
_SCALE = ref("scoreScaleSourcedId", "scoreScales")
_CLASS_RESOURCES = _between("classResources", ref("classSourcedId", "classes"), _RESOURCE)
_COURSE_RESOURCES = _between("courseResources", ref("courseSourcedId", "courses"), _RESOURCE)

TABLES_1_1 = (
    _categories(),
    _line_items(
        ref("gradingPeriodSourcedId", "academicSessions", required=False, attribute="academic_session_sourced_id")
    ),
    _results(),
)
RESOURCES_1_1 = (_RESOURCES, _CLASS_RESOURCES, _COURSE_RESOURCES)

TABLES_1_2 = (
    table(
        "scoreScales",
        needed("title"),
        needed("type"),
        ref("orgSourcedId", "orgs", required=False),
        ref("courseSourcedId", "courses", required=False),
        ref("classSourcedId", "classes", required=False),
        needed("scoreScaleValue", Kind.SCALE),
    ),
    _categories(column("weight", Kind.INTEGER)),
    _line_items(
        ref("academicSessionSourcedId", "academicSessions", required=False),
        ref("schoolSourcedId", "orgs"),
    ),
    table(
        "lineItemLearningObjectiveIds",
        ref("lineItemSourcedId", "lineItems"),
        choice("source", "case", "unknown"),
        needed("learningObjectiveId"),
    ),
    _between("lineItemScoreScales", ref("lineItemSourcedId", "lineItems"), _SCALE),
    _results(
        column("textScore"),
        ref("classSourcedId", "classes", required=False),
        column("inProgress", Kind.BOOLEAN),
        column("incomplete", Kind.BOOLEAN),
        column("late", Kind.BOOLEAN),
        column("missing", Kind.BOOLEAN),
    ),
    table(
        "resultLearningObjectiveIds",
        ref("resultSourcedId", "results"),
        choice("source", "case", "unknown"),
        needed("learningObjectiveId"),
        column("score", Kind.NUMBER, is_personal=True),
        column("textScore"),
    ),
    _between("resultScoreScales", ref("resultSourcedId", "results"), _SCALE),
)
RESOURCES_1_2 = (
    _RESOURCES,
    _CLASS_RESOURCES,
    _COURSE_RESOURCES,
    table(
        "userResources",
        ref("userSourcedId", "users"),
        ref("orgSourcedId", "orgs", required=False),
        ref("classSourcedId", "classes", required=False),
        _RESOURCE,
    ),
)
