"""A learner proposes a milestone of their own; a teacher confirms it or says not now; everybody sees only theirs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from assessments.services import record_evidence
from competencies.indicators import create_indicator
from learners.models import Learner
from milestones.models import LearnerTarget, Milestone, MilestoneStatus
from milestones.own_milestones import Wish, confirm_milestone, propose_milestone
from milestones.plans import Asked
from milestones.services import release_levels
from milestones.verify import verify_tenant
from tenancy.context import tenant_context
from tenancy.errors import Conflict
from tenancy.selectors import local_today
from tests.builders import World, piece
from tests.reporting.conftest import As, milestone_page, text_of

NEW = "/me/milestones/new/"


@pytest.fixture
def learner(signed_in: As) -> Client:
    return signed_in("LRN")


def a_goal(world: World, **changes: str) -> dict[str, str]:
    due = local_today(world.tenant) + timedelta(days=40)
    return {
        "title": "Reads one book each month", "why": "Stories take me places", "kind": "academic", "level": "3",
        "measure": f"c:{world.competencies[0].public_id}", "target": "", "due_on": due.isoformat(), **changes,
    }  # fmt: skip


def proposed(world: World) -> Milestone:
    with tenant_context(world.tenant.pk):
        found: Milestone = Milestone.objects.select_related("learner").get(learner__isnull=False)
        return found


def list_of(world: World) -> str:
    return f"/classes/{world.section.public_id}/proposals/"


def answer_page(world: World) -> str:
    return f"{list_of(world)}{proposed(world).public_id}/"


def test_propose_confirm_and_see_it_everywhere(home: World, learner: Client, teacher: Client, signed_in: As) -> None:
    assert learner.post(NEW, a_goal(home)).headers["Location"] == "/me/"
    mine = text_of(learner.get("/me/"))
    assert "Reads one book each month" in mine
    assert "Waits for an answer" in mine
    assert "Stories take me places" in text_of(teacher.get(list_of(home)))
    assert "Reads one book" not in text_of(signed_in("GRD").get(f"/family/{home.learner.public_id}/"))
    assert teacher.get(answer_page(home)).context["form"].initial["title"] == "Reads one book each month"
    changed = a_goal(home, title="Reads two books each month", answer="Two is right for you")
    assert teacher.post(answer_page(home), {**changed, "say": "yes"}).status_code == 302
    mine = text_of(learner.get("/me/"))
    assert "Reads two books each month" in mine
    assert "LKV TCH Person: Two is right for you" in mine
    assert "LKV.0 Can do LKV.0 at Meets" in mine
    with tenant_context(home.tenant.pk):
        status = MilestoneStatus.objects.get(milestone=proposed(home))  # what was shown before counts at once
        assert (status.learner_id, status.level) == (home.learner.pk, 3)
    assert verify_tenant(home.tenant.pk).differing == 0
    assert "Reads two books" in text_of(teacher.get(milestone_page(home)))
    assert "Reads two books" in text_of(signed_in("GRD").get(f"/family/{home.learner.public_id}/"))


def test_a_level_on_it_reaches_learner_and_family_only_when_it_is_released(home: World, learner: Client) -> None:
    with tenant_context(home.tenant.pk):
        wish = Wish("Reads two books", asked=Asked(home.competencies[0]))
        goal = propose_milestone(home.system, learner=home.learner, wish=wish)
        confirm_milestone(home.system, milestone=goal, wish=wish)
    assert learner.get("/me/").context["goals"][0].level is None
    with tenant_context(home.tenant.pk):
        release_levels(home.system, section=home.section)
    assert learner.get("/me/").context["goals"][0].level == 3


def test_not_now_with_a_reason_that_the_learner_reads(home: World, learner: Client, teacher: Client) -> None:
    learner.post(NEW, a_goal(home))
    empty = teacher.post(answer_page(home), {"say": "not_now", "reason": " "})
    assert empty.status_code == 422
    assert "Write why not now. The learner reads it" in text_of(empty)
    teacher.post(answer_page(home), {"say": "not_now", "reason": "After the play. Then we have time for it."})
    mine = text_of(learner.get("/me/"))
    assert "Not now" in mine
    assert "After the play. Then we have time for it." in mine
    assert "No goal waits for an answer" in text_of(teacher.get(list_of(home)))
    assert not proposed(home).is_active


def test_a_figure_is_a_measure_like_any_other(home: World, learner: Client, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        figure = create_indicator(home.system, name="Homework", entry="share")
    goal = a_goal(home, title="Hands in homework", measure=f"i:{figure.public_id}", target="90")
    assert learner.post(NEW, goal).status_code == 302
    assert "Homework: at least 90 % this term" in text_of(teacher.get(list_of(home)))
    assert teacher.get(answer_page(home)).context["form"].initial["target"] == "90"
    assert teacher.post(answer_page(home), {**goal, "say": "yes"}).status_code == 302
    with tenant_context(home.tenant.pk):
        record_evidence(
            home.system, piece=piece(home, home.learner, figure.competency, 10, kind="indicator", possible=Decimal(10))
        )
        assert MilestoneStatus.objects.get(milestone=proposed(home)).level == 3
    assert verify_tenant(home.tenant.pk).differing == 0


def test_hints_stand_beside_the_form_and_do_not_block(home: World, learner: Client) -> None:
    vague = a_goal(home, title="Improve my reading", why="", measure="", due_on="")
    response = learner.post(NEW, vague)
    assert response.status_code == 200
    words = text_of(response)
    assert "“Improve” is hard to check" in words
    for question in ("How will you know?", "Why does it matter?", "Until when?"):
        assert question in words
    with tenant_context(home.tenant.pk):
        assert not Milestone.objects.filter(learner__isnull=False).exists()
    assert learner.post(NEW, {**vague, "as_it_is": "1"}).status_code == 302
    assert proposed(home).title == "Improve my reading"


def test_a_goal_without_a_measure_needs_one_to_be_confirmed(home: World, learner: Client, teacher: Client) -> None:
    learner.post(NEW, {**a_goal(home, measure=""), "as_it_is": "1"})
    assert "What shows it is still open." in text_of(teacher.get(list_of(home)))
    response = teacher.post(answer_page(home), {**a_goal(home, measure=""), "say": "yes", "as_it_is": "1"})
    assert response.status_code == 422
    assert "Choose what will show that the goal is reached" in text_of(response)


BAD = [
    ({"title": ""}, "Write what you want to be able to do"),
    ({"title": "x" * 201}, "The text has 201 characters. Shorten it to 200"),
    ({"why": "a\x00b"}, "The text contains a control character. Type it again"),
    ({"kind": "sport"}, "Choose what the goal is about from the list"),
    ({"measure": "c:nothing"}, "Choose what shows it from the list"),
    ({"level": "9"}, "Choose a level from the list"),
    ({"target": "many"}, "Enter a number, like 95 or 2.5"),
    ({"due_on": "soon"}, "Enter a date, like 19 Nov 2026"),
    ({"due_on": "2020-01-01"}, "Choose a day from today to two years from now"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD, ids=[one[1] + str(n) for n, one in enumerate(BAD)])
def test_bad_goals(home: World, learner: Client, wrong: dict[str, str], sentence: str) -> None:
    response = learner.post(NEW, {**a_goal(home, **wrong), "as_it_is": "1"})
    assert response.status_code == 422
    assert sentence in text_of(response)
    with tenant_context(home.tenant.pk):
        assert not Milestone.objects.filter(learner__isnull=False).exists()


BAD_FIGURES = [
    ("", "Enter the number to reach for Homework, like 95"),
    ("101", "Homework: enter a number from 0 to 100, not 101"),
    ("-1", "Homework: enter a number from 0 to 100, not -1"),
]


@pytest.mark.parametrize(("number", "sentence"), BAD_FIGURES)
def test_bad_targets(home: World, learner: Client, number: str, sentence: str) -> None:
    with tenant_context(home.tenant.pk):
        figure = create_indicator(home.system, name="Homework", entry="share")
    response = learner.post(NEW, a_goal(home, measure=f"i:{figure.public_id}", target=number))
    assert response.status_code == 422
    assert sentence in text_of(response)


def test_a_sixth_goal_waits_for_an_answer_to_the_first_five(home: World, learner: Client) -> None:
    for _ in range(5):
        assert learner.post(NEW, a_goal(home)).status_code == 302
    response = learner.post(NEW, a_goal(home))
    assert response.status_code == 403
    assert "5 goals of yours wait for an answer" in text_of(response)


def test_who_answers_second_reads_that_somebody_was_faster(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        goal = propose_milestone(home.system, learner=home.learner, wish=Wish("Reads two books"))
        wish = Wish("Reads two books", asked=Asked(home.competencies[0]))
        confirm_milestone(home.system, milestone=goal, wish=wish)
        with pytest.raises(Conflict, match="Somebody answered this a moment ago"):
            confirm_milestone(home.system, milestone=goal, wish=wish)
        assert LearnerTarget.objects.count() == 0


def test_the_same_number_of_queries_for_one_goal_and_for_five(
    home: World, learner: Client, django_assert_max_num_queries: Any
) -> None:
    learner.post(NEW, a_goal(home))
    with django_assert_max_num_queries(60) as one:
        learner.get("/me/")
    for n in range(4):
        learner.post(NEW, a_goal(home, title=f"Reads {n} books"))
    with django_assert_max_num_queries(60) as five:
        learner.get("/me/")
    assert len(five.captured_queries) == len(one.captured_queries)


def test_goals_of_others_stay_out_of_sight(home: World, learner: Client, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        for pk in (home.classmate.pk, home.stranger_learner.pk):
            who = Learner.objects.get(pk=pk)
            wish = Wish(f"Secret of {who.given_name}", asked=Asked(home.competencies[0]))
            confirm_milestone(home.system, milestone=propose_milestone(home.system, learner=who, wish=wish), wish=wish)
    assert "Secret" not in text_of(learner.get("/me/"))
    assert "Secret" not in text_of(signed_in("GRD").get(f"/family/{home.learner.public_id}/"))
    assert "Secret of Ben" in text_of(signed_in("TCH").get(milestone_page(home, home.classmate)))
    assert "Secret" not in text_of(signed_in("DST").get(milestone_page(home, home.classmate)))
