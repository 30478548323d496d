"""Pages of review sessions: what the team reads, decides and promises, and what of a learner others may not read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from learners.models import SchoolPost, Section
from milestones.models import FollowUp, ReviewCadence, ReviewItem, ReviewSession
from tenancy.context import tenant_context
from tests.builders import World, add_learner
from tests.reporting.conftest import As, text_of

FACTS = {"learners": 12, "at_goal": 3, "percent": 25}
STALLED = {"stalled": 3, "days": 45, "milestones": ["Adding", "Taking away", "Sharing"]}


@pytest.fixture
def session(home: World) -> ReviewSession:
    """A milestone, Ana of the teacher's class, and Dora of another one."""
    with tenant_context(home.tenant.pk):
        one: ReviewSession = ReviewSession.objects.create(
            school=home.school, title="Review of March", for_day=home.system.today
        )
        elsewhere = Section.objects.create(title="LKV 7b", school=home.school)
        dora = add_learner(home, "Dora", elsewhere)
        ReviewItem.objects.create(session=one, milestone=home.milestone, facts=FACTS, position=0)
        ReviewItem.objects.create(session=one, learner=home.learner, facts=STALLED, position=1)
        ReviewItem.objects.create(session=one, learner=dora, facts=STALLED, position=2, note="About Dora")
        return one


def items(home: World) -> list[ReviewItem]:
    with tenant_context(home.tenant.pk):
        return list(ReviewItem.objects.order_by("position"))


def at(session: ReviewSession, item: ReviewItem | None = None, end: str = "") -> str:
    return f"/reviews/{session.public_id}/" + (f"items/{item.public_id}/{end}" if item else end)


def test_the_list_before_there_is_one(teacher: Client, signed_in: As) -> None:
    assert "The school’s administrator prepares the first one." in text_of(teacher.get("/reviews/"))
    page = text_of(signed_in("SCH").get("/reviews/"))
    assert "Prepare one now, or choose how often it happens by itself." in page
    assert "Nothing waits for you." in page


def test_prepare_now_and_again(signed_in: As, home: World) -> None:
    administrator = signed_in("SCH")
    first = administrator.post("/reviews/prepare/", {"school": home.school.public_id}, follow=True)
    assert "Prepared." in text_of(first)
    assert "Nothing stood out on that day" in text_of(first)
    again = administrator.post("/reviews/prepare/", {"school": home.school.public_id}, follow=True)
    assert "This one was prepared today already." in text_of(again)
    elsewhere = administrator.post("/reviews/prepare/", {"school": home.other_school.public_id})
    assert elsewhere.status_code == 422
    assert "Choose a school from the list" in text_of(elsewhere)


def test_facts_are_sentences_and_another_class_stays_unnamed(teacher: Client, session: ReviewSession) -> None:
    response = teacher.get(at(session))
    page = text_of(response)
    assert "3 of 12 learners with evidence are at Meets or above (25 %)." in page
    assert "3 milestones stand still, the longest for 45 days:" in page
    assert "Taking away" in page
    assert "Ana LKV" in page
    assert "A learner of another class" in page
    assert "Dora" not in response.content.decode()
    assert "0 of 3 items decided" in page


def test_the_administrator_reads_both_names(signed_in: As, session: ReviewSession) -> None:
    page = text_of(signed_in("SCH").get(at(session)))
    assert "Dora LKV" in page
    assert "A learner of another class" not in page


def test_nobody_decides_on_a_learner_of_another_class(teacher: Client, home: World, session: ReviewSession) -> None:
    hidden = items(home)[2]
    assert teacher.post(at(session, hidden), {"decision": "keep", "version": 1}).status_code == 404
    assert teacher.post(at(session, hidden, "follow-ups/"), {}).status_code == 404


def test_a_decision_and_somebody_who_was_faster(
    teacher: Client, signed_in: As, home: World, session: ReviewSession
) -> None:
    one = items(home)[0]
    done = teacher.post(at(session, one), {"decision": "split", "note": "Two ideas", "version": 1}, follow=True)
    assert "Decided by LKV TCH Person" in text_of(done)
    late = signed_in("SCH").post(at(session, one), {"decision": "reteach", "note": "Twice", "version": 1})
    page = text_of(late)
    assert late.status_code == 409
    assert "LKV TCH Person Split the milestone – Two ideas Yours Teach it again – Twice" in page
    assert items(home)[0].decision == "split"
    again = signed_in("SCH").post(at(session, one), {"decision": "reteach", "note": "Twice", "version": 2})
    assert again.status_code == 302
    assert items(home)[0].decision == "reteach"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"decision": "", "version": 1}, "Choose a decision from the list"),
        ({"decision": "dance", "version": 1}, "Choose a decision from the list"),
        ({"decision": "keep", "version": "x"}, "Load this page again, then decide"),
        ({"decision": "keep", "version": 1, "note": "x" * 2001}, "This has 2001 characters. Shorten it to 2000"),
        ({"decision": "keep", "version": 1, "note": "a\x00"}, "This contains a control character. Type it again"),
    ],
)
def test_bad_decisions(
    teacher: Client, home: World, session: ReviewSession, data: dict[str, Any], sentence: str
) -> None:
    response = teacher.post(at(session, items(home)[0]), data)
    assert response.status_code == 422
    assert sentence in text_of(response)


