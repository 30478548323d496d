"""Gradebook rows: ranges, learning objectives, scores as given (OR-4; the evidence rules come with the writer)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from integrations.oneroster.bundle import rows
from integrations.oneroster.check import Report, check_path
from integrations.oneroster.records_gradebook import LineItemRow, ResultObjectiveRow, ResultRow
from integrations.oneroster.rules import case_identifier
from tests.integrations.oneroster_builders import BULK, as_1_1, brief, bundle_files, check, write_folder

OBJECTIVE = "755ab692-f9f9-11e7-afde-298602138593"
GRADEBOOK = BULK | {
    "categories": [{"sourcedId": "category", "title": "Homework", "weight": "20"}],
    "lineItems": [
        {
            "sourcedId": "item",
            "title": "Quiz",
            "assignDate": "2026-09-01",
            "dueDate": "2026-09-08",
            "classSourcedId": "class",
            "categorySourcedId": "category",
            "academicSessionSourcedId": "year",
            "resultValueMin": "0",
            "resultValueMax": "100",
            "schoolSourcedId": "school",
        }
    ],
    "results": [
        {
            "sourcedId": "result",
            "lineItemSourcedId": "item",
            "studentSourcedId": "learner",
            "scoreStatus": "fully graded",
            "score": "300",
            "scoreDate": "2026-09-09",
            "textScore": "Meets",
            "late": "true",
        }
    ],
    "resultLearningObjectiveIds": [
        {
            "sourcedId": "objective",
            "resultSourcedId": "result",
            "source": "case",
            "learningObjectiveId": f"urn:uuid:{OBJECTIVE}",
            "score": "3.5",
        }
    ],
}


def with_cells(tmp_path: Path, name: str, **cells: str) -> Report:
    return check(tmp_path, GRADEBOOK | {name: [GRADEBOOK[name][0] | cells]})


def test_a_gradebook_is_read_with_scores_as_given(tmp_path: Path) -> None:
    bundle, report = check_path(write_folder(tmp_path / "a", bundle_files(GRADEBOOK)))
    assert bundle is not None
    assert report.problems == ()
    (result,) = rows(bundle, ResultRow)
    assert (result.score, result.text_score, result.late, result.missing) == (Decimal(300), "Meets", True, None)
    (objective,) = rows(bundle, ResultObjectiveRow)
    assert (objective.score, case_identifier(objective.learning_objective_id)) == (Decimal("3.5"), OBJECTIVE)


def test_the_1_1_gradebook_calls_the_session_grading_period(tmp_path: Path) -> None:
    old = as_1_1({name: GRADEBOOK[name] for name in (*BULK, "categories", "lineItems", "results")})
    line_item = old["lineItems"][0]
    line_item["gradingPeriodSourcedId"] = line_item.pop("academicSessionSourcedId")
    del line_item["schoolSourcedId"]
    old["categories"][0].pop("weight")
    for cell in ("textScore", "late"):
        old["results"][0].pop(cell)
    bundle, report = check_path(write_folder(tmp_path / "a", bundle_files(old, version="1.1")))
    assert bundle is not None
    assert report.problems == ()
    assert [row.academic_session_sourced_id for row in rows(bundle, LineItemRow)] == ["year"]


def test_a_range_upside_down(tmp_path: Path) -> None:
    report = with_cells(tmp_path, "lineItems", resultValueMin="100", resultValueMax="0")
    assert brief(report.errors) == [("lineItems.csv", 2, "resultValueMin", "reversed_range")]


@pytest.mark.parametrize("text", [f"urn:uuid:{OBJECTIVE}", OBJECTIVE, OBJECTIVE.upper(), f"URN:UUID:{OBJECTIVE}"])
def test_case_identifiers(tmp_path: Path, text: str) -> None:
    assert with_cells(tmp_path, "resultLearningObjectiveIds", learningObjectiveId=text).is_accepted
    assert (case_identifier(text) or "").lower() == OBJECTIVE


def test_an_objective_of_case_must_be_a_uuid(tmp_path: Path) -> None:
    report = with_cells(tmp_path, "resultLearningObjectiveIds", learningObjectiveId="6.RP.A.1")
    assert brief(report.errors) == [("resultLearningObjectiveIds.csv", 2, "learningObjectiveId", "invalid_objective")]


def test_an_objective_of_unknown_source_may_be_anything(tmp_path: Path) -> None:
    report = with_cells(tmp_path, "resultLearningObjectiveIds", source="unknown", learningObjectiveId="6.RP.A.1")
    assert report.is_accepted


def test_a_score_is_never_repeated(tmp_path: Path) -> None:
    report = with_cells(tmp_path, "results", score="87percent")
    assert brief(report.errors) == [("results.csv", 2, "score", "invalid_number")]
    assert "87" not in report.errors[0].message
