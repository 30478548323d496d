"""What is no longer in use is said on the grid, the learner's page and the milestone's page, with what replaces it."""

from __future__ import annotations

from dataclasses import replace

from django.test import Client

from competencies.models import Association, Competency
from milestones.models import Milestone
from milestones.splits import Part, split_milestone
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tests.builders import World
from tests.reporting.conftest import As, grid_of, milestone_page, text_of

SENTENCE = "LKV.0 Can do LKV.0 is no longer in use."


def retire(world: World, *, heir: Competency | None = None) -> None:
    with tenant_context(world.tenant.pk):
        Competency.objects.filter(pk=world.competencies[0].pk).update(is_retired=True)
        if heir is not None:
            for kind in ("replacedBy", "isRelatedTo"):
                key = str(uuid7())
                Association.objects.create(
                    framework=world.framework, identifier=key, identifier_key=key, kind=kind,
                    origin=world.competencies[0], destination=heir,
                )  # fmt: skip


def test_nothing_is_said_while_all_is_in_use(home: World, teacher: Client) -> None:
    for page in (grid_of(home), milestone_page(home), f"/milestones/{home.milestone.public_id}/"):
        body = text_of(teacher.get(page))
        assert "retired" not in body
        assert "no longer in use" not in body


def test_a_retired_competency_is_said_on_three_pages(home: World, teacher: Client) -> None:
    retire(home)
    grid = teacher.get(grid_of(home))
    assert f"retired : {SENTENCE}" in text_of(grid)
    assert f'title="LKV Fractions. {SENTENCE}"' in grid.content.decode()
    assert text_of(grid).count("retired") == 1  # the other milestone asks for what is in use
    assert SENTENCE in text_of(teacher.get(milestone_page(home)))
    assert SENTENCE in text_of(teacher.get(f"/milestones/{home.milestone.public_id}/"))
    assert "no longer in use" not in text_of(teacher.get(milestone_page(home, milestone=home.other_milestone)))


def test_what_replaces_it_is_named(home: World, teacher: Client) -> None:
    retire(home, heir=home.competencies[3])
    said = f"{SENTENCE} In its place: LKV.3 Can do LKV.3."
    for page in (grid_of(home), milestone_page(home), f"/milestones/{home.milestone.public_id}/"):
        assert text_of(teacher.get(page)).count(said) == 1


def test_a_draft_replaces_nothing_yet(home: World, teacher: Client) -> None:
    retire(home, heir=home.competencies[3])
    with tenant_context(home.tenant.pk):
        Competency.objects.filter(pk=home.competencies[3].pk).update(is_draft=True)
    assert "LKV.3" not in text_of(teacher.get(milestone_page(home)))


def test_an_ended_milestone_says_so_to_who_looks_at_it(home: World, teacher: Client, signed_in: As) -> None:
    district = replace(home.system, roles=frozenset({"DST"}), member_id=home.members["DST"].pk)
    with tenant_context(home.tenant.pk):
        first, second = home.other_milestone.criteria.order_by("position").values_list("id", flat=True)
        parts = [Part("Tells ratios", frozenset({first})), Part("Scales ratios", frozenset({second}))]
        split_milestone(district, milestone=home.other_milestone, parts=parts)
    page = text_of(teacher.get(milestone_page(home, milestone=home.other_milestone)))
    assert "What was shown is kept. In its place: Ratiosa Tells ratios , Ratiosb Scales ratios" in page
    assert "This milestone ended on" in page
    with tenant_context(home.tenant.pk):
        Milestone.objects.filter(pk=home.milestone.pk).update(is_active=False, ended_on=home.system.today)
    whole = text_of(signed_in("DST").get(f"/milestones/{home.milestone.public_id}/"))
    assert "What learners had shown is kept." in whole
    assert "In its place" not in whole
