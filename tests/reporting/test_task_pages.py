"""Pages of tasks over HTTP: made, given, handed in, judged, released, seen by the learner."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.assessing import set_shared
from assessments.models import Assessment, Attempt, Evidence, Form, RetryRequest, RubricScore, standing
from competencies.models import Rubric, RubricCriterion
from milestones.models import MilestoneStatus
from milestones.overrides import Place, set_override
from milestones.services import release_levels
from tenancy.context import tenant_context
from tenancy.models import AuditEntry
from tests.builders import World, add_milestone
from tests.reporting.conftest import As, text_of
from tests.reporting.tasks import actor_of, add_attempt, add_rubric, add_task


@pytest.fixture
def here(home: World) -> Any:
    with tenant_context(home.tenant.pk):
        yield home


def task_form(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Unit check", "purpose": "summative", "method": "quiz", "scored_by": "level", "weight": "1",
        "competencies": [world.competencies[0].pk],
    } | changes  # fmt: skip


def class_page(world: World, end: str = "") -> str:
    return f"/classes/{world.section.public_id}/assessments/{end}"


def task_page(task: Assessment, end: str = "") -> str:
    return f"/assessments/{task.public_id}/{end}"


def attempt_page(attempt: Attempt, end: str = "") -> str:
    return f"/attempts/{attempt.public_id}/{end}"


def my_page(attempt: Attempt, end: str = "") -> str:
    return f"/me/work/{attempt.public_id}/{end}"


def levels(rubric: Rubric | None, *given: int) -> dict[str, int]:
    rows = RubricCriterion.objects.filter(rubric=rubric).order_by("position")
    return {f"level_{row.pk}": level for row, level in zip(rows, given, strict=True)}


def pieces(attempt: Attempt, source: str = "attempt") -> list[Evidence]:
    rows = Evidence.objects.filter(standing(), attempt=str(attempt.public_id), source=source)
    return list(rows.order_by("learner_competency__competency_id"))


def test_from_a_new_task_to_what_the_learner_sees(here: World, teacher: Client, signed_in: As) -> None:
    learner = signed_in("LRN")
    rubric = add_rubric(here)
    assert "No assessments yet" in text_of(teacher.get(class_page(here)))
    sent = task_form(here, scored_by="rubric", rubric=rubric.pk, instructions="Draw it, then explain")
    made = teacher.post(class_page(here, "new/"), sent, follow=True)
    assert "Saved with form A." in text_of(made)
    task = Assessment.objects.get()
    given = teacher.post(task_page(task, "assign/"), {"learner": ""}, follow=True)
    assert "2 learners have it now." in text_of(given)
    attempt = Attempt.objects.get(learner=here.learner)
    assert "Unit check" in text_of(learner.get("/me/work/"))
    assert "Draw it, then explain" in text_of(learner.get(my_page(attempt)))
    handed = learner.post(my_page(attempt, "hand-in/"), {"work": "Half of a half", "version": 1}, follow=True)
    assert "Handed in. Your teacher looks at it now." in text_of(handed)
    assert "1 Handed in" in text_of(teacher.get(class_page(here)))
    before = Evidence.objects.count()
    part = teacher.post(attempt_page(attempt, "mark/"), {**levels(rubric, 3, 4), "do": "part"}, follow=True)
    assert "Saved. It awaits judgement." in text_of(part)
    assert Evidence.objects.count() == before, "a part is no evidence"
    sent = {**levels(rubric, 3, 4), "do": "judge", "feedback": "Your drawing convinces"}
    judged = teacher.post(attempt_page(attempt, "mark/"), sent, follow=True)
    assert "Judged. The learner sees it when you release the task." in text_of(judged)
    row = pieces(attempt)[0]
    assert (row.score, row.possible) == (Decimal("3.667"), Decimal(4))
    assert (row.kind, row.method, row.form) == ("summative", "quiz", "A")
    assert (row.task, row.attempt) == (f"assessment:{task.public_id}", str(attempt.public_id))
    seen = text_of(learner.get(my_page(attempt)))
    assert "Your drawing convinces" not in seen
    assert "LKV I show drawing at 3" in seen, "the rubric itself, to see one's own work by"
    assert "What your work shows" not in seen
    assert "With your teacher" in seen
    assert "Released" in text_of(teacher.post(task_page(task, "release/"), follow=True))
    seen = text_of(learner.get(my_page(attempt)))
    assert "Your drawing convinces" in seen
    assert "What your work shows Drawing Meets LKV I show drawing at 3" in seen
    assert "LKV drawing at 3" not in seen, "the words for staff stay with staff"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Enter a title for the task, like Unit check fractions"),
        ({"title": "x" * 201}, "This has 201 characters. Shorten it to 200"),
        ({"title": "a\x00b"}, "This contains a control character. Type it again"),
        ({"title": "a\x1bb"}, "This contains a control character. Type it again"),
        ({"purpose": "exam"}, "Choose the purpose from the list"),
        ({"method": ""}, "Choose the method from the list"),
        ({"competencies": []}, "Choose at least one competency that the work shows"),
        ({"competencies": ["0"]}, "Choose at least one competency that the work shows"),
        ({"scored_by": ""}, "Choose how the work is scored"),
        ({"scored_by": "rubric"}, "Choose a rubric from the list"),
        ({"scored_by": "rubric", "rubric": "0"}, "Choose a rubric from the list"),
        ({"scored_by": "points"}, "Enter the points possible, above 0 and up to 99999, like 12"),
        ({"scored_by": "points", "possible": "0"}, "Enter the points possible, above 0 and up to 99999, like 12"),
        ({"scored_by": "points", "possible": "9", "pass_mark": "101"}, "Enter a whole number from 1 to 100"),
        ({"weight": ""}, "Enter the weight, above 0 and up to 100, like 1"),
        ({"weight": "NaN"}, "Enter the weight, above 0 and up to 100, like 1"),
        ({"due_on": "soon"}, "Enter the day it is due, like 2026-11-19, or leave it empty"),
        ({"due_on": "0001-01-01"}, "Enter a day from 2000 to 2199, like 2026-11-19, or leave it empty"),
        ({"max_attempts": "0"}, "Enter a whole number from 1 to 50, or leave it empty"),
        ({"cool_down_hours": "-1"}, "Enter a whole number from 0 to 2000, or leave it empty"),
        ({"needs_second_marking": "on"}, "Second marking compares criteria. Choose a rubric, or switch it off"),
    ],
)
def test_mistakes_in_a_task_are_named_twice(here: World, teacher: Client, changes: dict[str, Any], words: str) -> None:
    response = teacher.post(class_page(here, "new/"), task_form(here, **changes))
    assert response.status_code == 422
    assert text_of(response).count(words) == 2, "in the summary and at the field"
    assert not Assessment.objects.exists()


def test_forms_are_named_in_order_and_once(here: World, teacher: Client) -> None:
    task = add_task(here)
    address = task_page(task, "forms/new/")
    assert 'value="B"' in teacher.get(address).content.decode()
    made = teacher.post(address, {"name": "B", "method": "project", "url": "https://example.org/b"}, follow=True)
    assert "Form B is ready to be given." in text_of(made)
    again = teacher.post(address, {"name": "B"})
    assert again.status_code == 409
    assert text_of(again).count("There is a form B already. Give this one another name, like C") == 2
    for sent, wanted in (
        ({"name": ""}, "Enter a name for the form, like B"),
        ({"name": "C", "url": "not a link"}, "Enter a web address that begins with https://, or leave it empty"),
        ({"name": "C", "url": "ftp://example.org/x"}, "Enter a web address that begins with https://"),
        ({"name": "C", "method": "dance"}, "Choose the method from the list"),
    ):
        response = teacher.post(address, sent)
        assert response.status_code == 422
        assert wanted in text_of(response)
    form = Form.objects.get(name="B")
    state = f"forms/{form.public_id}/state/"
    assert "Form B is not given any more." in text_of(teacher.post(task_page(task, state), {"to": "x"}, follow=True))
    assert "Form B is in use again." in text_of(teacher.post(task_page(task, state), {"to": "active"}, follow=True))


def judge(teacher: Client, attempt: Attempt, world: World, level: int = 3) -> None:
    sent = {f"level_{world.competencies[0].pk}": level, "do": "judge"}
    assert teacher.post(attempt_page(attempt, "mark/"), sent).status_code == 302
    attempt.refresh_from_db()


def give(teacher: Client, task: Assessment, world: World, **more: Any) -> Any:
    return teacher.post(task_page(task, "assign/"), {"learner": world.learner.pk, **more}, follow=True)


def test_a_retry_gets_a_form_never_had_and_each_refusal_names_what_is_missing(here: World, teacher: Client) -> None:
    task = add_task(here, forms=2, max_attempts=3)
    assert "Ana LKV has form A now." in text_of(give(teacher, task, here))
    waiting = give(teacher, task, here)
    assert waiting.status_code == 422
    assert text_of(waiting).count("Ana LKV still has form A (assigned). Judge or cancel it first") == 2
    judge(teacher, Attempt.objects.get(), here)
    assert "Ana LKV has form B now." in text_of(give(teacher, task, here))
    judge(teacher, Attempt.objects.get(number=2), here)
    assert "Ana LKV has used every form (A, B). Make form C" in text_of(give(teacher, task, here))
    Form.objects.create(assessment=task, name="C", position=2)
    assert "has form C now" in text_of(give(teacher, task, here))
    judge(teacher, Attempt.objects.get(number=3), here)
    words = "Ana LKV has used 3 of 3 attempts. Raise the maximum of the task to give another one"
    assert words in text_of(give(teacher, task, here))
    assert [row.number for row in Attempt.objects.order_by("number")] == [1, 2, 3], "all attempts are kept"
    assert len(Evidence.objects.filter(task=task.task)) == 3


def test_time_to_work_on_it_and_a_reason_to_go_ahead(here: World, teacher: Client) -> None:
    task = add_task(here, forms=2, cool_down_hours=48)
    judge(teacher, add_attempt(here, task), here)
    refused = give(teacher, task, here)
    assert refused.status_code == 422
    assert "Ana LKV has time to work on it until " in text_of(refused)
    assert "Wait, or give a reason to go ahead now" in text_of(refused)
    assert "The reason has 5 characters. Write at least 15" in text_of(give(teacher, task, here, reason="hurry"))
    assert "has form B now" in text_of(give(teacher, task, here, reason="Showed the missing step in class"))
    entry = AuditEntry.objects.filter(action="attempt.assigned").latest("id")
    assert entry.detail["before_the_cool_down_because"] == "Showed the missing step in class"
    Attempt.objects.filter(number=2).update(state="judged", judged_at=timezone.now() - timedelta(hours=50))
    Attempt.objects.filter(number=1).update(judged_at=timezone.now() - timedelta(hours=60))
    assert "has used every form" in text_of(give(teacher, task, here)), "the waiting time is over"


def test_another_method_on_a_retry(here: World, teacher: Client) -> None:
    task = add_task(here, forms=2, is_other_method_on_retry=True)
    judge(teacher, add_attempt(here, task), here)
    words = "No unused form is left with another method than quiz. Make form C with another one"
    assert words in text_of(give(teacher, task, here))
    Form.objects.create(assessment=task, name="C", method="conversation", position=2)
    assert "has form C now" in text_of(give(teacher, task, here))


def test_a_closed_task_is_given_to_nobody(here: World, teacher: Client) -> None:
    task = add_task(here)
    assert "Closed." in text_of(teacher.post(task_page(task, "state/"), {"to": "closed"}, follow=True))
    assert give(teacher, task, here).status_code == 409
    assert "Open again." in text_of(teacher.post(task_page(task, "state/"), {"to": "open"}, follow=True))
    assert give(teacher, task, here).status_code == 200


def test_revision_is_never_evidence_and_the_learner_reads_why(here: World, teacher: Client, signed_in: As) -> None:
    learner, task = signed_in("LRN"), add_task(here)
    attempt = add_attempt(here, task)
    learner.post(my_page(attempt, "hand-in/"), {"work": "First go"})
    before = Evidence.objects.count()
    nothing = teacher.post(attempt_page(attempt, "mark/"), {"do": "revise", "feedback": " "})
    assert nothing.status_code == 422
    assert text_of(nothing).count("Write what to revise") == 2
    teacher.post(attempt_page(attempt, "mark/"), {"do": "revise", "feedback": "Show the second step"})
    assert "Show the second step" in text_of(learner.get(my_page(attempt)))
    assert Evidence.objects.count() == before
    learner.post(my_page(attempt, "hand-in/"), {"work": "Second go"})
    attempt.refresh_from_db()
    assert (attempt.state, attempt.work) == ("handed_in", "Second go")
    empty = learner.post(my_page(attempt, "hand-in/"), {"work": " "})
    assert empty.status_code == 422
    assert text_of(empty).count("Write your work here, or paste a link to it") == 2
    long = learner.post(my_page(attempt, "hand-in/"), {"work": "x" * 10_001})
    assert "This has 10001 characters. Shorten it to 10000" in text_of(long)


def test_points_their_pass_mark_and_judging_again(here: World, teacher: Client) -> None:
    task = add_task(
        here, possible=Decimal(20), pass_mark=Decimal("0.6"), competency_ids=tuple(c.pk for c in here.competencies[:2])
    )
    attempt = add_attempt(here, task)
    for points, words in (
        ("", "Enter the points, like 20"),
        ("21", "The points were 21.000. Enter a number from 0 to 20"),
        ("many", "The points were “many”. Enter a number, like 7.5"),
        ("NaN", "The points were “NaN”. Enter a number, like 7.5"),
    ):
        response = teacher.post(attempt_page(attempt, "mark/"), {"points": points, "do": "judge"})
        assert response.status_code == 422
        assert text_of(response).count(words) == 2, words
    teacher.post(attempt_page(attempt, "mark/"), {"points": "12,5", "do": "judge"})
    assert [(row.score, row.possible, row.pass_mark) for row in pieces(attempt)] == [
        (Decimal("12.5"), Decimal(20), Decimal("0.6"))
    ] * 2
    teacher.post(attempt_page(attempt, "mark/"), {"points": "18", "do": "judge"})
    assert [(row.score, row.entry) for row in pieces(attempt)] == [(Decimal(18), "corrected")] * 2
    assert Evidence.objects.filter(attempt=str(attempt.public_id)).count() == 4, "the first rows stay"


def test_judging_again_after_the_window_is_for_the_school(here: World, teacher: Client, owner_connection: Any) -> None:
    task = add_task(here)
    attempt = add_attempt(here, task)
    judge(teacher, attempt, here)
    with pytest.MonkeyPatch.context() as patch:
        later = timezone.now() + timedelta(days=15)
        patch.setattr("django.utils.timezone.now", lambda: later)
        sent = {f"level_{here.competencies[0].pk}": 4, "do": "judge"}
        teacher_again = Client()
        teacher_again.force_login(here.users["TCH"])
        response = teacher_again.post(attempt_page(attempt, "mark/"), sent)
    assert response.status_code == 403
    assert "This was judged more than 14 days ago" in text_of(response)
    assert pieces(attempt)[0].score == 3


def test_practice_is_shown_and_changes_no_level(here: World, teacher: Client) -> None:
    def level() -> int:
        return int(MilestoneStatus.objects.get(learner=here.learner, milestone=here.milestone).level)

    before = level()
    attempt = add_attempt(here, add_task(here, is_practice=True))
    judge(teacher, attempt, here, level=1)
    assert pieces(attempt)[0].state == "hidden"
    assert level() == before


def test_the_slower_of_two_teachers_is_told(here: World, teacher: Client) -> None:
    rubric = add_rubric(here)
    attempt = add_attempt(here, add_task(here, rubric_id=rubric.pk))
    first = {**levels(rubric, 2, 2), "do": "part", "version": attempt.version}
    assert teacher.post(attempt_page(attempt, "mark/"), first).status_code == 302
    second = {**levels(rubric, 4, 4), "do": "judge", "version": attempt.version, "feedback": "mine"}
    response = teacher.post(attempt_page(attempt, "mark/"), second)
    assert response.status_code == 409
    assert "Keep theirs, or save again to use yours." in text_of(response)
    assert "mine" in text_of(response), "what was typed stays"
    attempt.refresh_from_db()
    again = {**second, "version": attempt.version}
    assert teacher.post(attempt_page(attempt, "mark/"), again).status_code == 302


def test_judging_names_each_criterion_without_a_level(here: World, teacher: Client) -> None:
    rubric = add_rubric(here)
    attempt = add_attempt(here, add_task(here, rubric_id=rubric.pk))
    some = dict(list(levels(rubric, 2, 2).items())[:1])
    response = teacher.post(attempt_page(attempt, "mark/"), {**some, "do": "judge"})
    assert response.status_code == 422
    assert "Choose a level for each criterion before judging, or save a part" in text_of(response)
    assert not RubricScore.objects.exists()


def test_own_view_stands_beside_and_never_counts(here: World, teacher: Client, signed_in: As) -> None:
    learner, rubric = signed_in("LRN"), add_rubric(here)
    attempt = add_attempt(here, add_task(here, rubric_id=rubric.pk))
    before = MilestoneStatus.objects.get(learner=here.learner, milestone=here.milestone)
    nothing = learner.post(my_page(attempt, "own-view/"), {})
    assert nothing.status_code == 422
    assert text_of(nothing).count("Choose how sure you are for at least one line") == 2
    for given in ((1, 1), (1, 2)):
        assert learner.post(my_page(attempt, "own-view/"), levels(rubric, *given)).status_code == 302
    row = pieces(attempt, "self")[0]
    assert (row.kind, row.score, row.entry) == ("self_assessment", Decimal("1.667"), "corrected")
    after = MilestoneStatus.objects.get(learner=here.learner, milestone=here.milestone)
    assert (after.level, after.computed_level) == (before.level, before.computed_level)
    assert "The learner's own view: Developing" in text_of(teacher.get(attempt_page(attempt)))
    page = f"/learners/{here.learner.public_id}/milestones/{here.milestone.public_id}/"
    assert "Self-assessment" in text_of(teacher.get(page))


def test_asking_for_another_try(here: World, teacher: Client, signed_in: As) -> None:
    learner = signed_in("LRN")
    address = f"/me/milestones/{here.milestone.public_id}/again/"
    assert "Asked. Your teacher sees it now." in text_of(learner.post(address, {"note": "I practised"}, follow=True))
    assert "You asked before." in text_of(learner.post(address, follow=True))
    assert RetryRequest.objects.count() == 1
    listed = text_of(teacher.get(class_page(here)))
    assert "Asked for another try" in listed
    assert "I practised" in listed
    asked = RetryRequest.objects.get()
    answer = class_page(here, f"asked/{asked.public_id}/")
    assert teacher.post(answer, {"answer": ""}).status_code == 400
    assert "Answered." in text_of(teacher.post(answer, {"answer": "On Friday"}, follow=True))
    assert "On Friday" in text_of(learner.get("/me/work/"))
    learner.post(address)
    add_attempt(here, add_task(here))
    assert not RetryRequest.objects.filter(closed_at=None).exists(), "closed when an attempt is given"


def test_the_button_on_the_learners_own_page(here: World, signed_in: As) -> None:
    """A milestone on the way has it; one at the goal needs none."""
    learner, address = signed_in("LRN"), f"/me/milestones/{here.milestone.public_id}/again/"
    assert address not in learner.get("/me/").content.decode(), "at the goal"
    low = actor_of(here)
    set_override(low, place=Place(here.learner, here.milestone), level=2, reason="Needs the drawing to do it")
    release_levels(low, section=here.section)
    assert address in learner.get("/me/").content.decode()
    assert "Asked." in text_of(learner.post(address, follow=True))
    foreign = f"/me/milestones/{add_milestone('LKV Elsewhere E', here.competencies[3:]).public_id}/again/"
    assert learner.post(foreign).status_code == 404, "no class of theirs works towards it"


def test_work_that_waits_is_named_beside_the_evidence_and_is_no_part_of_it(
    here: World, teacher: Client, signed_in: As
) -> None:
    attempt = add_attempt(here, add_task(here))
    page = f"/learners/{here.learner.public_id}/milestones/{here.milestone.public_id}/"
    assert "Not judged yet" not in text_of(teacher.get(page)), "given is not handed in"
    pieces_before = Evidence.objects.count()
    signed_in("LRN").post(my_page(attempt, "hand-in/"), {"work": "Half of a half"})
    assert "LKV Unit check · form A Not judged yet, not counted" in text_of(teacher.get(page))
    assert Evidence.objects.count() == pieces_before
    other = f"/learners/{here.learner.public_id}/milestones/{here.other_milestone.public_id}/"
    assert "Not judged yet" not in text_of(teacher.get(other)), "of this milestone's competencies"
    judge(teacher, attempt, here)
    assert "Not judged yet" not in text_of(teacher.get(page))


def test_copy_from_the_library(here: World, teacher: Client, signed_in: As) -> None:
    task = add_task(here, forms=2, cool_down_hours=24)
    assert "Nobody shares a task yet." in text_of(teacher.get("/curriculum/tasks/"))
    set_shared(actor_of(here), assessment=task, is_shared=True)
    other = signed_in("OTHER_TCH")
    assert "LKV Unit check" in text_of(other.get("/curriculum/tasks/?q=unit"))
    assert "No task has “zebra”" in text_of(other.get("/curriculum/tasks/?q=zebra"))
    assert other.get(task_page(task)).status_code == 404, "the library shows no learners"
    address = f"/classes/{here.other_section.public_id}/assessments/new/?from={task.public_id}"
    page = other.get(address)
    assert "Copied from “LKV Unit check”" in text_of(page)
    made = other.post(address, task_form(here, cool_down_hours="24"), follow=True)
    assert "Copied with its forms." in text_of(made)
    copy = Assessment.objects.get(section=here.other_section)
    assert copy.copied_from_id == task.pk
    assert sorted(form.name for form in copy.forms.all()) == ["A", "B"]


def test_judged_work_keeps_its_rubric(here: World, teacher: Client) -> None:
    task = add_task(here)
    judge(teacher, add_attempt(here, task), here)
    sent = task_form(here, scored_by="points", possible="9")
    response = teacher.post(task_page(task, "edit/"), sent)
    assert response.status_code == 409
    assert "Work on this task has been judged" in text_of(response)
    assert "Saved." in text_of(teacher.post(task_page(task, "edit/"), task_form(here, title="New name"), follow=True))


def test_handed_in_on_paper_and_cancelled(here: World, teacher: Client) -> None:
    task = add_task(here, forms=2)
    attempt = add_attempt(here, task)
    assert "Noted as handed in." in text_of(
        teacher.post(attempt_page(attempt, "state/"), {"to": "handed_in"}, follow=True)
    )
    assert teacher.post(attempt_page(attempt, "state/"), {"to": "handed_in"}).status_code == 409
    assert "Cancelled." in text_of(teacher.post(attempt_page(attempt, "state/"), {"to": "cancelled"}, follow=True))
    assert "has form B now" in text_of(give(teacher, task, here)), "the form was seen"
