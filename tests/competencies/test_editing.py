"""Frameworks and competencies written here: versions, order, prerequisites, states, what an owner keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assessments.models import StaleMark
from assessments.services import record_evidence
from competencies.content import content_of_version
from competencies.editing import Wording, change_competency, create_competency, create_framework, seen_of
from competencies.lifecycle import move_competency, move_framework
from competencies.models import Competency, CompetencyVersion, Framework, PolicyVersion, Prerequisite
from competencies.services import publish_version
from integrations.case.importer import import_package
from milestones.clock import announce_policies_of
from milestones.models import CompetencyStatus
from tenancy.context import tenant_context
from tenancy.errors import Conflict, Invalid, Refused
from tests.builders import World, piece
from tests.integrations.case_builders import DOCUMENT, item, link, package, read, uuid


@pytest.fixture
def world(cast: Any) -> Any:
    with tenant_context(cast.home.tenant.pk):
        yield cast.home


def wording_of(competency: Competency, **values: Any) -> Wording:
    before = tuple(row.before for row in competency.needs.select_related("before").order_by("before_id"))
    wording = Wording(
        competency.statement, competency.family_statement, competency.short_statement, competency.code,
        tuple(competency.education_levels), competency.parent, None, before,
    )  # fmt: skip
    return replace(wording, **values)


def change(world: World, competency: Competency, **values: Any) -> Competency:
    more = {name: values.pop(name) for name in ("reason", "seen") if name in values}
    return change_competency(world.system, competency=competency, wording=wording_of(competency, **values), **more)


def problems(error: Any) -> list[str]:
    return [problem["message"] for problem in error.value.problems]


def test_a_framework_is_written_from_nothing_and_put_into_use(world: World) -> None:
    framework = create_framework(world.system, title=" Handwriting ", language="en")
    assert (framework.title, framework.state) == ("Handwriting", "draft")
    first = create_competency(world.system, framework=framework, wording=Wording("Holds a pen", code="H.1"))
    second = create_competency(
        world.system, framework=framework, wording=Wording("Writes a line", prerequisites=(first,))
    )
    below = create_competency(world.system, framework=framework, wording=Wording("Holds it loosely", parent=first))
    rows = Competency.objects.filter(framework=framework).order_by("tree_order")
    assert [(row.pk, row.depth, row.position) for row in rows] == [
        (first.pk, 0, 0),
        (below.pk, 1, 0),
        (second.pk, 0, 1),
    ]
    assert all(row.is_draft for row in rows)
    move_framework(world.system, framework=framework, to="active", seen="draft")
    assert not Competency.objects.filter(framework=framework, is_draft=True).exists()


def test_empty_and_long_texts_are_refused_in_words(world: World) -> None:
    with pytest.raises(Invalid) as error:
        create_framework(world.system, title="  ")
    assert problems(error) == ["Enter the name of the framework, like Mathematics 6–8"]
    wording = Wording(" ", code="x" * 300, grades=("a" * 30,))
    with pytest.raises(Invalid) as error:
        create_competency(world.system, framework=world.framework, wording=wording)
    assert problems(error) == [
        "Enter what somebody can do who has learned it, like: Explains why two fractions are equal",
        "The code has 300 characters. Shorten it to 255",
        f'"{"a" * 30}" is too long for a grade. Use at most 20 characters',
    ]


def test_a_code_is_used_once(world: World) -> None:
    with pytest.raises(Invalid) as error:
        create_competency(world.system, framework=world.framework, wording=Wording("Again", code="LKV.1"))
    assert problems(error) == ['The code LKV.1 is already used by "Can do LKV.1". Choose another one']


def test_a_change_of_what_is_in_use_keeps_the_old_wording(world: World) -> None:
    one = world.competencies[0]
    changed = change(world, one, statement="Explains it", family_statement="I can explain it", reason="Clearer")
    assert (changed.version, changed.statement) == (2, "Explains it")
    old = CompetencyVersion.objects.get(competency=one)
    assert (old.number, old.statement, old.state, old.reason) == (1, "Can do LKV.0", "active", "Clearer")
    same = change(world, changed)
    assert (same.version, CompetencyVersion.objects.count()) == (2, 1)


def test_a_draft_leaves_no_versions(world: World) -> None:
    made = create_competency(world.system, framework=world.framework, wording=Wording("Counts"))
    changed = change(world, made, statement="Counts to ten")
    assert (changed.version, CompetencyVersion.objects.count()) == (1, 0)


def test_whoever_is_slower_is_told(world: World) -> None:
    one = world.competencies[0]
    seen = seen_of(one)
    change(world, one, statement="Theirs", seen=seen)
    with pytest.raises(Conflict) as error:
        change(world, one, statement="Mine", seen=seen)
    assert error.value.message == "Somebody else changed this competency while you did"
    with pytest.raises(Conflict):
        move_competency(world.system, competency=one, to="retired", reason="Not taught", seen=seen)
    made = create_competency(world.system, framework=world.framework, wording=Wording("Counts"))
    seen = seen_of(made)
    change(world, made, statement="Counts to ten", seen=seen)
    with pytest.raises(Conflict):
        change(world, made, statement="Counts to five", seen=seen)


def test_circles_are_refused_with_their_way(world: World) -> None:
    one, two, three = world.competencies[:3]
    change(world, three, prerequisites=(two,))
    with pytest.raises(Invalid) as error:
        change(world, one, prerequisites=(three,))
    said = "LKV.2 cannot come before LKV.0: that would be a circle, LKV.0 → LKV.1 → LKV.2 → LKV.0. "
    assert problems(error) == [f"{said}Take one of these steps out"]
    with pytest.raises(Invalid) as error:
        change(world, one, prerequisites=(one,))
    assert problems(error) == ["LKV.0 cannot come before itself. Take it out"]
    with pytest.raises(Invalid) as error:
        change(world, three, prerequisites=(two, two))
    assert problems(error) == ["LKV.1 stands there twice. Keep one"]


def test_nothing_stands_below_itself(world: World) -> None:
    one = world.competencies[0]
    below = create_competency(world.system, framework=world.framework, wording=Wording("Part", parent=one))
    with pytest.raises(Invalid) as error:
        change(world, one, parent=below)
    assert problems(error) == ["LKV.0 cannot stand below itself. Choose another place"]


def test_a_place_among_siblings_moves_the_others(world: World) -> None:
    change(world, world.competencies[3], position=0)
    rows = Competency.objects.filter(framework=world.framework).order_by("tree_order")
    assert [(row.code, row.position) for row in rows] == [("LKV.3", 0), ("LKV.0", 1), ("LKV.1", 2), ("LKV.2", 3)]


def test_levels_that_look_at_prerequisites_are_marked(world: World) -> None:
    one, two = world.competencies[2:4]
    record_evidence(world.system, piece=piece(world, world.learner, two, 4))
    change(world, two, prerequisites=(one,))
    assert not StaleMark.objects.exists(), "no rule looks at prerequisites"
    old = PolicyVersion.objects.select_related("policy").order_by("-id")[0]
    content = content_of_version(old)
    gates = {"meets": {"min_pieces": 1, "prerequisites_met": True}}
    publish_version(
        world.system,
        policy=old.policy,
        content=replace(content, rule={**content.rule, "gates": gates}),
        reason="a test",
    )
    announce_policies_of(world.tenant.pk)
    StaleMark.objects.all().delete()
    change(world, two, prerequisites=())
    assert [mark.learner_competency.competency_id for mark in StaleMark.objects.all()] == [two.pk]


def test_retired_and_back_with_evidence_and_levels(world: World) -> None:
    one = world.competencies[0]
    levels = list(CompetencyStatus.objects.order_by("id").values_list("id", "level"))
    with pytest.raises(Invalid) as error:
        move_competency(world.system, competency=one, to="retired", reason="")
    assert problems(error) == ["Say why in a few words, like: replaced by the new standard"]
    move_competency(world.system, competency=one, to="retired", reason="Replaced by LKV.9")
    one.refresh_from_db()
    assert (one.state, one.version) == ("retired", 2)
    assert list(CompetencyStatus.objects.order_by("id").values_list("id", "level")) == levels
    with pytest.raises(Conflict):
        move_competency(world.system, competency=one, to="retired", reason="Replaced by LKV.9")
    move_competency(world.system, competency=one, to="active", reason="It is taught again")
    one.refresh_from_db()
    assert (one.state, one.version) == ("active", 3)
    assert [row.state for row in CompetencyVersion.objects.order_by("number")] == ["active", "retired"]


def case_framework() -> Framework:
    data = package([item(1), item(2), item(3)], [link(11, uuid(1), uuid(2), "precedes")])
    import_package(read(data))
    framework: Framework = Framework.objects.get(identifier_key=DOCUMENT)
    return framework


def test_an_owner_publishes_the_statements_and_the_rest_survives(world: World) -> None:
    framework = case_framework()
    one, two, three = Competency.objects.filter(framework=framework).order_by("identifier_key")
    with pytest.raises(Refused) as error:
        change(world, two, statement="Our own words")
    assert error.value.message.endswith(
        "publishes this framework, so its statements are changed there and imported again. Here you can change the "
        "family wording and what comes before what"
    )
    with pytest.raises(Refused):
        create_competency(world.system, framework=framework, wording=Wording("One more"))
    with pytest.raises(Refused):
        move_competency(world.system, competency=one, to="retired", reason="Not taught here")
    change(world, two, family_statement="In our words", prerequisites=(three,))
    case_framework()
    two.refresh_from_db()
    assert two.family_statement == "In our words"
    edges = Prerequisite.objects.filter(after__framework=framework).values_list("before_id", "after_id")
    assert list(edges) == [(three.pk, two.pk)], "their edge stays out, ours stays in"
    change(world, two, prerequisites=(one,))
    case_framework()
    assert list(Prerequisite.objects.filter(after=two).values_list("before_id", flat=True)) == [one.pk]