def test_a_promise_is_made_seen_and_kept(teacher: Client, home: World, session: ReviewSession) -> None:
    one, due = items(home)[0], home.system.today
    data = {"text": "Write form B", "owner": home.members["TCH"].public_id, "due_on": due.isoformat()}
    assert teacher.post(at(session, one, "follow-ups/"), data).status_code == 302
    page = text_of(teacher.get("/reviews/"))
    assert "Write form B Due" in page
    assert "LKV Fractions" in page
    with tenant_context(home.tenant.pk):
        promise = FollowUp.objects.get()
    address = f"/reviews/follow-ups/{promise.public_id}/"
    assert "Done." in text_of(teacher.post(address, {"done": "1", "next": "/reviews/"}, follow=True))
    assert "Nothing waits for you." in text_of(teacher.get("/reviews/"))
    away = teacher.post(address, {"done": "0", "next": "https://elsewhere.example/"})
    assert away["Location"] == at(session)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": " "}, "Enter what is to be done, like Make a second form"),
        ({"text": "x" * 301}, "This has 301 characters. Shorten it to 300"),
        ({"owner": "nobody"}, "Choose somebody of the school from the list"),
        ({"due_on": "soon"}, "Enter a date, like 19 Nov 2026"),
        ({"due_on": "2020-01-31"}, "2020-01-31 is over. Enter today or a later day"),
    ],
)
def test_bad_promises(
    teacher: Client, home: World, session: ReviewSession, changes: dict[str, str], sentence: str
) -> None:
    day = (home.system.today + timedelta(days=3)).isoformat()
    data = {"text": "Form B", "owner": str(home.members["TCH"].public_id), "due_on": day} | changes
    response = teacher.post(at(session, items(home)[0], "follow-ups/"), data)
    assert response.status_code == 422
    assert sentence in text_of(response)


def test_nobody_of_another_school_promises(teacher: Client, home: World, session: ReviewSession) -> None:
    day = home.system.today.isoformat()
    data = {"text": "Form B", "owner": str(home.members["OTHER_TCH"].public_id), "due_on": day}
    response = teacher.post(at(session, items(home)[0], "follow-ups/"), data)
    assert "Choose somebody of the school from the list" in text_of(response)


def test_a_session_is_closed_with_notes_and_opened_again(
    teacher: Client, signed_in: As, home: World, session: ReviewSession
) -> None:
    administrator = signed_in("SCH")
    closed = administrator.post(at(session, end="state/"), {"state": "closed", "notes": "Forms first"}, follow=True)
    assert "This session is closed." in text_of(closed)
    assert "Forms first" in text_of(teacher.get(at(session)))
    late = teacher.post(at(session, items(home)[0]), {"decision": "keep", "version": 1})
    assert late.status_code == 409
    assert "This session is closed. Open it again to change what was decided." in text_of(late)
    administrator.post(at(session, end="state/"), {"state": "open", "notes": "Forms first"})
    assert teacher.post(at(session, items(home)[0]), {"decision": "keep", "version": 1}).status_code == 302
    assert teacher.post(at(session, end="state/"), {"state": "closed"}).status_code == 404
    long = administrator.post(at(session, end="state/"), {"state": "open", "notes": "x" * 10_001})
    assert "This has 10001 characters. Shorten it to 10000" in text_of(long)
    odd = administrator.post(at(session, end="state/"), {"state": "gone"})
    assert "A session can be started, closed or opened again" in text_of(odd)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"school": ""}, "Choose a school from the list"),
        ({"every": "day"}, "Choose every month or every quarter"),
        ({"next_on": "soon"}, "Enter a date, like 19 Nov 2026"),
        ({"next_on": "2020-01-31"}, "2020-01-31 is over. Enter today or a later day"),
    ],
)
def test_bad_rhythms(signed_in: As, home: World, changes: dict[str, str], sentence: str) -> None:
    data = {"school": str(home.school.public_id), "every": "month", "next_on": home.system.today.isoformat()} | changes
    response = signed_in("SCH").post("/reviews/cadence/", data)
    assert response.status_code == 422
    assert sentence in text_of(response)


def test_how_often_and_a_pause(signed_in: As, home: World) -> None:
    administrator = signed_in("DST")
    data = {"school": str(home.other_school.public_id), "every": "quarter", "next_on": home.system.today.isoformat()}
    page = text_of(administrator.post("/reviews/cadence/", data, follow=True))
    assert "LKV Other School Every quarter · next on" in page
    page = text_of(administrator.post("/reviews/cadence/", {**data, "is_paused": "on"}, follow=True))
    assert "LKV Other School Paused" in page
    with tenant_context(home.tenant.pk):
        assert ReviewCadence.objects.count() == 1


def test_a_teacher_of_two_schools_reads_both(teacher: Client, home: World, session: ReviewSession) -> None:
    with tenant_context(home.tenant.pk):
        ReviewSession.objects.create(school=home.other_school, title="Elsewhere", for_day=home.system.today)
        assert "Elsewhere" not in text_of(teacher.get("/reviews/"))
        SchoolPost.objects.create(member=home.members["TCH"], school=home.other_school, role="TCH")
    assert "Elsewhere" in text_of(teacher.get("/reviews/"))
