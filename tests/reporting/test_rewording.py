"""The words of a milestone of the curriculum, edited by the district."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from milestones.models import Milestone, MilestoneStatus, MilestoneStep
from tenancy.context import tenant_context
from tenancy.models import AuditEntry
from tests.builders import Cast, World, add_milestone
from tests.reporting.conftest import As, grid_of, text_of


def page_of(milestone: Milestone) -> str:
    return f"/curriculum/milestones/{milestone.public_id}/edit/"


def sent(client: Client, milestone: Milestone, **changes: Any) -> dict[str, Any]:
    """The form as the page shows it, with changes."""
    body = client.get(page_of(milestone)).content.decode()
    found = re.search(r'name="seen" value="([0-9a-f]{16})"', body)
    assert found is not None
    same = {"title": milestone.title, "description": milestone.description, "kind": milestone.kind,
            "heading": milestone.heading, "horizon": milestone.horizon}  # fmt: skip
    return {**same, "seen": found[1], **changes}


def edits(world: World) -> list[dict[str, Any]]:
    with tenant_context(world.tenant.pk):
        return list(
            AuditEntry.objects.filter(action="milestone.edited").order_by("id").values_list("detail", flat=True)
        )


def test_new_words_are_read_everywhere_and_levels_stay(home: World, signed_in: As, teacher: Client) -> None:
    district = signed_in("DST")
    assert page_of(home.milestone) in district.get(f"/milestones/{home.milestone.public_id}/").content.decode()
    with tenant_context(home.tenant.pk):
        before = list(MilestoneStatus.objects.order_by("id").values())
    new = {"title": "Compares fractions", "description": "For sharing fairly", "kind": "engagement"}
    done = district.post(page_of(home.milestone), sent(district, home.milestone, **new), follow=True)
    assert "Saved: Compares fractions." in text_of(done)
    assert "Engagement" in text_of(done)
    assert "Compares fractions" in text_of(teacher.get(grid_of(home)))
    family = text_of(signed_in("LRN").get("/me/"))
    assert "Compares fractions" in family
    assert "LKV Fractions" not in family
    with tenant_context(home.tenant.pk):
        assert list(MilestoneStatus.objects.order_by("id").values()) == before
        assert Milestone.objects.get(pk=home.milestone.pk).version == 1  # of the bar, which did not move
    assert edits(home) == [{"fields": ["title", "description", "kind"]}]  # names of fields, never values


def test_the_words_before_are_kept_and_shown(home: World, signed_in: As) -> None:
    district = signed_in("DST")
    page = f"/milestones/{home.milestone.public_id}/"
    assert "Earlier words" not in text_of(district.get(page))
    for title, description in (("Compares fractions", "With a drawing"), ("Orders fractions", "On a line")):
        with tenant_context(home.tenant.pk):
            now = Milestone.objects.get(pk=home.milestone.pk)
        district.post(page_of(now), sent(district, now, title=title, description=description))
    earlier = text_of(district.get(page)).split("Earlier words")[1]
    assert earlier.index("Compares fractions") < earlier.index("With a drawing") < earlier.index("LKV Fractions")
    assert "Orders fractions" not in earlier


def test_the_same_words_again_are_no_edit(home: World, signed_in: As) -> None:
    district = signed_in("DST")
    assert district.post(page_of(home.milestone), sent(district, home.milestone)).status_code == 302
    assert edits(home) == []


def test_steps_of_a_long_term_goal(home: World, signed_in: As) -> None:
    district = signed_in("DST")
    steps = [str(home.other_milestone.public_id)]
    changes = {"horizon": "long", "steps": steps}
    assert district.post(page_of(home.milestone), sent(district, home.milestone, **changes)).status_code == 302
    with tenant_context(home.tenant.pk):
        assert MilestoneStep.objects.get(goal=home.milestone).step_id == home.other_milestone.pk
    assert edits(home) == [{"fields": ["horizon", "steps"]}]


def test_of_two_editors_the_slower_sees_both(home: World, signed_in: As) -> None:
    district = signed_in("DST")
    mine = sent(district, home.milestone, title="Mine")
    district.post(page_of(home.milestone), sent(district, home.milestone, title="Theirs"))
    told = district.post(page_of(home.milestone), mine)
    assert told.status_code == 409
    words = text_of(told)
    assert "Somebody else changed this milestone while you did" in words
    assert "Theirs" in words
    body = told.content.decode()
    assert 'value="Mine"' in body
    again = re.search(r'name="seen" value="([0-9a-f]{16})"', body)
    assert again is not None
    assert district.post(page_of(home.milestone), {**mine, "seen": again[1]}).status_code == 302
    with tenant_context(home.tenant.pk):
        assert Milestone.objects.get(pk=home.milestone.pk).title == "Mine"


def test_mistakes_are_named(home: World, signed_in: As) -> None:
    district = signed_in("DST")
    bad = {"title": " ", "kind": "odd", "horizon": "odd", "description": "x" * 2001, "steps": ["odd"]}
    told = district.post(page_of(home.milestone), sent(district, home.milestone, **bad))
    assert told.status_code == 422
    for sentence in (
        "Enter a title that says what learners do", "Choose the kind of milestone from the list",
        "Choose a short-term step or a long-term goal from the list", "Choose steps from the list",
        "The text has 2001 characters. Shorten it to 2000",
    ):  # fmt: skip
        assert sentence in text_of(told)
    assert edits(home) == []


def test_only_milestones_of_the_curriculum_in_use(cast: Cast, home: World, signed_in: As, teacher: Client) -> None:
    district = signed_in("DST")
    with tenant_context(home.tenant.pk):
        own = add_milestone("LKV Own", home.competencies[:1], section=home.section)
        ended = add_milestone("LKV Ended", home.competencies[:1], is_active=False)
    for milestone in (own, ended, cast.away.milestone):
        assert district.get(page_of(milestone)).status_code == 404
    assert teacher.get(page_of(home.milestone)).status_code in {403, 404}
    assert "Edit the words" not in text_of(teacher.get(f"/milestones/{home.milestone.public_id}/"))
