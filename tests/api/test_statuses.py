"""Statuses with flags and overrides, as of a past moment, and the explanation that the page is drawn from."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from assessments.services import record_evidence
from competencies.services import publish_policy
from milestones.bars import move_bar
from milestones.models import LevelOverride, MilestonePace, MilestoneStatus, SectionMilestone
from milestones.overrides import Place, end_override, set_override
from status_engine import Level
from tenancy.context import tenant_context
from tests.api.test_reads import get
from tests.builders import Cast, World, piece
from tests.milestones.test_bars import district, grows, higher

REASON = "Explained it to the whole class on Monday"


def rows_of(world: World, **query: Any) -> dict[tuple[str, str], dict[str, Any]]:
    status, body = get(world, "statuses/", **query)
    assert status == 200, body
    return {(row["learner"], row["milestone"]): row for row in body["results"]}


def own(world: World, **query: Any) -> dict[str, Any]:
    return rows_of(world, **query)[str(world.learner.public_id), str(world.milestone.public_id)]


def judge(world: World, level: int) -> LevelOverride:
    teacher = replace(world.system, roles=frozenset({"TCH"}), member_id=world.members["TCH"].pk)
    return set_override(teacher, place=Place(world.learner, world.milestone), level=level, reason=REASON)


def test_what_a_teacher_set_stands_beside_what_the_rule_says(cast: Cast) -> None:
    world = cast.home
    assert (own(world)["override"], own(world)["flags"]) == (None, [])
    with tenant_context(world.tenant.pk):
        one = judge(world, Level.MASTERY)
    row = own(world)
    assert (row["level"], row["computed_level"]) == ("mastery", "meets")
    assert row["flags"] == ["set_by_teacher"]
    assert row["override"] == {
        "id": str(one.public_id), "kind": "judgement", "level": "mastery", "reason": REASON, "until": None,
        "set_at": one.set_at.isoformat(), "set_by": str(world.members["TCH"].public_id),
    }  # fmt: skip
    assert get(world, "statuses/", level="mastery")[1]["results"] == [row]


def test_what_was_met_under_an_earlier_bar_is_told_apart_from_the_level_that_holds(cast: Cast) -> None:
    """`override.level` is what is kept; `level` rises above it with the rule, and `override.kind` says that it may."""
    world = cast.home
    key = str(world.learner.public_id), str(world.milestone.public_id)

    def told() -> tuple[str, str, str, str]:
        row = own(world)
        why = get(world, f"statuses/{key[0]}/{key[1]}/explanation/")[1]
        assert (why["level"], why["override"]) == (row["level"], row["override"]), "both answers say the same"
        return row["level"], row["computed_level"], row["override"]["kind"], row["override"]["level"]

    with tenant_context(world.tenant.pk):
        bar = higher(world.milestone)
        move_bar(district(world), milestone=world.milestone, bar=bar, reason="The state asks for more", version=1)
    level, computed, kind, kept = told()
    assert (level, kind, kept) == ("meets", "bar", "meets")
    assert computed in {"beginning", "developing"}
    with tenant_context(world.tenant.pk):
        grows(world, world.learner, 90)
    assert told() == ("mastery", "mastery", "bar", "meets")


@pytest.mark.django_db
def test_the_document_says_which_level_is_which(client: Client) -> None:
    document = client.get("/api/v1/schema/?format=json", headers={"Accept": "application/json"}).json()
    parts = document["components"]["schemas"]
    assert "`bar`" in parts["Status"]["properties"]["level"]["description"]
    override = parts["Override"]["properties"]
    assert "Not always the one that holds" in override["level"]["description"]
    assert "floor" in override["kind"]["description"]


@pytest.mark.parametrize(
    ("values", "due", "flags"),
    [
        ({"level": 2, "previous_level": 3, "days": 29}, 5, ["dropped", "stalled"]),
        ({"level": 2, "previous_level": 3, "days": 31}, 5, ["stalled"]),
        ({"level": 2, "previous_level": 1, "days": 21}, 5, []),
        ({"level": 2, "previous_level": 1, "days": 22}, -1, ["stalled", "behind_pace"]),
        ({"level": 0, "previous_level": 0, "days": 1}, -1, ["past_target"]),
        ({"level": 3, "previous_level": 0, "days": 90}, -1, []),
    ],
)
def test_flags_of_time(cast: Cast, values: dict[str, int], due: int, flags: list[str]) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        # An hour more or less: the limits are whole days.
        since = timezone.now() - timedelta(days=values.pop("days")) + timedelta(hours=1)
        since -= timedelta(hours=2) if flags and "stalled" in flags else timedelta()
        MilestoneStatus.objects.filter(learner=world.learner).update(since=since, **values)
        SectionMilestone.objects.update(due_on=world.system.today + timedelta(days=due))
    assert own(world)["flags"] == flags


def test_stalled_follows_the_cohort_and_the_policy_before_it(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        since = timezone.now() - timedelta(days=10)
        MilestoneStatus.objects.filter(learner=world.learner).update(since=since, level=2, previous_level=1)
        assert own(world)["flags"] == []
        MilestonePace.objects.create(milestone=world.milestone, level=2, stays=12, median_days=6, stalled_after=9)
        assert own(world)["flags"] == ["stalled"]
        publish_policy(world.system, name="House rule", rule={"method": "ewma", "stalled_after": 14})
        MilestoneStatus.objects.filter(learner=world.learner).update(since=since, level=2, previous_level=1)
        assert own(world)["flags"] == []


def test_as_of_a_moment_before_and_after(cast: Cast) -> None:
    world = cast.home
    before = timezone.now()
    with tenant_context(world.tenant.pk):
        one = judge(world, Level.MASTERY)
        between = timezone.now()
        teacher = replace(world.system, roles=frozenset({"TCH"}), member_id=world.members["TCH"].pk)
        end_override(teacher, override=one)
    assert own(world)["level"] == "meets"
    then = own(world, as_of=between.isoformat())
    assert (then["level"], then["computed_level"], then["flags"]) == ("mastery", "meets", ["set_by_teacher"])
    assert then["override"]["reason"] == REASON
    then = own(world, as_of=before.isoformat(), by="recorded")
    assert (then["level"], then["override"]) == ("meets", None)
    long_ago = own(world, as_of="2001-01-01")
    assert (long_ago["level"], long_ago["since"]) == ("not-started", None)
    today = own(world, as_of=world.system.today.isoformat())
    assert today["level"] == "meets"


def test_by_asks_when_it_happened_or_when_it_was_known(cast: Cast) -> None:
    world = cast.home
    key = (str(world.learner.public_id), str(world.other_milestone.public_id))
    with tenant_context(world.tenant.pk):
        for competency in world.competencies[1:3]:
            for _ in range(2):
                day = timezone.now() - timedelta(days=40)
                record_evidence(world.system, piece=piece(world, world.learner, competency, 3, occurred_at=day))
    then = (world.system.today - timedelta(days=30)).isoformat()
    assert rows_of(world, as_of=then)[key]["level"] == "meets"
    assert rows_of(world, as_of=then, by="occurred")[key]["level"] == "meets"
    assert rows_of(world, as_of=then, by="recorded")[key]["level"] == "not-started"


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"as_of": "2999-01-01"}, "as_of", 'as_of was "2999-01-01". Use today or an earlier day, like 20'),
        ({"as_of": "yesterday"}, "as_of", 'as_of was "yesterday". Use a day like 2026-10-03'),
        ({"as_of": "2026-02-30"}, "as_of", "Use a day like"),
        ({"as_of": "2026-02-03T10:00:00"}, "as_of", "with its offset"),
        ({"as_of": "9999-12-31T23:59:59+00:00"}, "as_of", "as_of was"),
        ({"as_of": "0001-01-01"}, "as_of", "as_of was"),
        ({"as_of": "1989-12-31"}, "as_of", "Use a day from 1990 on"),
        ({"as_of": "\x00"}, "as_of", "as_of was"),
        ({"as_of": "2026-01-01", "by": "seen"}, "by", 'by was "seen". Use occurred or recorded'),
        ({"by": "recorded"}, "by", "Say as_of as well"),
        ({"as_of": "2026-01-01", "level": "meets"}, "level", "level is about now"),
        ({"as_of": "2026-01-01", "explain": "true"}, "explain", "explain is about now"),
    ],
)
def test_bad_moments_are_named_with_the_fix(cast: Cast, query: dict[str, str], field: str, words: str) -> None:
    status, body = get(cast.home, "statuses/", **query)
    assert status == 400
    assert body["errors"][0]["field"] == field
    assert words in body["errors"][0]["message"]


def test_a_plus_that_was_not_escaped_is_a_plus(cast: Cast) -> None:
    world = cast.home
    headers = {"Authorization": f"Bearer {world.token}"}
    for text in ("2026-01-05T10:00:00+01:00", quote("2026-01-05T10:00:00+01:00")):
        assert Client().get(f"/api/v1/statuses/?as_of={text}", headers=headers).status_code == 200


def test_other_lists_know_no_as_of(cast: Cast) -> None:
    for name in ("learners", "milestones", "sections", "frameworks"):
        status, body = get(cast.home, f"{name}/", as_of="2026-01-01")
        assert (status, body["errors"][0]["field"]) == (400, "as_of")


def explanation(world: World, **query: Any) -> Any:
    return get(world, f"statuses/{world.learner.public_id}/{world.milestone.public_id}/explanation/", **query)


def test_the_explanation_is_what_the_page_is_drawn_from(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        judge(world, Level.MASTERY)
    status, body = explanation(world)
    assert status == 200
    client = Client()
    client.force_login(world.users["TCH"])
    address = f"/learners/{world.learner.public_id}/milestones/{world.milestone.public_id}/"
    page = client.get(address).context["page"]
    drawn = [reason.explanation for reason in page.reasons]
    assert json.dumps([one["explanation"] for one in body["criteria"]]) == json.dumps(drawn)
    assert (body["level"], body["computed_level"], body["rule"]) == ("mastery", "meets", "all")
    assert body["override"]["reason"] == REASON
    [criterion] = body["criteria"]
    assert criterion["policy"] == {"name": "House rule", "version": 1}
    assert len(criterion["digest"]) == 16
    assert criterion["is_true_to_ledger"] is True
    with tenant_context(world.tenant.pk):
        frozen = LevelOverride.objects.get().explanation["criteria"]
    assert frozen == body["criteria"]


def test_the_explanation_of_a_past_day(cast: Cast) -> None:
    world = cast.home
    client = Client()
    client.force_login(world.users["TCH"])
    address = f"/learners/{world.learner.public_id}/milestones/{world.milestone.public_id}/"
    with tenant_context(world.tenant.pk):
        long_ago = timezone.now() - timedelta(days=50)
        record_evidence(world.system, piece=piece(world, world.learner, world.competencies[0], 1, occurred_at=long_ago))
    day = (world.system.today - timedelta(days=20)).isoformat()
    status, body = explanation(world, as_of=day)
    assert (status, body["level"], body["by"]) == (200, "beginning", "occurred")
    assert len(body["criteria"][0]["explanation"]["counted"]) == 1
    page = client.get(address, {"as_of": day}).context["page"]
    assert [one["explanation"] for one in body["criteria"]] == [reason.explanation for reason in page.reasons]
    assert explanation(world, as_of=day, by="recorded")[1]["level"] == "not-started"
    assert explanation(world, colour="red")[0] == 400
