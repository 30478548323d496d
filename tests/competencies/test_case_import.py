"""CASE packages through the command, into the database (interop.md CASE-2 … CASE-10)."""

from __future__ import annotations

import json
import lzma
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assessments.services import record_evidence
from competencies.models import Association, Competency, CompetencyVersion, Framework, Prerequisite
from integrations.models import ImportReport
from milestones.models import CompetencyStatus
from tenancy.context import tenant_context
from tests.builders import Cast, World, piece

ITEM = "00000000-0000-4000-8000-00000000000{}"


def package(*items: tuple[int, str, int | None], precedes: tuple[tuple[int, int], ...] = ()) -> dict[str, Any]:
    """A small package: (number, statement, number of the parent)."""

    def node(number: int | None) -> dict[str, str]:
        identifier = ITEM.format(0 if number is None else number)
        return {"identifier": identifier, "uri": f"urn:uuid:{identifier}", "title": "x"}

    def association(n: int, kind: str, origin: int, destination: int | None) -> dict[str, Any]:
        identifier = f"00000000-0000-4000-9000-{n:012}"
        ends = {"originNodeURI": node(origin), "destinationNodeURI": node(destination)}
        head = {"identifier": identifier, "uri": f"urn:uuid:{identifier}", "associationType": kind}
        return {**head, **ends, "lastChangeDateTime": "2026-01-01T00:00:00+00:00"}

    stamp = {"lastChangeDateTime": "2026-01-01T00:00:00+00:00"}
    children = [association(n, "isChildOf", n, parent) for n, _, parent in items]
    order = [association(100 + n, "precedes", *pair) for n, pair in enumerate(precedes)]
    return {
        "CFDocument": {**node(None), **stamp, "creator": "us", "title": "Small"},
        "CFItems": [{**node(n), **stamp, "fullStatement": text, "humanCodingScheme": f"S.{n}"} for n, text, _ in items],
        "CFAssociations": children + order,
    }


