"""The typed rows of gradebook and resource files (OneRoster CSV; interop.md §2.2); conventions as in `records`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from integrations.oneroster.records import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRow(Row):
    file: ClassVar[str] = "categories"
    title: str
    weight: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItemRow(Row):
    """In 1.1 the session is the grading period."""

    file: ClassVar[str] = "lineItems"
    title: str
    description: str
    assign_date: date | None
    due_date: date | None
    class_sourced_id: str
    category_sourced_id: str
    academic_session_sourced_id: str
    result_value_min: Decimal | None
    result_value_max: Decimal | None
    school_sourced_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow(Row):
    file: ClassVar[str] = "results"
    line_item_sourced_id: str
    student_sourced_id: str
    score_status: str
    score: Decimal | None
    score_date: date | None
    comment: str
    text_score: str = ""
    class_sourced_id: str = ""
    in_progress: bool | None = None
    incomplete: bool | None = None
    late: bool | None = None
    missing: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreScaleRow(Row):
    """`score_scale_value`: pairs (name, value) in the order given."""

    file: ClassVar[str] = "scoreScales"
    title: str
    type: str
    org_sourced_id: str
    course_sourced_id: str
    class_sourced_id: str
    score_scale_value: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItemObjectiveRow(Row):
    """`learning_objective_id` as given: `rules.case_identifier` answers the CASE UUID."""

    file: ClassVar[str] = "lineItemLearningObjectiveIds"
    line_item_sourced_id: str
    source: str
    learning_objective_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultObjectiveRow(Row):
    """Like `LineItemObjectiveRow`, with the score on that objective."""

    file: ClassVar[str] = "resultLearningObjectiveIds"
    result_sourced_id: str
    source: str
    learning_objective_id: str
    score: Decimal | None
    text_score: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItemScaleRow(Row):
    file: ClassVar[str] = "lineItemScoreScales"
    title: str
    line_item_sourced_id: str
    score_scale_sourced_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultScaleRow(Row):
    file: ClassVar[str] = "resultScoreScales"
    title: str
    result_sourced_id: str
    score_scale_sourced_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRow(Row):
    file: ClassVar[str] = "resources"
    vendor_resource_id: str
    title: str
    roles: tuple[str, ...]
    importance: str
    vendor_id: str
    application_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassResourceRow(Row):
    file: ClassVar[str] = "classResources"
    title: str
    class_sourced_id: str
    resource_sourced_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseResourceRow(Row):
    file: ClassVar[str] = "courseResources"
    title: str
    course_sourced_id: str
    resource_sourced_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserResourceRow(Row):
    file: ClassVar[str] = "userResources"
    user_sourced_id: str
    org_sourced_id: str
    class_sourced_id: str
    resource_sourced_id: str
