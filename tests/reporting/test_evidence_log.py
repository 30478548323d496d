"""The evidence log of a class: what came in, by whom, what became of it, and what families have seen."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.marking import Judgement, judge, release
from assessments.models import Evidence
from assessments.services import correct_evidence, record_evidence, record_many, withdraw_evidence
from milestones.services import release_levels
from reporting.csv_cells import read_back
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tenancy.models import AuditEntry
from tests.architecture.test_query_counts import FRAME
from tests.builders import World, add_learner, piece
from tests.reporting.conftest import As, text_of
from tests.reporting.tasks import actor_of, add_attempt, add_task

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def here(home: World) -> Any:
    with tenant_context(home.tenant.pk):
        yield home


def log(world: World, **query: Any) -> tuple[str, dict[str, Any]]:
    return f"/classes/{world.section.public_id}/evidence/", query


def shown(client: Client, world: World, **query: Any) -> str:
    response = client.get(*log(world, **query))
    assert response.status_code == 200
    return text_of(response)


def listed(client: Client, world: World, **query: Any) -> list[UUID]:
    """The pieces of a page, in its order."""
    page = client.get(*log(world, **query)).context["page"]
    return [row.now.public_id for row in page.rows]


def add(world: World, score: float | None, learner: Any = None, competency: int = 0, **values: Any) -> Evidence:
    one = piece(world, learner or world.learner, world.competencies[competency], score, **values)
    return record_evidence(actor_of(world), piece=one)


def test_newest_first_with_who_and_when_at_the_school(here: World, teacher: Client) -> None:
    row = add(here, 3, title="Exit ticket", source="page", minutes=9)
    page = shown(teacher, here)
    assert page.index("Exit ticket") < page.index("LKV Quiz")
    at = row.recorded_at.astimezone(BERLIN).strftime("%-d %b %Y, %H:%M")
    assert f"{at} LKV TCH Person · Entered on a page" in page
    assert "3 / 4 · 9 minutes" in page
    assert 'aria-current="page">Evidence</a>' in teacher.get(*log(here)).content.decode()


def test_a_correction_stands_with_its_original_and_a_withdrawal_stays(here: World, teacher: Client) -> None:
    first = add(here, 1, title="Talk")
    second = correct_evidence(actor_of(here), evidence=first, score=Decimal(2), comment="Misread the sheet")
    third = correct_evidence(actor_of(here, "SCH"), evidence=second, score=Decimal(3))
    page = shown(teacher, here)
    assert page.count("Talk") == 1 + 2, "one row; its name again in the two links"
    assert listed(teacher, here)[0] == third.public_id
    at = page.index("Corrected 3 / 4")
    assert at < page.index("Before: Corrected 2 / 4", at) < page.index("Before: 1 / 4", at)
    assert "LKV SCH Person" in page
    withdraw_evidence(actor_of(here), evidence=third, reason="Wrong learner")
    page = shown(teacher, here)
    assert "Withdrawn 3 / 4 Wrong learner Before: Corrected 3 / 4" in page
    row = teacher.get(*log(here)).context["page"].rows[0]
    assert (row.now.is_withdrawn, row.may_change, len(row.before)) == (True, False, 3)


def test_released_means_that_families_have_seen_a_level_built_on_it(here: World, teacher: Client) -> None:
    early = add(here, 2)
    everything = listed(teacher, here)
    assert early.public_id in listed(teacher, here, released="no")
    assert "Release levels to families" in shown(teacher, here)
    assert teacher.post(f"/classes/{here.section.public_id}/release/").status_code == 302
    assert listed(teacher, here, released="yes") == everything
    late = add(here, 4)
    assert listed(teacher, here, released="no") == [late.public_id]
    assert "Level not released" in shown(teacher, here, released="no")
    assert listed(teacher, here, released="yes") == everything


def test_filters(here: World, teacher: Client) -> None:
    before, of_class = listed(teacher, here), listed(teacher, here, learner=here.classmate.public_id)
    of_ben = add(here, 2, here.classmate, source="api:7")
    of_ratios = add(here, 2, competency=1, source="class-3.csv")
    gone = withdraw_evidence(actor_of(here), evidence=add(here, 1, source="page"), reason="Twice")
    assert listed(teacher, here, learner=here.classmate.public_id) == [of_ben.public_id, *of_class]
    assert listed(teacher, here, milestone=here.other_milestone.public_id)[0] == of_ratios.public_id
    assert listed(teacher, here, withdrawn="yes") == [gone.public_id]
    assert gone.public_id not in listed(teacher, here, withdrawn="no")
    assert listed(teacher, here, source="api") == [of_ben.public_id]
    assert listed(teacher, here, source="page") == [gone.public_id]
    assert set(listed(teacher, here, source="file")) == {of_ratios.public_id, *before}
    assert listed(teacher, here, source="attempt") == []
    assert "No evidence fits these filters." in shown(teacher, here, source="attempt")
    assert len(listed(teacher, here, source="x", learner="no", milestone="\x00", released="?")) == len(before) + 3
    assert listed(teacher, here, milestone=uuid7()) == [], "no milestone of the class"


def test_only_what_belongs_to_the_class(here: World, teacher: Client, signed_in: As) -> None:
    elsewhere = add(here, 3, competency=3)
    other = add(here, 3, here.stranger_learner)
    assert not {elsewhere.public_id, other.public_id} & set(listed(teacher, here)), "not in its plan, not in it"
    task = add_task(here, competency_ids=(here.competencies[3].pk,))
    attempt = judge(actor_of(here), attempt=add_attempt(here, task), judgement=Judgement({here.competencies[3].pk: 3}))
    response = teacher.get(*log(here))
    row = response.context["page"].rows[0]
    assert (row.attempt_id, row.milestone_id) == (attempt.public_id, None)
    assert f'href="/attempts/{attempt.public_id}/"' in response.content.decode(), (
        "a task of the class; judged again there"
    )
    assert "Result not released" in text_of(response)
    release(actor_of(here), assessment=task)
    assert "Level not released Result released" in shown(teacher, here)
    for key in ("LRN", "GRD", "OTHER_TCH"):
        assert signed_in(key).get(*log(here)).status_code == 404


def test_pages_of_fifty(here: World, teacher: Client) -> None:
    more = [piece(here, here.learner, here.competencies[0], 2, n=n) for n in range(110)]
    record_many(here.system, pieces=more)
    of_learner = Evidence.objects.filter(learner_competency__learner=here.learner).order_by("-id")
    everything = list(of_learner.values_list("public_id", flat=True))
    found, before, sizes = [], None, []
    while True:
        response = teacher.get(*log(here, learner=here.learner.public_id, **({"before": before} if before else {})))
        found += [row.now.public_id for row in response.context["page"].rows]
        sizes.append(len(response.context["page"].rows))
        before = response.context["page"].next_page
        if before is None:
            break
        assert f"learner={here.learner.public_id}" in response.content.decode().split("Older evidence")[0][-200:]
        add(here, 3, title="Came in between")
    assert (sizes, found) == ([50, 50, 13], everything)
    assert "Back to the newest" in text_of(response)
    assert listed(teacher, here, before=uuid7()) == [], "no such piece"


def test_correcting_by_hand(here: World, teacher: Client) -> None:
    row = add(here, 1, title="Talk")
    address = (
        f"/learners/{here.learner.public_id}/milestones/{here.milestone.public_id}/evidence/{row.public_id}/correct/"
    )
    assert address in teacher.get(*log(here)).content.decode()
    form = teacher.get(address).content.decode()
    assert 'value="1"' in form
    day = row.occurred_at.astimezone(BERLIN).date().isoformat()
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    good = {"score": "3", "occurred_on": day, "comment": "Misread"}
    for wrong, words in (
        ({"score": "many"}, "Enter the points, 0 or above, like 3.5"),
        ({"score": "-1"}, "Enter the points, 0 or above, like 3.5"),
        ({"score": ""}, "Enter the points, 0 or above, like 3.5"),
        ({"occurred_on": tomorrow}, "The date of the evidence must be today or earlier"),
        ({"occurred_on": "soon"}, "Enter the date of the evidence, like 2026-11-19"),
        ({"comment": "a\x1bb"}, "The comment contains a control character. Type it again"),
        ({"comment": "x" * 2001}, "The comment has 2001 characters. Shorten it to 2000"),
    ):
        answer = teacher.post(address, good | wrong)
        assert (answer.status_code, text_of(answer).count(words)) == (422, 2), words
    assert "Corrected. The first entry stays beside it." in text_of(teacher.post(address, good, follow=True))
    now = Evidence.objects.get(supersedes=row)
    assert (now.score, now.comment, now.occurred_at, now.entry) == (Decimal(3), "Misread", row.occurred_at, "corrected")
    assert teacher.post(address, good).status_code == 404, "somebody was faster: this piece stands no more"
    unjudged = add(here, None, state="not_judged")
    assert teacher.get(address.replace(str(row.public_id), str(unjudged.public_id))).status_code == 404


def test_figures_are_no_share_and_are_put_right_where_they_are_entered(here: World, teacher: Client) -> None:
    add(here, 30, title="Reading at home", kind="indicator", source="figures", possible=Decimal(1))
    row = teacher.get(*log(here)).context["page"].rows[0]
    assert (row.may_change, row.may_correct) == (True, False)
    page = shown(teacher, here, source="figures")
    assert "30 / 1" not in page
    assert "Correct" not in page.split("Reading at home", 1)[1]


def test_as_a_file(here: World, teacher: Client, signed_in: As) -> None:
    first = add(here, 1, title="=Talk", hints=1)
    second = correct_evidence(actor_of(here), evidence=first, score=Decimal("2.5"))
    response = teacher.get(f"/classes/{here.section.public_id}/evidence.csv?learner={here.learner.public_id}")
    assert response.headers["Content-Disposition"] == 'attachment; filename="evidence.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["evidence_id"] for row in rows[:2]] == [str(second.public_id), str(first.public_id)]
    assert [(row["entry"], row["score"], row["replaced_by"], row["released"]) for row in rows[:2]] == [
        ("corrected", "2.5", "", "no"), ("recorded", "1", str(second.public_id), ""),
    ]  # fmt: skip
    assert (read_back(rows[0]["title"]), rows[0]["hints"], rows[0]["recorded_by"]) == ("=Talk", "1", "LKV TCH Person")
    assert datetime.fromisoformat(rows[1]["recorded_at"]) == first.recorded_at
    assert rows[1]["recorded_at"].endswith(("+01:00", "+02:00")), "the school's clock"
    assert len(rows) == 3 + 2
    assert AuditEntry.objects.filter(action="evidence_log.exported").count() == 1
    assert signed_in("OTHER_TCH").get(f"/classes/{here.section.public_id}/evidence.csv").status_code == 404


def test_too_much_for_a_file(here: World, teacher: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reporting.evidence_log.csv.MOST_ROWS", 2)
    answer = teacher.get(f"/classes/{here.section.public_id}/evidence.csv")
    assert answer.status_code == 403
    assert "This is more than 2 pieces. Choose a learner or a milestone" in text_of(answer)


def test_the_same_number_of_queries_at_any_size(here: World, teacher: Client) -> None:
    def count() -> int:
        teacher.get(*log(here))
        with CaptureQueriesContext(connection) as captured:
            teacher.get(*log(here))
        return sum(not FRAME.match(row["sql"]) for row in captured.captured_queries)

    withdraw_evidence(actor_of(here), evidence=add(here, 1), reason="Twice")
    small = count()
    people = [add_learner(here, f"L{n}", here.section) for n in range(12)]
    for one in people:
        correct_evidence(actor_of(here), evidence=add(here, 2, one), score=Decimal(3))
    release_levels(actor_of(here), section=here.section)
    assert count() == small <= 15