def run(path: Path, world: World, *flags: str) -> dict[str, Any]:
    out = StringIO()
    with suppress(SystemExit):  # refused: exit code 1, see the report
        call_command("import_case", str(path), "--tenant", world.tenant.slug, "--json", *flags, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def save(folder: Path, data: Any) -> Path:
    file = folder / "package.json"
    file.write_text(json.dumps(data))
    return file


def smarter_balanced(folder: Path) -> Path:
    packed = next((Path(__file__).parent.parent / "data").rglob("smarter-balanced*.xz"))
    file = folder / "smarter.json"
    file.write_bytes(lzma.decompress(packed.read_bytes()))
    return file


def test_smarter_balanced_imports_and_a_second_time_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    file = smarter_balanced(tmp_path)
    first = run(file, cast.home)
    assert first["accepted"]
    assert first["counts"]["competencies"]["created"] == 585
    assert first["counts"]["associations"]["created"] == 3367  # 3,368 with one given twice word for word
    assert first["counts"]["prerequisites"]["created"] == 419  # 423 precedes: 3 leave the package, 1 repeats
    second = run(file, cast.home)
    changed = {
        (kind, what): n
        for kind, counts in second["counts"].items()
        for what, n in counts.items()
        if what != "unchanged" and n
    }
    assert changed == {}
    with tenant_context(cast.home.tenant.pk):
        framework = Framework.objects.get(title__startswith="Smarter")
        assert Competency.objects.filter(framework=framework).count() == 585
        assert Competency.objects.filter(framework=framework, depth__gt=0).exists()
        orders = list(
            Competency.objects.filter(framework=framework).order_by("tree_order").values_list("tree_order", flat=True)
        )
        assert orders == list(range(585))


@pytest.mark.parametrize("name", ["Ordering", "SmartLevelFramework", "opensalt-what-standards-could-be"])
def test_small_opensalt_packages_import(cast: Cast, tmp_path: Path, name: str) -> None:
    found = next((Path(__file__).parent.parent / "data").rglob(f"{name}.json*"))
    data = lzma.decompress(found.read_bytes()) if found.suffix == ".xz" else found.read_bytes()
    (tmp_path / "p.json").write_bytes(data)
    assert run(tmp_path / "p.json", cast.home)["accepted"]


def test_two_tenants_hold_the_same_framework_apart(cast: Cast, tmp_path: Path) -> None:
    file = save(tmp_path, package((1, "Counts to ten", None)))
    for world in (cast.home, cast.away):
        assert run(file, world)["counts"]["competencies"]["created"] == 1
    with tenant_context(cast.home.tenant.pk):
        Competency.objects.filter(identifier=ITEM.format(1)).update(statement="Changed here only")
    with tenant_context(cast.away.tenant.pk):
        assert Competency.objects.get(identifier=ITEM.format(1)).statement == "Counts to ten"


def test_a_changed_statement_keeps_what_hangs_on_it(cast: Cast, tmp_path: Path) -> None:
    world = cast.home
    run(save(tmp_path, package((1, "Counts to ten", None))), world)
    with tenant_context(world.tenant.pk):
        competency = Competency.objects.get(identifier=ITEM.format(1))
        record_evidence(world.system, piece=piece(world, world.learner, competency, 3))
    report = run(save(tmp_path, package((1, "Counts to twenty", None))), world)
    assert (report["counts"]["competencies"]["updated"], report["counts"]["competencies"]["created"]) == (1, 0)
    with tenant_context(world.tenant.pk):
        after = Competency.objects.get(identifier=ITEM.format(1))
        assert (after.pk, after.statement) == (competency.pk, "Counts to twenty")
        assert CompetencyStatus.objects.filter(competency=after, learner=world.learner).exists()


def versions_of(world: World, number: int) -> list[tuple[int, str, str, str]]:
    with tenant_context(world.tenant.pk):
        rows = CompetencyVersion.objects.filter(competency__identifier=ITEM.format(number)).order_by("number")
        return list(rows.values_list("number", "statement", "state", "reason"))


def test_an_import_leaves_a_version_where_the_words_changed(cast: Cast, tmp_path: Path) -> None:
    """As an edit by hand does; nothing for an import that changes nothing, and nothing for a moved item."""
    world = cast.home
    first = save(tmp_path, package((1, "Counts to ten", None), (2, "Adds", None)))
    run(first, world)
    run(first, world)
    assert versions_of(world, 1) == []
    run(save(tmp_path, package((1, "Counts to twenty", None), (2, "Adds", 1))), world)
    assert versions_of(world, 1) == [(1, "Counts to ten", "active", "Its owner published it anew")]
    assert versions_of(world, 2) == []  # another place in the tree, the same words
    run(save(tmp_path, package((1, "Counts to fifty", None), (2, "Adds", 1))), world)
    assert [row[:2] for row in versions_of(world, 1)] == [(1, "Counts to ten"), (2, "Counts to twenty")]
    with tenant_context(world.tenant.pk):
        assert Competency.objects.get(identifier=ITEM.format(1)).version == 3
    run(save(tmp_path, package((1, "Counts to a hundred", None))), world, "--dry-run")
    assert len(versions_of(world, 1)) == 2


def test_an_item_left_out_and_back_leaves_its_states_behind(cast: Cast, tmp_path: Path) -> None:
    """What has a history is retired, not removed, even if nobody worked with it."""
    world = cast.home
    run(save(tmp_path, package((1, "Stays", None), (2, "Goes", None))), world)
    run(save(tmp_path, package((1, "Stays", None), (2, "Goes away", None))), world)
    report = run(save(tmp_path, package((1, "Stays", None))), world)
    assert (report["counts"]["competencies"]["retired"], report["accepted"]) == (1, True)
    run(save(tmp_path, package((1, "Stays", None))), world)
    run(save(tmp_path, package((1, "Stays", None), (2, "Goes away", None))), world)
    assert versions_of(world, 2) == [
        (1, "Goes", "active", "Its owner published it anew"),
        (2, "Goes away", "active", "Its owner left it out of the framework"),
        (3, "Goes away", "retired", "Its owner published it anew"),
    ]


def test_missing_items_are_retired_when_used_and_removed_when_not(cast: Cast, tmp_path: Path) -> None:
    world = cast.home
    run(save(tmp_path, package((1, "Stays", None), (2, "Used", None), (3, "Not used", 2))), world)
    with tenant_context(world.tenant.pk):
        used = Competency.objects.get(identifier=ITEM.format(2))
        record_evidence(world.system, piece=piece(world, world.learner, used, 3))
    report = run(save(tmp_path, package((1, "Stays", None))), world)
    counts = report["counts"]["competencies"]
    assert (counts["retired"], counts["removed"]) == (1, 1)
    assert {problem["code"] for problem in report["problems"]} >= {"item_retired", "item_removed"}
    with tenant_context(world.tenant.pk):
        assert Competency.objects.get(identifier=ITEM.format(2)).is_retired
        assert not Competency.objects.filter(identifier=ITEM.format(3)).exists()
    back = run(save(tmp_path, package((1, "Stays", None), (2, "Used", None))), world)
    assert back["counts"]["competencies"]["updated"] == 1
    with tenant_context(world.tenant.pk):
        assert not Competency.objects.get(identifier=ITEM.format(2)).is_retired


def test_prerequisite_cycles_are_kept_and_flagged(cast: Cast, tmp_path: Path) -> None:
    items = ((1, "a", None), (2, "b", None), (3, "c", None))
    report = run(save(tmp_path, package(*items, precedes=((1, 2), (2, 1), (2, 3)))), cast.home)
    assert report["accepted"]
    with tenant_context(cast.home.tenant.pk):
        edges = {
            (e.before.identifier[-1], e.after.identifier[-1]): e.is_in_cycle
            for e in Prerequisite.objects.filter(before__framework__title="Small")
        }
    assert edges == {("1", "2"): True, ("2", "1"): True, ("2", "3"): False}


def test_a_broken_package_writes_nothing_and_lists_every_problem(cast: Cast, tmp_path: Path) -> None:
    broken = package((1, "a", None), (2, "b", 1))
    del broken["CFItems"][0]["fullStatement"]
    broken["CFItems"][1]["identifier"] = "not-a-uuid"
    with tenant_context(cast.home.tenant.pk):
        before = (Framework.objects.count(), Competency.objects.count(), Association.objects.count())
    report = run(save(tmp_path, broken), cast.home)
    assert not report["accepted"]
    assert report["counts"] == {}
    paths = {problem["path"] for problem in report["problems"] if problem["severity"] == "error"}
    assert {"$.CFItems[0].fullStatement", "$.CFItems[1].identifier"} <= paths
    with tenant_context(cast.home.tenant.pk):
        assert (Framework.objects.count(), Competency.objects.count(), Association.objects.count()) == before
        assert ImportReport.objects.filter(is_accepted=False).count() == 1


def test_a_dry_run_reports_and_writes_nothing(cast: Cast, tmp_path: Path) -> None:
    report = run(save(tmp_path, package((1, "a", None))), cast.home, "--dry-run")
    assert report["accepted"]
    assert report["dry_run"]
    assert report["counts"]["competencies"]["created"] == 1
    with tenant_context(cast.home.tenant.pk):
        assert not Framework.objects.filter(title="Small").exists()


def test_wrong_use_names_the_tenants(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r'There is no tenant "nowhere"\. Use one of: harbor, lakeview') as caught:
        call_command("import_case", str(save(tmp_path, {})), "--tenant", "nowhere")
    assert caught.value.returncode == 2
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_case", str(tmp_path / "none.json"), "--tenant", cast.home.tenant.slug)
