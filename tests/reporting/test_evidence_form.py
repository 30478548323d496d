"""Adding and withdrawing evidence by page: words of mistakes, one piece per form, the news for the grid."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from assessments.models import Evidence
from competencies.models import Rating
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tenancy.selectors import local_today
from tests.builders import World
from tests.reporting.conftest import milestone_page, text_of

HTMX = {"HX-Request": "true"}


def address(world: World, learner: Any = None, milestone: Any = None) -> str:
    return f"{milestone_page(world, learner, milestone)}evidence/new/"


def good(world: World, **values: Any) -> dict[str, Any]:
    return {
        "competency": world.competencies[0].pk,
        "points": "3",
        "kind": "summative",
        "title": "Quiz 3",
        "occurred_on": (local_today(world.tenant) - timedelta(days=2)).isoformat(),
        "comment": "Alone",
        "token": str(uuid7()),
        **values,
    }


def pieces(world: World, title: str = "Quiz 3") -> list[Evidence]:
    with tenant_context(world.tenant.pk):
        return list(Evidence.objects.filter(title=title).order_by("id"))


def test_form_offers_the_words_of_the_scale_and_today(home: World, teacher: Client) -> None:
    response = teacher.get(address(home))
    words, body = text_of(response), response.content.decode()
    assert all(word in words for word in ("Beginning", "Developing", "Meets", "Mastery", "Kind of work"))
    assert f'value="{local_today(home.tenant).isoformat()}"' in body
    assert "Self-assessment" not in words
    assert "Indicator" not in words
    assert 'type="hidden" name="competency"' in body, "one competency is no choice"
    several = teacher.get(address(home, milestone=home.other_milestone))
    assert "LKV.1 Can do LKV.1" in text_of(several)


def test_saved_piece_is_what_was_typed(home: World, teacher: Client) -> None:
    response = teacher.post(address(home, home.classmate), good(home))
    assert response.status_code == 302
    assert response.headers["Location"] == milestone_page(home, home.classmate)
    [row] = pieces(home)
    assert (str(row.score), str(row.possible)) == ("3.000", "4.000")
    assert (row.kind, row.comment) == ("summative", "Alone")
    assert (row.task, row.source) == ("Quiz 3", "page")
    assert row.recorded_by_id == home.members["TCH"].pk
    follow = text_of(teacher.get(response.headers["Location"]))
    assert "Saved. The level is worked out anew." in follow
    assert "Quiz 3" in follow


def test_news_for_the_grid(home: World, teacher: Client) -> None:
    response = teacher.post(address(home, home.classmate), good(home, points="4"), headers=HTMX)
    assert response.status_code == 200
    assert json.loads(response.headers["HX-Trigger"]) == {
        "level-changed": {
            "path": milestone_page(home, home.classmate),
            "level": "developing",
            "letter": "D",
            "name": "Developing",
            "pin": "",
        }
    }
    assert response.content.decode().strip().startswith("<header>")
    assert "Saved. The level is worked out anew." in text_of(response)


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": ""}, "Enter a name for the work, like Quiz 3"),
        ({"title": "   "}, "Enter a name for the work, like Quiz 3"),
        ({"title": "x" * 101}, "The name has 101 characters. Shorten it to 100"),
        ({"title": "a\x07b"}, "The name contains a control character. Type it again"),
        ({"points": ""}, "Choose what this piece shows"),
        ({"points": "9"}, "Choose what this piece shows"),
        ({"points": "NaN"}, "Choose what this piece shows"),
        ({"kind": "self_assessment"}, "Choose the kind of work from the list"),
        ({"kind": ""}, "Choose the kind of work from the list"),
        ({"occurred_on": ""}, "Enter the date of the evidence, like 19 Nov 2026"),
        ({"occurred_on": "soon"}, "Enter the date of the evidence, like 2026-11-19"),
        ({"occurred_on": "2026-02-30"}, "Enter the date of the evidence, like 2026-11-19"),
        ({"occurred_on": "1066-10-14"}, "The date of the evidence was 14 Oct 1066. Enter a day from 1990 on"),
        ({"comment": "x" * 2001}, "The comment has 2001 characters. Shorten it to 2000"),
        ({"comment": "a\x00b"}, "The comment contains a control character. Type it again"),
        ({"competency": "0"}, "Choose a competency of this milestone from the list"),
        ({"token": "nonsense"}, "Reload the page and send it again"),
    ],
)
def test_mistakes(home: World, teacher: Client, values: dict[str, str], said: str, headers: dict[str, str]) -> None:
    response = teacher.post(address(home), good(home, **values), headers=headers)
    assert response.status_code == 422
    words = text_of(response)
    assert "That did not save. Check these:" in words
    hidden = {"competency", "token"} & set(values)
    assert words.count(said) == (1 if hidden else 2), "the same words in the summary and at the field"
    assert pieces(home) == []
    assert ("<html" in response.content.decode()) is not bool(headers)
    if not headers:
        assert "<title>Error: " in response.content.decode()
    for wrong in ("This field", "valid choice", "required.", "Ensure"):
        assert wrong not in words


def test_links_of_the_summary_lead_to_fields(home: World, teacher: Client) -> None:
    body = teacher.post(address(home), {}).content.decode()
    targets = re.findall(r'<li><a href="#([^"]*)">', body)
    assert len(targets) >= 4
    for target in targets:
        assert re.search(rf'<(input|select|textarea)[^>]* id="{target}"', body), target


def test_what_was_typed_stays(home: World, teacher: Client) -> None:
    sent = good(home, points="", title="Poster & talk", comment="Said <much>")
    body = teacher.post(address(home), sent).content.decode()
    assert 'value="Poster &amp; talk"' in body
    assert "Said &lt;much&gt;</textarea>" in body
    assert f'value="{sent["token"]}"' in body
    assert '<option value="summative" selected>' in body


def test_future_and_today(home: World, teacher: Client) -> None:
    today = local_today(home.tenant)
    late = teacher.post(address(home), good(home, occurred_on=(today + timedelta(days=1)).isoformat()))
    assert text_of(late).count("The date of the evidence must be today or earlier") == 2
    assert teacher.post(address(home), good(home, occurred_on=today.isoformat())).status_code == 302


def test_same_form_twice_records_one_piece(home: World, teacher: Client) -> None:
    sent = good(home)
    answers = [teacher.post(address(home, home.classmate), sent, headers=HTMX) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(pieces(home)) == 1


def test_same_form_sent_back_changed_is_a_conflict_in_words(home: World, teacher: Client) -> None:
    sent = good(home)
    assert teacher.post(address(home), sent).status_code == 302
    response = teacher.post(address(home), {**sent, "points": "1"})
    assert response.status_code == 409
    assert "was sent before with other content" in text_of(response)
    assert len(pieces(home)) == 1


def test_two_forms_have_two_tokens(home: World, teacher: Client) -> None:
    tokens = {re.search(r'name="token" value="([^"]+)"', teacher.get(address(home)).content.decode()) for _ in range(2)}
    assert len({found.group(1) for found in tokens if found}) == 2


def test_half_points_of_a_scale(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        rating = Rating.objects.get(points=2)
        Rating.objects.create(scale=rating.scale, points="2.5", word="Nearly")
    assert teacher.post(address(home), good(home, points="2.5")).status_code == 302
    assert float(pieces(home)[0].score or 0) == 2.5


def test_withdrawing_keeps_the_reason_and_says_so(home: World, teacher: Client) -> None:
    where = f"{milestone_page(home)}evidence/{home.evidence.public_id}/withdraw/"
    assert "Withdraw “LKV Quiz”?" in text_of(teacher.get(where))
    response = teacher.post(where, {"reason": "Copied"}, headers=HTMX)
    assert "Withdrawn. The piece stays in the history." in text_of(response)
    assert "level-changed" in response.headers["HX-Trigger"]
    with tenant_context(home.tenant.pk):
        last = Evidence.objects.get(supersedes=home.evidence)
    assert (last.entry, last.comment) == ("withdrawn", "Copied")
    assert teacher.post(where, {"reason": "Again"}).status_code == 404, "it does not stand any more"


def test_others_evidence_and_other_milestones(home: World, teacher: Client) -> None:
    """An address put together from parts that do not belong together is one that never existed."""
    other = home.stranger_learner.public_id
    for where in (
        f"/learners/{other}/milestones/{home.milestone.public_id}/evidence/new/",
        f"/learners/{home.learner.public_id}/milestones/{uuid7()}/evidence/new/",
        f"{milestone_page(home, home.classmate)}evidence/{home.evidence.public_id}/withdraw/",
    ):
        assert teacher.get(where).status_code == 404, where
        assert teacher.post(where, good(home)).status_code == 404, where
    assert pieces(home) == []
