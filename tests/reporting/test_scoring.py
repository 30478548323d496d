"""Scoring a class: drafts that count for nothing, levels after, release with drops to decide, undo, two teachers."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Evidence, standing
from milestones.models import LevelOverride, MilestoneStatus, Release, ScoreEntry, ScoreSheet, newest_release
from milestones.score_preview import Work, levels_after
from milestones.score_sheets import levels_with
from milestones.verify import verify_tenant
from tenancy.context import tenant_context
from tenancy.selectors import local_today
from tests.builders import World, add_learner, add_policy
from tests.reporting.conftest import As, milestone_page, text_of


def start(world: World, client: Client, **values: Any) -> str:
    data = {
        "milestone": str(world.milestone.public_id), "title": "Exit ticket", "kind": "formative",
        "occurred_on": local_today(world.tenant).isoformat(), "weight": "counts", **values,
    }  # fmt: skip
    response = client.post(f"/classes/{world.section.public_id}/score/", data)
    assert response.status_code == 302, text_of(response)
    return response.headers["Location"]


def put(client: Client, sheet: str, learner: Any, mark: str, version: int = 0, comment: str = "") -> Any:
    body = urlencode({"mark": mark, "version": version, "comment": comment})
    return client.put(f"{sheet}{learner.public_id}/", body, content_type="application/x-www-form-urlencoded")


def level_of(world: World, learner: Any, milestone: Any = None) -> int:
    with tenant_context(world.tenant.pk):
        found = MilestoneStatus.objects.filter(learner=learner, milestone=milestone or world.milestone).first()
        return int(found.level) if found else 0


def shown_to(world: World, learner: Any) -> int | None:
    with tenant_context(world.tenant.pk):
        found = Release.objects.filter(newest_release(), learner=learner, milestone=world.milestone).first()
        return found.level if found else None


def pieces(world: World) -> int:
    with tenant_context(world.tenant.pk):
        rows = Evidence.objects.filter(standing(), source="score-sheet")
        return int(rows.exclude(entry="withdrawn").count())


def assert_no_differences(world: World) -> None:
    report = verify_tenant(world.tenant.pk)
    assert report.differing == 0


@pytest.fixture
def mia(home: World) -> Any:
    """A learner of whom nothing is known yet."""
    with tenant_context(home.tenant.pk):
        return add_learner(home, "Mia", home.section)


def test_a_score_is_a_draft_until_it_is_released(home: World, teacher: Client, mia: Any) -> None:
    sheet = start(home, teacher)
    answer = put(teacher, sheet, mia, "3", comment="Drew it well")
    assert answer.status_code == 200
    assert "moves up" in text_of(answer)
    assert pieces(home) == 0
    assert level_of(home, mia) == 0
    page = teacher.get(sheet)
    assert re.search(r'value="3" data-key="3" checked', page.content.decode())
    assert "1 of 3 learners" in text_of(page)
    summary = text_of(teacher.get(f"{sheet}release/"))
    assert "1 score 1 level moves up 0 levels would drop 1 comment" in summary
    done = teacher.post(f"{sheet}release/", follow=True)
    assert "1 score is released." in text_of(done)
    assert "Undo the release" in text_of(done)
    assert pieces(home) == 1
    assert level_of(home, mia) == shown_to(home, mia) == 2
    assert "Drew it well" in text_of(teacher.get(milestone_page(home, mia)))
    assert_no_differences(home)


@pytest.mark.parametrize(
    ("before", "scored"), [((), 3), ((4, 4), 1), ((4, 4), 4), ((3, 3, 3), 2), ((3, 3, 3), 4), ((1,), 1), ((1,), 4)]
)
def test_level_after_is_what_the_release_gives(
    home: World, teacher: Client, mia: Any, before: tuple[int, ...], scored: int
) -> None:
    """The preview and the ledger say the same, whatever was there before."""
    for n, earlier in enumerate(before):
        sheet = start(home, teacher, title=f"Quiz {n}", occurred_on="2026-02-0" + str(n + 1))
        put(teacher, sheet, mia, str(earlier))
        teacher.post(f"{sheet}release/", {f"drop-{mia.public_id}": "agree"})
    sheet = start(home, teacher, title="New quiz")
    put(teacher, sheet, mia, str(scored))
    with tenant_context(home.tenant.pk):
        found = ScoreSheet.objects.get(title="New quiz")
        said = levels_with(found, {mia.pk: scored}, home.tenant)[mia.pk]
    assert said.before == level_of(home, mia)
    released = teacher.post(f"{sheet}release/", {f"drop-{mia.public_id}": "agree"})
    assert released.status_code == 302
    assert level_of(home, mia) == said.after
    assert_no_differences(home)


def test_a_drop_has_to_be_decided_and_can_be_kept(home: World, teacher: Client, mia: Any) -> None:
    for n in (1, 2):
        sheet = start(home, teacher, title=f"Quiz {n}", occurred_on=f"2026-02-0{n}")
        put(teacher, sheet, mia, "4")
        teacher.post(f"{sheet}release/")
    assert level_of(home, mia) == 4
    sheet = start(home, teacher, title="Hard quiz")
    assert "would drop" in text_of(put(teacher, sheet, mia, "1"))
    refused = teacher.post(f"{sheet}release/")
    assert refused.status_code == 422
    assert f"Decide for {mia.name}: agree that the level drops, or keep it" in text_of(refused)
    assert pieces(home) == 2
    teacher.post(f"{sheet}release/", {f"drop-{mia.public_id}": "keep"})
    assert (pieces(home), level_of(home, mia), shown_to(home, mia)) == (3, 4, 4)
    with tenant_context(home.tenant.pk):
        kept = LevelOverride.objects.get(learner=mia)
        assert kept.level == 4
        assert "Hard quiz" in kept.reason
    undone = teacher.post(f"{sheet}undo/", follow=True)
    assert "The release is undone." in text_of(undone)
    assert (pieces(home), level_of(home, mia), shown_to(home, mia)) == (2, 4, 4)
    with tenant_context(home.tenant.pk):
        assert LevelOverride.objects.get(learner=mia).ends.count() == 1
    assert_no_differences(home)


def test_undo_gives_back_what_families_saw_and_the_sheet_is_open_again(home: World, teacher: Client, mia: Any) -> None:
    sheet = start(home, teacher)
    put(teacher, sheet, mia, "3")
    teacher.post(f"{sheet}release/")
    assert shown_to(home, mia) == 2
    teacher.post(f"{sheet}undo/")
    assert (shown_to(home, mia), level_of(home, mia), pieces(home)) == (None, 0, 0)
    again = put(teacher, sheet, mia, "4", version=1)
    assert again.status_code == 200
    teacher.post(f"{sheet}release/")
    assert (pieces(home), shown_to(home, mia)) == (1, 2)
    assert_no_differences(home)


def test_undo_is_over_after_ten_minutes(home: World, teacher: Client, mia: Any) -> None:
    sheet = start(home, teacher)
    put(teacher, sheet, mia, "3")
    teacher.post(f"{sheet}release/")
    with tenant_context(home.tenant.pk):
        ScoreSheet.objects.update(released_at=timezone.now() - timedelta(minutes=11))
    late = teacher.post(f"{sheet}undo/")
    assert late.status_code == 409
    assert "A release can be undone for 10 minutes. Correct or withdraw single pieces instead." in text_of(late)
    assert pieces(home) == 1
    assert "Undo" not in text_of(teacher.get(sheet))


def test_somebody_was_faster(home: World, teacher: Client, signed_in: As) -> None:
    sheet = start(home, teacher)
    other = signed_in("SCH")
    assert put(teacher, sheet, home.classmate, "2").status_code == 200
    assert put(other, sheet, home.classmate, "3", version=1).status_code == 200
    conflict = put(teacher, sheet, home.classmate, "4", version=1, comment="Mine")
    assert conflict.status_code == 409
    assert "Somebody else changed this score a moment ago to Meets." in text_of(conflict)
    assert 'data-version="2" data-choice="3"' in conflict.content.decode()
    assert put(teacher, sheet, home.classmate, "4", version=2).status_code == 200
    assert put(teacher, sheet, home.classmate, "4", version=1).status_code == 200, "the same again is no conflict"
    with tenant_context(home.tenant.pk):
        assert ScoreEntry.objects.get().level == 4


def test_without_script_all_rows_are_saved_at_once(home: World, teacher: Client) -> None:
    sheet = start(home, teacher)
    ana, ben = home.learner.public_id, home.classmate.public_id
    data = {f"mark-{ana}": "absent", f"version-{ana}": "0", f"comment-{ana}": ""}
    data |= {f"mark-{ben}": "2", f"version-{ben}": "0", f"comment-{ben}": "Try the number line"}
    saved = teacher.post(sheet, data)
    assert (saved.status_code, saved.headers["Location"]) == (302, sheet)
    with tenant_context(home.tenant.pk):
        marks = dict(ScoreEntry.objects.values_list("learner__given_name", "mark"))
    assert marks == {"Ana": "absent", "Ben": "scored"}
    stale = teacher.post(sheet, {**data, f"mark-{ben}": "4"})
    assert stale.status_code == 409
    assert "Somebody else changed the score of Ben LKV a moment ago." in text_of(stale)
    release = teacher.post(sheet, {**data, "release": "1"})
    assert release.headers["Location"] == f"{sheet}release/"


def test_absent_and_no_evidence_leave_nothing_in_the_ledger(home: World, teacher: Client) -> None:
    sheet = start(home, teacher)
    put(teacher, sheet, home.learner, "absent")
    put(teacher, sheet, home.classmate, "none")
    empty = teacher.post(f"{sheet}release/")
    assert "Nothing is scored yet. Give at least one level, then release." in text_of(empty)
    assert pieces(home) == 0


def test_practice_is_recorded_and_changes_no_level(home: World, teacher: Client, mia: Any) -> None:
    sheet = start(home, teacher, weight="practice")
    assert "no change" in text_of(put(teacher, sheet, mia, "4"))
    teacher.post(f"{sheet}release/")
    assert (pieces(home), level_of(home, mia)) == (1, 0)


def test_a_released_sheet_takes_no_more_scores(home: World, teacher: Client) -> None:
    sheet = start(home, teacher)
    put(teacher, sheet, home.classmate, "3")
    teacher.post(f"{sheet}release/")
    late = put(teacher, sheet, home.classmate, "1", version=1)
    assert late.status_code == 409
    assert "These scores were released." in text_of(late)
    assert teacher.post(f"{sheet}release/").status_code == 409


def test_the_same_work_is_one_sheet(home: World, teacher: Client) -> None:
    assert start(home, teacher) == start(home, teacher)
    assert start(home, teacher) != start(home, teacher, title="Another")
    assert "Exit ticket" in text_of(teacher.get(f"/classes/{home.section.public_id}/score/"))


BAD_HEADS = [
    ({"title": ""}, "Enter the name of the work, like Exit ticket on fractions"),
    ({"title": "x" * 101}, "The name has 101 characters. Shorten it to 100"),
    ({"title": "a\x07b"}, "The name contains a control character. Type it again"),
    ({"kind": "exam"}, "Choose the kind of work from the list"),
    ({"milestone": "00000000-0000-0000-0000-000000000000"}, "Choose a milestone of this class from the list"),
    ({"occurred_on": "soon"}, "Enter the date of the evidence, like 19 Nov 2026"),
    ({"occurred_on": "2999-01-01"}, "The date of the evidence must be today or earlier"),
    ({"occurred_on": "0206-11-19"}, "The date of the evidence was 19 Nov 0206. Enter a day from 1990 on"),
    ({"weight": "2"}, "Choose whether the work counts or is practice"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD_HEADS, ids=[sentence for _, sentence in BAD_HEADS])
def test_bad_heads(home: World, teacher: Client, wrong: dict[str, str], sentence: str) -> None:
    good = {
        "milestone": str(home.milestone.public_id), "title": "Quiz", "kind": "formative",
        "occurred_on": local_today(home.tenant).isoformat(), "weight": "counts",
    }  # fmt: skip
    response = teacher.post(f"/classes/{home.section.public_id}/score/", {**good, **wrong})
    assert response.status_code == 422
    assert sentence in text_of(response)
    with tenant_context(home.tenant.pk):
        assert not ScoreSheet.objects.exists()


BAD_SCORES = [
    ({"mark": "5"}, "Choose a level, no evidence, or absent"),
    ({"mark": "3", "comment": "x" * 2001}, "The comment has 2001 characters. Shorten it to 2000"),
    ({"mark": "3", "comment": "a\x00b"}, "The comment contains a control character. Type it again"),
    ({"mark": "scored"}, "Choose a level from 1 to 4"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD_SCORES, ids=[sentence for _, sentence in BAD_SCORES])
def test_bad_scores(home: World, teacher: Client, wrong: dict[str, str], sentence: str) -> None:
    sheet = start(home, teacher)
    body = urlencode({"version": "x", "comment": "", **wrong})
    url = f"{sheet}{home.classmate.public_id}/"
    response = teacher.put(url, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422
    assert sentence in text_of(response)
    with tenant_context(home.tenant.pk):
        assert not ScoreEntry.objects.exists()


def test_learner_of_another_class_has_no_row(home: World, teacher: Client) -> None:
    sheet = start(home, teacher)
    assert put(teacher, sheet, home.stranger_learner, "3").status_code == 404


def test_a_set_level_goes_on_holding_in_the_preview(home: World, teacher: Client) -> None:
    data = {"thing": "milestone", "level": "3", "reason": "Explained it to the whole class"}
    assert teacher.post(f"{milestone_page(home, home.classmate)}level/", data).status_code == 302
    sheet = start(home, teacher)
    assert "no change" in text_of(put(teacher, sheet, home.classmate, "1"))


def test_preview_asks_the_same_number_of_questions_for_one_and_for_many(
    home: World, django_assert_num_queries: Any
) -> None:
    with tenant_context(home.tenant.pk):
        add_policy({"method": "latest", "gates": {}}, competency=home.competencies[0])
        work = Work("Quiz", "formative", timezone.now())
        many = {add_learner(home, f"L{n}", home.section).pk: n % 4 + 1 for n in range(30)}
        competencies = [home.competencies[0].pk]
        levels_after(home.milestone.pk, competencies, {home.learner.pk: 3}, work)
        with CaptureQueriesContext(connection) as few:
            levels_after(home.milestone.pk, competencies, {home.learner.pk: 3}, work)
        with django_assert_num_queries(len(few)):
            found = levels_after(home.milestone.pk, competencies, many, work)
    assert {one.after for one in found.values()} >= {1, 2, 3}


def test_the_order_of_the_rows_is_the_teachers(home: World, teacher: Client) -> None:
    address = f"/classes/{home.section.public_id}/seating/"
    assert text_of(teacher.get(address)).index("Ana") < text_of(teacher.get(address)).index("Ben")
    data = {f"place-{home.learner.public_id}": "2", f"place-{home.classmate.public_id}": "1"}
    assert teacher.post(address, data).status_code == 302
    page = text_of(teacher.get(start(home, teacher)))
    assert page.index("Ben LKV") < page.index("Ana LKV")
    teacher.post(address, {f"place-{home.learner.public_id}": "1", f"place-{home.classmate.public_id}": "many"})
    page = text_of(teacher.get(start(home, teacher)))
    assert page.index("Ana LKV") < page.index("Ben LKV")


def test_a_comment_is_read_at_home_once_it_is_released_and_gone_when_it_is_undone(
    home: World, teacher: Client, signed_in: As
) -> None:
    sheet = start(home, teacher)
    put(teacher, sheet, home.learner, "3", comment="Drew thirds of a metre. Clear.")
    put(teacher, sheet, home.classmate, "3", comment="Only for Ben")
    pages = {"LRN": "/me/", "GRD": f"/family/{home.learner.public_id}/"}

    def read(role: str) -> str:
        return text_of(signed_in(role).get(pages[role]))

    assert all("Drew thirds" not in read(role) for role in pages)
    drop = {f"drop-{one.public_id}": "agree" for one in (home.learner, home.classmate)}
    assert teacher.post(f"{sheet}release/", drop).status_code == 302
    for role in pages:
        assert "Drew thirds of a metre. Clear. Exit ticket" in read(role)
        assert "Only for Ben" not in read(role)
    teacher.post(f"{sheet}undo/")
    assert all("Drew thirds" not in read(role) for role in pages)
