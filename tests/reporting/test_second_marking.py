"""Two teachers mark the same work, the second without sight of the first; what stands out; how hard forms are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Assessment, Attempt, Evidence, RubricScore
from competencies.models import PolicyVersion, Rubric, RubricCriterion
from competencies.services import publish_policy
from learners.models import SectionStaff
from milestones.models import MilestoneStatus
from milestones.recompute import recompute_statuses
from tenancy.context import tenant_context
from tests.builders import RULE, World, add_learner
from tests.reporting.conftest import As, text_of
from tests.reporting.tasks import add_attempt, add_rubric, add_task


@pytest.fixture
def here(home: World) -> Any:
    with tenant_context(home.tenant.pk):
        SectionStaff.objects.create(member=home.members["OTHER_TCH"], section=home.section)
        yield home


@pytest.fixture
def other(here: World, signed_in: As) -> Client:
    """A second teacher of the same class."""
    return signed_in("OTHER_TCH")


def levels(rubric: Rubric, *given: int) -> dict[str, int]:
    rows = RubricCriterion.objects.filter(rubric=rubric).order_by("position")
    return {f"level_{row.pk}": level for row, level in zip(rows, given, strict=True)}


def page(attempt: Attempt, end: str = "") -> str:
    return f"/attempts/{attempt.public_id}/{end}"


def evidence(attempt: Attempt) -> list[Decimal | None]:
    rows = Evidence.objects.filter(attempt=str(attempt.public_id), source="attempt").order_by("id")
    return [row.score for row in rows]


def first_marked(world: World, teacher: Client) -> tuple[Assessment, Attempt, Rubric]:
    rubric = add_rubric(world)
    task = add_task(world, rubric_id=rubric.pk, needs_second_marking=True)
    attempt = add_attempt(world, task)
    sent = {**levels(rubric, 1, 4), "do": "judge", "feedback": "Say why"}
    assert "A second teacher marks it now." in text_of(teacher.post(page(attempt, "mark/"), sent, follow=True))
    return task, attempt, rubric


def test_blind_compared_and_settled(here: World, teacher: Client, other: Client) -> None:
    task, attempt, rubric = first_marked(here, teacher)
    assert evidence(attempt) == [], "nothing counts until both have marked it"
    blind = other.get(page(attempt))
    assert "without seeing the first marker's levels" in text_of(blind)
    assert "checked" not in blind.content.decode()
    assert "LKV TCH Person" not in text_of(blind)
    assert "Say why" not in text_of(blind)
    own = teacher.post(page(attempt, "mark/"), {**levels(rubric, 1, 4), "do": "second"})
    assert own.status_code == 403
    assert "You marked this first. Somebody else has to mark it a second time" in text_of(own)
    unfinished = other.post(page(attempt, "mark/"), {**dict(list(levels(rubric, 1, 4).items())[:1]), "do": "second"})
    assert unfinished.status_code == 422
    shown = other.post(page(attempt, "mark/"), {**levels(rubric, 3, 4), "do": "second"}, follow=True)
    assert "Saved. Both are shown now." in text_of(shown)
    assert evidence(attempt) == []
    refused = other.post(page(attempt, "mark/"), {**levels(rubric, 3, 4), "do": "settle"})
    assert refused.status_code == 403
    assert "The first marker or the school administrator settles this" in text_of(refused)
    settling = text_of(teacher.get(page(attempt)))
    assert "First: Beginning Second: Meets differs" in settling
    done = teacher.post(page(attempt, "mark/"), {**levels(rubric, 2, 4), "do": "settle"}, follow=True)
    assert "Judged." in text_of(done)
    assert evidence(attempt) == [Decimal("3.333")]
    compared = text_of(teacher.get(f"/assessments/{task.public_id}/agreement/"))
    assert "50 % of 2 levels are the same." in compared, "the first levels as they were before the second began"
    assert "Ana LKV : Drawing settled" in compared


def test_where_both_agree_it_is_judged(here: World, teacher: Client, other: Client) -> None:
    _task, attempt, rubric = first_marked(here, teacher)
    done = other.post(page(attempt, "mark/"), {**levels(rubric, 1, 4), "do": "second"}, follow=True)
    assert "Saved. Both agree, so it is judged." in text_of(done)
    assert evidence(attempt) == [3]
    attempt.refresh_from_db()
    assert (attempt.state, attempt.feedback) == ("judged", "Say why")


def test_the_second_marker_cannot_judge_alone(here: World, teacher: Client, other: Client) -> None:
    """By the button of the first marker, either: the attempt waits for a second, different person."""
    _task, attempt, rubric = first_marked(here, teacher)
    other.post(page(attempt, "mark/"), {**levels(rubric, 4, 4), "do": "judge"})
    assert evidence(attempt) == []
    assert set(RubricScore.objects.filter(attempt=attempt).values_list("scored_by_id", flat=True)) == {
        here.members["TCH"].pk
    }, "the first marking is the first marker's"


def test_what_is_judged_is_not_changed_by_a_part(here: World, teacher: Client) -> None:
    """Else a learner could read levels that nobody released."""
    rubric = add_rubric(here)
    attempt = add_attempt(here, add_task(here, rubric_id=rubric.pk))
    teacher.post(page(attempt, "mark/"), {**levels(rubric, 3, 3), "do": "judge"})
    response = teacher.post(page(attempt, "mark/"), {**levels(rubric, 1, 1), "do": "part"})
    assert response.status_code == 409
    assert "This attempt has been judged. Judge it again to change it." in text_of(response)
    assert RubricScore.objects.filter(attempt=attempt).count() == 2


def test_the_first_marker_cannot_go_on_once_the_second_has_scored(here: World, teacher: Client, other: Client) -> None:
    _task, attempt, rubric = first_marked(here, teacher)
    other.post(page(attempt, "mark/"), {**levels(rubric, 3, 4), "do": "second"})
    for what in ("part", "judge"):
        response = teacher.post(page(attempt, "mark/"), {**levels(rubric, 4, 4), "do": what})
        assert response.status_code == 409
        assert "Compare both and settle it." in text_of(response)
    assert evidence(attempt) == []


def handed_in(attempt: Attempt, work: str, signed: Client) -> None:
    assert signed.post(f"/me/work/{attempt.public_id}/hand-in/", {"work": work}).status_code == 302


def test_what_stands_out_is_a_note_and_moves_no_level(here: World, teacher: Client, signed_in: As) -> None:
    def level() -> tuple[int, int]:
        row = MilestoneStatus.objects.get(learner=here.learner, milestone=here.milestone)
        return row.level, row.computed_level

    task = add_task(here)
    mine, theirs = add_attempt(here, task), add_attempt(here, task, here.classmate)
    before = level()
    handed_in(mine, "Three  FOURTHS", signed_in("LRN"))
    mine.refresh_from_db()
    Attempt.objects.filter(pk=theirs.pk).update(
        state="handed_in", handed_in_at=timezone.now(), answers_digest=mine.answers_digest, hints=2
    )
    shown = text_of(teacher.get(f"/assessments/{task.public_id}/"))
    assert "Ana LKV has the same answers on form A as Ben LKV." in shown
    assert "Ben LKV has the same answers" not in shown, "the two are named together, once"
    assert "Ben LKV used 2 hints." in shown
    assert "Only a note for you. It changes no level" in shown
    assert "same answers on form A as Ben LKV" in text_of(teacher.get(page(mine)))
    assert "same answers" not in text_of(signed_in("LRN").get(f"/me/work/{mine.public_id}/"))
    assert level() == before


def test_many_tries_within_minutes(here: World, teacher: Client) -> None:
    task = add_task(here, forms=3)
    now = timezone.now()
    for n, form in enumerate(task.forms.order_by("position"), 1):
        Attempt.objects.create(
            assessment=task, form=form, learner=here.learner, number=n, state="judged", handed_in_at=now, judged_at=now
        )
    assert "Ana LKV handed in 3 attempts within 10 minutes." in text_of(teacher.get(f"/assessments/{task.public_id}/"))


def judged_by(world: World, teacher: Client, task: Assessment, rubric: Rubric, count: int) -> None:
    for n in range(count):
        attempt = add_attempt(world, task, add_learner(world, f"L{n:02}", world.section))
        sent = {**levels(rubric, 4 if n % 2 else 1, 3 if n % 2 else 2), "do": "judge"}
        assert teacher.post(page(attempt, "mark/"), sent).status_code == 302


def test_difficulty_from_ten_attempts_on(here: World, teacher: Client) -> None:
    rubric = add_rubric(here)
    task = add_task(here, rubric_id=rubric.pk)
    assert "Nothing is judged yet." in text_of(teacher.get(f"/assessments/{task.public_id}/"))
    judged_by(here, teacher, task, rubric, 9)
    few = text_of(teacher.get(f"/assessments/{task.public_id}/"))
    assert "Shown from 10 judged attempts on; there are 9." in few
    attempt = add_attempt(here, task)
    teacher.post(page(attempt, "mark/"), {**levels(rubric, 4, 3), "do": "judge"})
    enough = text_of(teacher.get(f"/assessments/{task.public_id}/"))
    assert "A Judged: 10 At Meets: 50 % Tells learners apart: not to say" in enough, "nobody has other work"
    assert "Drawing Judged: 10 At Meets: 50 % Tells learners apart: 1.00" in enough


def test_own_view_counts_where_the_rule_says_so(here: World, signed_in: As) -> None:
    """The engine decides; the same piece is beside the level under one rule and part of it under another."""
    rubric, learner = add_rubric(here), signed_in("LRN")
    attempt = add_attempt(here, add_task(here, rubric_id=rubric.pk))
    keys = list(here.learner.learner_competencies.values_list("id", flat=True))

    def value() -> object:
        recompute_statuses(keys, "test")
        status = here.learner.competency_statuses.get(competency=here.competencies[0])
        return status.value

    before = value()
    learner.post(f"/me/work/{attempt.public_id}/own-view/", levels(rubric, 1, 1))
    assert value() == before
    publish_policy(here.system, name="With own views", rule={**RULE, "count_self_assessment": True})
    assert PolicyVersion.objects.count() == 2
    assert value() != before
