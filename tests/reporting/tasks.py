"""What tests of tasks share: a rubric, a task, an attempt, each made through the services."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from assessments.assessing import TaskContent, create_assessment
from assessments.attempts import assign_attempt
from assessments.models import Assessment, Attempt, Form
from competencies.models import Rubric
from competencies.rubrics import CriterionContent, RubricContent, create_rubric
from learners.models import Learner
from tenancy.actor import Actor
from tests.builders import World


def actor_of(world: World, key: str = "TCH") -> Actor:
    role = "TCH" if key.endswith("TCH") else key
    return replace(world.system, roles=frozenset({role}), member_id=world.members[key].pk)


def words(name: str, mark: str = "") -> dict[int, tuple[str, str]]:
    return {level: (f"{mark}{name} at {level}", f"{mark}I show {name} at {level}") for level in (1, 2, 3, 4)}


def add_rubric(world: World, key: str = "TCH", **changes: Any) -> Rubric:
    m = f"{world.marker} "
    criteria = (
        CriterionContent("Drawing", words("drawing", m)),
        CriterionContent("Reasons", words("reasons", m), weight=Decimal(2)),
    )
    content = RubricContent(title=f"{world.marker} Explaining", criteria=criteria, **changes)
    return create_rubric(actor_of(world, key), content=content)


def add_task(world: World, forms: int = 1, **changes: Any) -> Assessment:
    values: dict[str, Any] = {
        "title": f"{world.marker} Unit check", "purpose": "summative", "method": "quiz",
        "competency_ids": (world.competencies[0].pk,),
    } | changes  # fmt: skip
    task = create_assessment(actor_of(world), section=world.section, content=TaskContent(**values))
    for n in range(1, forms):
        Form.objects.create(assessment=task, name="ABCDE"[n], position=n)
    return task


def add_attempt(world: World, task: Assessment, learner: Learner | None = None) -> Attempt:
    return assign_attempt(actor_of(world), assessment=task, learner=learner or world.learner)
