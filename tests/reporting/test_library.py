"""The library: made, tagged, edited by two, copied, switched off; given, chosen, seen at home."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from interventions.models import Resource, ResourceUse
from learners.models import GroupPlace, LearnerGroup
from tenancy.context import tenant_context
from tests.builders import Cast, World
from tests.reporting.test_plans import begin, signed_in, text_of


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def teacher(home: World) -> Client:
    return signed_in(home, "TCH")


def values_of(world: World, **changes: str) -> dict[str, str]:
    competency = str(world.competencies[0].public_id)
    good = {
        "title": "Fraction strips", "kind": "practice", "summary": "Fold, colour, compare", "minutes": "12",
        "url": "https://example.org/strips", "subjects": "Art", "body": "Begin with <halves>", "tag_1": competency,
        "level_1": "2",
    }  # fmt: skip
    return {**good, **changes}


def make(world: World, client: Client, **changes: str) -> Resource:
    response = client.post("/library/new/", values_of(world, **changes))
    assert response.status_code == 302, response.content.decode()
    with tenant_context(world.tenant.pk):
        made: Resource = Resource.objects.order_by("-id")[0]
        return made


def page_of(world: World) -> str:
    return f"/learners/{world.learner.public_id}/milestones/{world.milestone.public_id}/"


def give(world: World, client: Client, resource: Resource, way: str = "assigned", at: str = "") -> Any:
    return client.post(f"{at or page_of(world)}give/", {"resource": str(resource.public_id), "way": way}, follow=True)


def use_of(world: World) -> ResourceUse:
    with tenant_context(world.tenant.pk):
        found: ResourceUse = ResourceUse.objects.order_by("-id")[0]
        return found


def test_made_found_and_switched_off(home: World, teacher: Client) -> None:
    made = make(home, teacher)
    page = f"/library/{made.public_id}/"
    shown = text_of(teacher.get(page))
    for text in (
        "Fraction strips",
        "12 minutes",
        "Begin with &lt;halves&gt;",
        "LKV.0",
        "Developing",
        "With nobody yet.",
    ):
        assert text in shown
    assert "is said here once ten learners have had 30 days" in shown
    competency = home.competencies[0].public_id
    for query in ("q=colour", "kind=practice&level=2", f"competency={competency}", "level=2"):
        assert str(made.public_id) in text_of(teacher.get(f"/library/?{query}")), query
    for query in ("q=colours", "kind=video", f"competency={home.competencies[1].public_id}", "level=all", "off=1"):
        assert str(made.public_id) not in text_of(teacher.get(f"/library/?{query}")), query
    teacher.post(f"{page}state/")
    assert str(made.public_id) not in text_of(teacher.get("/library/"))
    assert str(made.public_id) in text_of(teacher.get("/library/?off=1"))
    assert "Fraction strips" not in text_of(teacher.get(f"{page_of(home)}give/"))


def test_of_two_who_edit_the_slower_sees_both(home: World, teacher: Client) -> None:
    made = make(home, teacher)
    address = f"/library/{made.public_id}/edit/"
    assert 'name="version" value="1"' in text_of(teacher.get(address))
    assert teacher.post(address, values_of(home, version="1", title="Strips of paper")).status_code == 302
    shown = text_of(teacher.post(address, values_of(home, version="1", title="Strips of felt")), 409)
    assert "Somebody else changed this while you had it open." in shown
    assert "<q>Strips of paper</q>" in shown
    assert 'value="Strips of felt"' in shown
    assert teacher.post(address, values_of(home, version="2", title="Strips of felt")).status_code == 302


def test_a_copy_says_where_it_came_from_and_is_ones_own(home: World, teacher: Client) -> None:
    made = make(home, teacher)
    other = signed_in(home, "OTHER_TCH")
    assert other.get(f"/library/{made.public_id}/edit/").status_code == 404
    assert "This is your copy." in text_of(other.post(f"/library/{made.public_id}/copy/", follow=True))
    with tenant_context(home.tenant.pk):
        copy = Resource.objects.get(copied_from=made)
        assert list(copy.tags.values_list("competency_id", "level")) == [(home.competencies[0].pk, 2)]
    shown = text_of(other.get(f"/library/{copy.public_id}/"))
    assert "Copied from" in shown
    assert "LKV TCH Person" in shown
    assert other.get(f"/library/{copy.public_id}/edit/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " "}, "Give it a title, like Fraction strips"),
        ({"title": "x" * 201}, "This has 201 characters. Shorten it to 200"),
        ({"kind": "game"}, "Choose the kind from the list"),
        ({"kind": ""}, "Choose the kind from the list"),
        ({"summary": "x" * 2001}, "This has 2001 characters. Shorten it to 2000"),
        ({"body": "a\x07b"}, "The text contains a control character. Type it again"),
        ({"url": "http://example.org/"}, "Enter a link that begins with https://"),
        ({"url": "javascript:alert(1)"}, "Enter a link that begins with https://"),
        ({"url": "https://bank.example@evil.example/"}, "Enter a link that begins with https://"),
        ({"minutes": "0"}, "Enter the minutes as a number from 1 to 480"),
        ({"minutes": "some"}, "Enter the minutes as a number from 1 to 480"),
        ({"tag_1": "nothing"}, "Choose competencies from the list"),
        ({"level_1": "9"}, "Choose a level from the list"),
    ],
)
def test_what_is_wrong_with_a_resource(home: World, teacher: Client, changes: dict[str, str], sentence: str) -> None:
    assert sentence in text_of(teacher.post("/library/new/", values_of(home, **changes)), 422)
    with tenant_context(home.tenant.pk):
        assert not Resource.objects.exists()


def test_given_done_and_seen_at_home_without_the_level_it_is_made_for(home: World, teacher: Client) -> None:
    made = make(home, teacher)
    assert "Given to 1 learner." in text_of(give(home, teacher, made))
    assert "Ana has this already." in text_of(give(home, teacher, made), 409)
    learner, guardian = signed_in(home, "LRN"), signed_in(home, "GRD")
    child = f"/family/{home.learner.public_id}/"
    mine = text_of(learner.get("/me/"))
    family = text_of(guardian.get(child))
    for shown in (mine, family):
        assert "for LKV Fractions" in shown
        assert "https://example.org/strips" in shown
        assert "Begin with" not in shown  # notes are for who teaches
    part = mine[mine.index('id="given"') : mine.index("</section>", mine.index('id="given"'))]
    assert "Developing" not in part
    address = f"/me/given/{use_of(home).public_id}/"
    assert learner.post(address, {"choice": "declined"}).status_code == 409  # work to do is no offer
    assert "Well done." in text_of(learner.post(address, {"choice": "done"}, follow=True))
    assert "Fraction strips" not in text_of(learner.get("/me/"))
    assert "Done." in text_of(guardian.get(child))
    assert learner.post(address, {"choice": "taken"}).status_code == 409
    assert '<span class="tag good">Done</span>' in text_of(teacher.get(page_of(home)))
    assert "With one learner so far." in text_of(teacher.get(f"/library/{made.public_id}/"))


def test_an_offer_is_left_and_taken_later(home: World, teacher: Client) -> None:
    made = make(home, teacher, kind="extension", level_1="")
    give(home, teacher, made, "offered")
    learner = signed_in(home, "LRN")
    assert "Something extra, if you like" in text_of(learner.get("/me/"))
    address = f"/me/given/{use_of(home).public_id}/"
    assert "That is fine." in text_of(learner.post(address, {"choice": "declined"}, follow=True))
    assert '<span class="tag">Not now</span>' in text_of(teacher.get(page_of(home)))
    assert "Fraction strips" not in text_of(signed_in(home, "GRD").get(f"/family/{home.learner.public_id}/"))
    assert "With nobody yet." in text_of(teacher.get(f"/library/{made.public_id}/"))
    assert "Yes, I take it" in text_of(learner.get(f"/me/milestones/{home.milestone.public_id}/"))
    learner.post(address, {"choice": "taken"})
    assert use_of(home).choice == "taken"


def test_given_with_a_plan_and_to_a_group(home: World, teacher: Client) -> None:
    made = make(home, teacher, tag_1=str(home.competencies[1].public_id))
    plan = begin(home, teacher)
    at = f"/learners/{home.learner.public_id}/milestones/{home.other_milestone.public_id}/"
    answer = teacher.post(f"{at}give/?plan={plan.public_id}", {"resource": str(made.public_id), "way": "assigned"})
    assert answer["Location"] == f"/support-plans/{plan.public_id}/"
    assert "Fraction strips" in text_of(teacher.get(answer["Location"]))
    with tenant_context(home.tenant.pk):
        group = LearnerGroup.objects.create(section=home.section, name="Strips")
        for one in (home.learner, home.classmate):
            GroupPlace.objects.create(group=group, learner=one)
        plan.group = group
        plan.save()
    shown = text_of(give(home, teacher, made, at=f"/groups/{group.public_id}/"))
    assert "Given to 1 learner. 1 had it already." in shown
    assert use_of(home).learner_id == home.classmate.pk


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"way": "assigned"}, "Choose something from the library"),
        ({"way": "forced", "resource": "x"}, "Choose whether it is work to do or an offer"),
    ],
)
def test_what_is_wrong_with_giving(home: World, teacher: Client, data: dict[str, str], sentence: str) -> None:
    make(home, teacher)
    assert sentence in text_of(teacher.post(f"{page_of(home)}give/", data), 422)
