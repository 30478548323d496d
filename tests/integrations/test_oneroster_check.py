"""OR-4: rows against each other and the tenant; one warning where one is enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.oneroster import problems as problem_module
from integrations.oneroster.check import KnownIds
from tests.integrations.oneroster_builders import BULK, as_1_1, brief, changed, check, delta


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("mode", ["bulk", "delta"])
def test_a_good_bundle_has_nothing_to_say(tmp_path: Path, version: str, mode: str) -> None:
    files = as_1_1(BULK) if version == "1.1" else BULK
    report = check(tmp_path, delta(files) if mode == "delta" else files, mode, version)
    assert report.problems == ()
    assert report.files["users"].rows == 2


def test_a_duplicate_names_both_rows_but_not_the_identifier(tmp_path: Path) -> None:
    report = check(tmp_path, changed("users", 1, sourcedId="learner", agentSourcedIds=""))
    assert brief(report.errors) == [("users.csv", 3, "sourcedId", "duplicate_id")]
    assert report.errors[0].message == "Row 3: sourcedId is already used in row 2. Give each row its own"


def test_identifiers_differ_by_case(tmp_path: Path) -> None:
    assert check(tmp_path, changed("users", 1, sourcedId="Learner")).is_accepted


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("orgs", "parentSourcedId"),
        ("academicSessions", "parentSourcedId"),
        ("courses", "orgSourcedId"),
        ("courses", "schoolYearSourcedId"),
        ("classes", "courseSourcedId"),
        ("classes", "schoolSourcedId"),
        ("classes", "termSourcedIds"),
        ("users", "agentSourcedIds"),
        ("users", "primaryOrgSourcedId"),
        ("roles", "userSourcedId"),
        ("roles", "orgSourcedId"),
        ("roles", "userProfileSourcedId"),
        ("enrollments", "classSourcedId"),
        ("enrollments", "schoolSourcedId"),
        ("enrollments", "userSourcedId"),
    ],
)
def test_a_reference_to_nowhere(tmp_path: Path, name: str, field: str) -> None:
    report = check(tmp_path, changed(name, **{field: "secret-nowhere"}))
    assert brief(report.errors) == [(f"{name}.csv", 2, field, "unknown_reference")]
    assert "nowhere" not in report.errors[0].message


def test_each_part_of_a_list_is_looked_up(tmp_path: Path) -> None:
    report = check(tmp_path, changed("classes", termSourcedIds="year,nowhere,neither"))
    assert [code for *_, code in brief(report.errors)] == ["unknown_reference"] * 2


def test_what_the_tenant_has_may_be_pointed_to(tmp_path: Path) -> None:
    enrolled = changed("enrollments", userSourcedId="old", classSourcedId="old-class")
    known = KnownIds({"users": {"old"}, "classes": frozenset({"old-class"})})
    assert check(tmp_path, enrolled, known=known).is_accepted


def test_a_known_id_of_another_kind_does_not_count(tmp_path: Path) -> None:
    known = KnownIds({"orgs": {"old"}})
    assert not check(tmp_path, changed("enrollments", userSourcedId="old"), known=known).is_accepted


def test_a_delta_may_stand_on_the_tenant_alone(tmp_path: Path) -> None:
    known = KnownIds({"classes": {"class"}, "orgs": {"school"}, "users": {"learner"}})
    only = {"enrollments": BULK["enrollments"]}
    assert check(tmp_path, delta(only), "delta", known=known).is_accepted
    assert not check(tmp_path, delta(only), "delta").is_accepted


def test_order_in_a_file_does_not_matter(tmp_path: Path) -> None:
    assert check(tmp_path, BULK | {"orgs": BULK["orgs"][::-1], "users": BULK["users"][::-1]}).problems == ()


@pytest.mark.parametrize("name", ["orgs", "academicSessions"])
def test_a_parent_that_is_the_row_itself(tmp_path: Path, name: str) -> None:
    own = BULK[name][0]["sourcedId"]
    assert brief(check(tmp_path, changed(name, parentSourcedId=own)).errors) == [
        (f"{name}.csv", 2, "parentSourcedId", "cycle")
    ]


def test_parents_in_a_circle_are_named_by_row_once(tmp_path: Path) -> None:
    report = check(tmp_path, changed("orgs", 0, parentSourcedId="school"))
    assert brief(report.errors) == [("orgs.csv", 2, "parentSourcedId", "cycle")]
    assert "rows 2, 3" in report.errors[0].message


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("users", "sourcedId"),
        ("users", "givenName"),
        ("users", "enabledUser"),
        ("orgs", "name"),
        ("classes", "termSourcedIds"),
        ("roles", "role"),
        ("enrollments", "role"),
        ("academicSessions", "startDate"),
    ],
)
def test_an_empty_required_value(tmp_path: Path, name: str, field: str) -> None:
    for text in ("", "  "):
        errors = brief(check(tmp_path, changed(name, **{field: text})).errors)
        assert (f"{name}.csv", 2, field, "empty_value") in errors


def test_a_username_is_required_in_1_1_only(tmp_path: Path) -> None:
    assert check(tmp_path, changed("users", username="")).is_accepted
    old = check(tmp_path / "b", as_1_1(changed("users", username="")), version="1.1")
    assert brief(old.errors) == [("users.csv", 2, "username", "empty_value")]


@pytest.mark.parametrize("role", ["principal", "counselor", "siteAdministrator"])
def test_roles_differ_between_versions(tmp_path: Path, role: str) -> None:
    assert check(tmp_path, changed("roles", role=role)).is_accepted
    old = check(tmp_path / "b", as_1_1(changed("users", role=role, orgSourcedIds="school")), version="1.1")
    assert brief(old.errors) == [("users.csv", 2, "role", "unknown_value")]


def test_tolerances_are_one_warning_per_file_and_field(tmp_path: Path) -> None:
    many = [BULK["users"][0] | {"sourcedId": f"u{n}", "enabledUser": "TRUE"} for n in range(50)]
    report = check(tmp_path, BULK | {"users": [*BULK["users"], *many]})
    assert brief(report.problems) == [("users.csv", 4, "enabledUser", "boolean_form")]
    assert report.problems[0].message.startswith("50 rows, the first row 4: enabledUser is written")


def test_errors_have_a_ceiling_per_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problem_module, "MAX_ERRORS_PER_FILE", 10)
    many = [{"sourcedId": f"o{n}", "name": "O", "type": "nothing"} for n in range(25)]
    report = check(tmp_path, BULK | {"orgs": [*BULK["orgs"], *many]})
    assert len(report.errors) == 11
    assert report.errors[-1].code == "more_errors"
    assert report.errors[-1].message.startswith("15 more errors")
