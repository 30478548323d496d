"""Outcomes of Canvas and competencies of Moodle: the goal follows the flag, and what is not taken over is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from competencies.models import Competency, Framework, Policy, PolicyDraft
from integrations.competency_tables.canvas import rule_of
from integrations.competency_tables.importing import preview_of, read_file, save_found
from integrations.competency_tables.moodle import first_proficient
from integrations.competency_tables.sheet import TableRefused
from integrations.models import ImportReport
from tenancy.context import tenant_context
from tests.builders import World

DATA = Path(__file__).parent.parent / "data" / "outcomes"
CANVAS, MOODLE = (DATA / "canvas.csv").read_bytes(), (DATA / "moodle.csv").read_bytes()


@pytest.fixture
def world(cast: Any) -> Iterator[World]:
    with tenant_context(cast.home.tenant.pk):
        yield cast.home


def save(world: World, data: bytes, kind: str, framework: Framework | None = None) -> Framework:
    found = read_file(data, kind)
    title = found.title or "Workshop"
    return save_found(world.system, framework=framework, title=title, found=found, only_good=False)[0]


def test_canvas_groups_are_the_tree_and_mastery_points_the_goal(world: World) -> None:
    framework = save(world, CANVAS, "canvas")
    rows = list(Competency.objects.filter(framework=framework).order_by("tree_order"))
    assert [(row.code, row.short_statement, row.depth, row.state) for row in rows] == [
        ("", "Bicycle repair", 0, "active"), ("", "Brakes", 1, "active"), ("BR.1", "Adjusts a brake", 2, "active"),
        ("BR.2", "Replaces a cable", 2, "active"), ("BR.3", "Explains stopping distance", 2, "retired"),
    ]  # fmt: skip
    assert rows[2].family_statement == "I can make a brake work"
    draft = PolicyDraft.objects.get(policy__framework=framework)
    assert draft.rule == {"method": "last_vs_rest", "weight": 0.65}
    assert draft.ratings == [
        ["1", "Not yet", False], ["2", "Nearly", False], ["3", "Safe to ride", True], ["4", "Rides like new", False]
    ]  # fmt: skip


def test_canvas_says_what_is_not_taken_over(world: World) -> None:
    notes = preview_of(None, read_file(CANVAS, "canvas")).notes
    assert notes == (
        "1 row stands below several groups: it was put below the first one.",
        "1 row is deleted there: it comes as retired.",
        "1 competency has another scale or method (n_times): not taken over, like BR.3.",
    )


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    for data, kind in ((CANVAS, "canvas"), (MOODLE, "moodle")):
        framework = save(world, data, kind)
        again = preview_of(framework, read_file(data, kind))
        assert (again.plan.new, again.plan.changed, again.plan.faults) == ([], [], [])
        assert not again.draft_rule
        changed = data.replace(b"Adjusts a rim", b"Sets a rim").replace(b"names its kind", b"says its kind")
        plan = preview_of(framework, read_file(changed, kind)).plan
        assert [change.fields[0][0] for change in plan.changed] == ["statement"]


@pytest.mark.parametrize(
    ("method", "given", "rule"),
    [
        ("decaying_average", 40, {"method": "last_vs_rest", "weight": 0.4}),
        ("weighted_average", None, {"method": "last_vs_rest", "weight": 0.65}),
        ("standard_decaying_average", 75, {"method": "ewma", "weight": 0.75}),
        ("n_mastery", 3, {"method": "n_times", "n": 3}),
        ("latest", None, {"method": "latest"}),
        ("highest", None, {"method": "highest"}),
        ("average", None, {"method": "mean"}),
        ("of_the_moon", None, None),
    ],
)
def test_calculation_methods(method: str, given: int | None, rule: Any) -> None:
    assert rule_of(method, given) == rule


def outcome(**values: str) -> bytes:
    head = {"vendor_guid": "a", "object_type": "outcome", "title": "Title", "mastery_points": "3", "workflow_state": ""}
    cells = {**head, **values}
    lines = ([*cells, "ratings", "", "", ""], [*cells.values(), "3", "Good", "1", "Begun"])
    return "".join(",".join(line) + "\n" for line in lines).encode()


def test_the_goal_is_never_found_by_its_name() -> None:
    found = read_file(outcome(mastery_points="1"), "canvas")
    assert [(word, goal) for _, word, goal in found.proposals[0].content.ratings] == [("Begun", True), ("Good", False)]
    between = read_file(outcome(mastery_points="2"), "canvas")
    assert [word for _, word, goal in between.proposals[0].content.ratings if goal] == ["Good"], "the first to reach it"
    for values in ({"mastery_points": ""}, {"mastery_points": "9"}):
        none = read_file(outcome(**values), "canvas")
        assert none.proposals == []
        assert len(none.notes) == 1
        assert "has no mastery points" in none.notes[0]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"vendor_guid": "a b"}, "Enter the identifier of the outcome, without spaces"),
        ({"object_type": "thing"}, "Use outcome or group"),
        ({"title": ""}, "Enter the title of the outcome or group"),
        ({"workflow_state": "gone"}, "Use active or deleted"),
    ],
)
def test_canvas_rows_that_are_wrong(values: dict[str, str], sentence: str) -> None:
    assert [fault.message for fault in read_file(outcome(**values), "canvas").faults] == [sentence]


def test_canvas_ratings_without_points() -> None:
    data = outcome().replace(b"3,Good", b"three,Good")
    assert [fault.message for fault in read_file(data, "canvas").faults] == [
        "The rating has no number of points. Write it like 3"
    ]


def test_files_of_something_else_are_refused() -> None:
    with pytest.raises(TableRefused) as error:
        read_file(MOODLE, "canvas")
    assert "the column “vendor_guid” is missing" in error.value.message
    with pytest.raises(TableRefused) as error:
        read_file(CANVAS, "moodle")
    assert "the column “Id number” is missing" in error.value.message
    with pytest.raises(TableRefused) as error:
        read_file(outcome(colour="red"), "canvas")
    assert error.value.message == "The column “colour” is none that Canvas exports. Take it out"
    with pytest.raises(TableRefused) as error:
        read_file(MOODLE.replace(b",,,,,1,", b",,,,,0,"), "moodle")
    assert error.value.message == "The file has 0 rows of a framework. Export one framework at a time"


def test_moodle_tree_types_and_scale(world: World) -> None:
    framework = save(world, MOODLE, "moodle")
    assert framework.title == "Working in the garden"
    rows = Competency.objects.filter(framework=framework).order_by("tree_order")
    assert [(row.code, row.depth, row.item_type) for row in rows] == [
        ("G1", 0, "Domain"), ("G1.1", 1, "Skill"), ("G2", 0, "Domain"), ("G2.1", 1, "Skill")
    ]  # fmt: skip
    assert rows[2].statement == "Plants"
    draft = PolicyDraft.objects.get(policy__framework=framework)
    assert draft.rule == {"method": "latest"}
    assert [(word, goal) for _, word, goal in draft.ratings] == [
        ("Shown how", False), ("With help", False), ("Alone", True), ("Teaches others", False)
    ]  # fmt: skip
    assert preview_of(None, read_file(MOODLE, "moodle")).notes == (
        "1 competency is completed by a rule there: make a milestone for what it asks for.",
        "1 competency refers to others as related: that is not taken over.",
    )


def test_moodle_heads_in_another_language_are_taken_by_their_order() -> None:
    head, _, rest = MOODLE.partition(b"\n")
    other = ",".join(f"Spalte {n}" for n in range(1, 15)).encode()
    assert read_file(other + b"\n" + rest, "moodle").rows == read_file(MOODLE, "moodle").rows
    assert head.count(b",") == 13


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ('[{"scaleid":"1"},{"id":2,"proficient":1},{"id":3,"proficient":1}]', 2),
        ('[{"scaleid":"1"},{"id":"3","proficient":"1"}]', 3),
        ('[{"id":2,"proficient":0}]', None),
        ("[[[", None),
        ("{}", None),
        ("", None),
        ('[{"id":"x","proficient":1}]', None),
    ],
)
def test_first_proficient_value(text: str, goal: int | None) -> None:
    assert first_proficient(text) == goal


def run(world: World, *more: str, kind: str = "canvas") -> dict[str, Any]:
    out = StringIO()
    with suppress(SystemExit):
        call_command(
            "import_outcomes", "--tenant", world.tenant.slug, "--file", str(DATA / f"{kind}.csv"), "--kind", kind,
            "--json", *more, stdout=out,
        )  # fmt: skip
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_command_imports_reports_and_repeats(cast: Any) -> None:
    home: World = cast.home
    tried = run(home, "--dry-run", "--title", "Workshop")
    assert (tried["accepted"], tried["counts"]["competencies"]["created"]) == (True, 5)
    with tenant_context(home.tenant.pk):
        assert not Framework.objects.filter(title="Workshop").exists()
    assert run(home, "--title", "Workshop")["counts"]["competencies"]["created"] == 5
    again = run(home, "--title", "Workshop")
    assert again["counts"]["competencies"] == {
        "created": 0, "updated": 0, "unchanged": 5, "kept": 0, "left out": 0
    }  # fmt: skip
    with tenant_context(home.tenant.pk):
        assert Framework.objects.filter(title="Workshop").count() == 1
        assert Policy.objects.filter(framework__title="Workshop").count() == 1
        assert ImportReport.objects.filter(kind="outcomes").count() == 3


def test_command_refuses_a_file_of_something_else(cast: Any) -> None:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "import_outcomes", "--tenant", cast.home.tenant.slug, "--file", str(DATA / "moodle.csv"),
            "--kind", "canvas", stdout=out,
        )  # fmt: skip
    assert "Refused. Nothing was written." in out.getvalue()
    with pytest.raises(CommandError, match='There is no framework "x" here'):
        run(cast.home, "--framework", "x")
