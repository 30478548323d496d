"""Pathways: what is ready, what waits and for what; a route of one's own; what the learner may know."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from assessments.services import record_evidence
from competencies.models import Competency, Prerequisite
from learners.models import WorkingLevel
from milestones.models import RouteStep
from milestones.services import release_levels
from reporting.curriculum.map_layout import layered
from reporting.curriculum.pathway import Item, way
from status_engine import Level
from tenancy.context import tenant_context
from tests.builders import World, piece
from tests.reporting.conftest import As, text_of


def pathway_of(world: World, end: str = "") -> str:
    return f"/learners/{world.learner.public_id}/pathway/{end}"


def part(words: str, start: str, end: str) -> str:
    return words[words.index(start) : words.index(end, words.index(start))]


def show(world: World, competency: Competency, score: int, times: int = 3) -> None:
    with tenant_context(world.tenant.pk):
        for _ in range(times):
            record_evidence(world.system, piece=piece(world, world.learner, competency, score))


def test_ready_waits_and_done(home: World, teacher: Client) -> None:
    one, two, three, _four = home.competencies
    with tenant_context(home.tenant.pk):
        Prerequisite.objects.create(before=two, after=three)
    show(home, one, 4)
    words = text_of(teacher.get(pathway_of(home)))
    ready = part(words, "Ready now", "Waits for something")
    waits = part(words, "Waits for something", "Done")
    assert "LKV.1" in ready
    assert "LKV.3" in ready
    assert "LKV.2" in waits
    assert "First: LKV.1" in waits
    assert "(ready now)" in waits
    assert "LKV.0" in words[words.index("Meets or Mastery") :]


def test_a_teacher_chooses_the_order(home: World, teacher: Client) -> None:
    _, two, three, four = home.competencies
    for competency in (two, four):
        response = teacher.post(pathway_of(home, "next/"), {"competency": competency.public_id, "move": "next"})
        assert response.status_code == 302
    assert steps(home) == [four.pk, two.pk]
    teacher.post(pathway_of(home, "next/"), {"competency": two.public_id, "move": "up"})
    assert steps(home) == [two.pk, four.pk]
    teacher.post(pathway_of(home, "next/"), {"competency": two.public_id, "move": "down"})
    teacher.post(pathway_of(home, "next/"), {"competency": four.public_id, "move": "drop"})
    assert steps(home) == [two.pk]
    words = text_of(teacher.get(pathway_of(home)))
    assert "LKV.1" in words
    gone = teacher.post(pathway_of(home, "next/"), {"competency": four.public_id, "move": "down"})
    assert gone.status_code == 409
    assert "Somebody took this off the route already. Load the page again" in text_of(gone)
    for data in ({"competency": uuid4(), "move": "next"}, {"competency": "x", "move": "next"}, {"move": "next"},
                 {"competency": three.public_id, "move": "sideways"}):  # fmt: skip
        assert teacher.post(pathway_of(home, "next/"), data).status_code == 404


def steps(world: World) -> list[int]:
    with tenant_context(world.tenant.pk):
        rows = RouteStep.objects.filter(learner=world.learner).order_by("position")
        return list(rows.values_list("competency_id", flat=True))


def test_what_is_not_in_use_is_no_next_step(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        Competency.objects.filter(pk=home.competencies[1].pk).update(is_retired=True)
    data = {"competency": home.competencies[1].public_id, "move": "next"}
    response = teacher.post(pathway_of(home, "next/"), data)
    assert response.status_code == 403
    assert "LKV.1 is not in use. Choose a competency that is" in text_of(response)
    assert "LKV.1" not in text_of(teacher.get(pathway_of(home)))


def test_working_level_apart_from_the_grade(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        for n, competency in enumerate(home.competencies):
            Competency.objects.filter(pk=competency.pk).update(education_levels=["7" if n < 2 else "8"])
    assert "LKV.3" not in text_of(teacher.get(pathway_of(home)))
    response = teacher.post(pathway_of(home, "level/"), {"subject": "Framework", "grade": "8"}, follow=True)
    words = text_of(response)
    assert "Saved. The pathway follows the working level." in words
    assert "works at grade 8 in Framework" in words
    assert "LKV.3" in words
    assert "LKV.1" not in part(words, "Ready now", "Waits for something")
    wrong = teacher.post(pathway_of(home, "level/"), {"subject": " ", "grade": "x" * 21, "note": "y" * 501})
    assert wrong.status_code == 422
    for sentence in (
        "Enter the subject in at most 100 characters, like Mathematics",
        "The grade has 21 characters. Use at most 20, like 6",
        "The note has 501 characters. Shorten it to 500",
    ):
        assert sentence in text_of(wrong)
    teacher.post(pathway_of(home, "level/"), {"subject": "Framework", "grade": ""})
    with tenant_context(home.tenant.pk):
        assert not WorkingLevel.objects.exists()


def test_a_learner_knows_only_what_was_released(home: World, signed_in: As) -> None:
    one, two = home.competencies[:2]
    show(home, one, 4)
    with tenant_context(home.tenant.pk):
        Competency.objects.filter(pk=one.pk).update(family_statement="I can count things")
        Competency.objects.filter(pk=two.pk).update(family_statement="I can compare things")
    client = signed_in("LRN")
    before = text_of(client.get("/me/pathway/"))
    released_before = part(before, "You can do this", "Waymark")
    with tenant_context(home.tenant.pk):
        show(home, two, 4, times=4)
    assert text_of(client.get("/me/pathway/")) == before, "nothing moves before a teacher releases it"
    assert "I can compare things" not in released_before
    with tenant_context(home.tenant.pk):
        release_levels(home.system, section=home.section)
    after = text_of(client.get("/me/pathway/"))
    can = part(after, "You can do this", "Waymark")
    assert "I can count things" in can
    assert "I can compare things" in can, "of a milestone with several criteria by its explanation"
    for word in ("fail", "behind", "weak", "Ben", "LKV.0"):
        assert word not in after


def test_no_framework_is_said(home: World, teacher: Client, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        home.framework.state = "retired"
        home.framework.save()
    assert "There is no framework in use yet." in text_of(teacher.get(pathway_of(home)))
    assert "Your way appears here as soon as" in text_of(signed_in("LRN").get("/me/pathway/"))
    assert teacher.get(pathway_of(home), {"framework": "x"}).status_code == 404
    assert teacher.get(pathway_of(home), {"framework": str(uuid4())}).status_code == 404


# --- pure -----------------------------------------------------------------------------------------------------------


def an_item(key: int, **values: Any) -> Item:
    base: dict[str, Any] = {
        "id": key, "parent": None, "public_id": uuid4(), "code": f"C.{key}", "short": "", "statement": "Does it",
        "family_statement": "", "is_draft": False, "is_retired": False, "grades": [],
    }  # fmt: skip
    return Item(**{**base, **values})


def test_blockers_come_nearest_first() -> None:
    items = [an_item(key) for key in range(1, 6)]
    found = way(items, [(1, 2), (2, 3), (3, 4), (1, 4)], {5: Level.MEETS}, [], "")
    last = next(step for step in found.blocked if step.item.id == 4)
    assert [(one.item.id, one.distance, one.is_ready) for one in last.blockers] == [
        (1, 1, True),
        (3, 1, False),
        (2, 2, False),
    ]
    assert [step.item.id for step in found.ready] == [1]
    assert [step.item.id for step in found.blocked] == [2, 3, 4]
    assert [step.item.id for step in found.done] == [5]


def test_route_comes_before_the_curriculum_and_the_grade() -> None:
    items = [an_item(1, grades=["6"]), an_item(2, grades=["6"]), an_item(3, grades=["9"])]
    found = way(items, [], {}, [3, 2], "06")
    assert [(step.item.id, step.place) for step in found.ready] == [(3, 1), (2, 2), (1, None)]


@pytest.mark.parametrize("retired", [True, False])
def test_drafts_and_what_nobody_begun_before_it_was_retired_are_left_out(retired: bool) -> None:
    items = [an_item(1, is_draft=not retired, is_retired=retired), an_item(2, is_retired=True)]
    found = way(items, [], {2: Level.MEETS}, [1], "")
    assert ([*found.ready, *found.blocked], [step.item.id for step in found.done]) == ([], [2])


edges = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)).filter(lambda edge: edge[0] != edge[1]), max_size=40)


@given(edges)
def test_layers_never_overlap_and_follow_the_arrows(found: list[tuple[int, int]]) -> None:
    keys = list(range(15))
    forward = [edge for edge in found if edge[0] < edge[1]]  # no circles
    spots = layered(keys, forward)
    assert len(set(spots.values())) == len(keys)
    assert all(spots[first][0] < spots[then][0] for first, then in forward)
    assert spots == layered(keys, forward[::-1])
    assert len(set(layered(keys, found).values())) == len(keys), "circles end, too"
