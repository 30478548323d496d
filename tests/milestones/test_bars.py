"""Moving a bar and splitting a milestone: the preview is what happens, what was met is kept, the past is the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from assessments.services import record_evidence
from learners.models import Learner
from milestones.bars import Asks, Bar, bar_of, move_bar, try_bar
from milestones.criteria import roll_up_milestone_pairs
from milestones.history import levels_as_of
from milestones.models import (
    Criterion,
    LevelOverride,
    Milestone,
    MilestoneStatus,
    MilestoneVersion,
    SectionMilestone,
    StatusChange,
)
from milestones.overrides import Place, end_override, set_override
from milestones.past import BY
from milestones.plans import roll_up_existing
from milestones.splits import Part, split_milestone, try_split
from milestones.verify import verify_tenant
from status_engine import Flag
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.errors import Conflict, Invalid, NotFound
from tests.builders import Cast, World, add_competency, add_learner, piece

REASON = "The state test asks for more from now on"


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def district(world: World) -> Actor:
    return replace(world.system, roles=frozenset({"DST"}), member_id=world.members["DST"].pk)


def shows(world: World, learner: Learner, *scores: float, competency: int = 0) -> None:
    for n, score in enumerate(scores):
        moment = timezone.now() - timedelta(days=len(scores) - n)
        one = piece(world, learner, world.competencies[competency], score, occurred_at=moment, task=f"t{score}{n}")
        record_evidence(world.system, piece=one)


def levels(world: World, milestone: Milestone) -> dict[str, int]:
    rows = MilestoneStatus.objects.filter(milestone=milestone).values_list("learner__given_name", "level")
    return dict(rows)


def higher(milestone: Milestone, level: int = 4) -> Bar:
    bar = bar_of(milestone)
    return replace(bar, criteria={key: replace(one, required_level=level) for key, one in bar.criteria.items()})


def people(world: World) -> None:
    for name, scores in (("Met", (3, 3, 3)), ("Master", (4, 4, 4)), ("Way", (2, 2)), ("First", (1,))):
        shows(world, add_learner(world, name, world.section), *scores)


def test_what_was_met_is_kept_and_the_preview_says_so(home: World) -> None:
    with tenant_context(home.tenant.pk):
        people(home)
        milestone = home.milestone
        before = levels(home, milestone)
        moves = try_bar(milestone, higher(milestone))
        assert levels(home, milestone) == before, "trying writes nothing"
        done = move_bar(district(home), milestone=milestone, bar=higher(milestone), reason=REASON, version=1)
        assert done == moves
        after = levels(home, milestone)
        assert before["Met"] == after["Met"] == 3
        assert after["Master"] == before["Master"] == 4
        kept = LevelOverride.objects.get(learner__given_name="Met")
        assert (kept.kind, kept.level) == ("bar", 3)
        assert kept.explanation["criteria"][0]["required_level"] == "meets", "frozen under the old bar"
        stored = MilestoneStatus.objects.get(milestone=milestone, learner__given_name="Met")
        assert stored.computed_level < 3
        version = MilestoneVersion.objects.get()
        kept_ones = sum(one.is_kept for one in moves)
        assert (version.number, version.kept, version.criteria[0]["required_level"]) == (1, kept_ones, 3)
        milestone.refresh_from_db()
        assert milestone.version == 2
    assert verify_tenant(home.tenant.pk).differing == 0
    with tenant_context(home.tenant.pk):
        end_override(replace(district(home), roles=frozenset({"TCH"}), member_id=home.members["TCH"].pk), override=kept)
        assert levels(home, milestone)["Met"] < 3
    assert verify_tenant(home.tenant.pk).differing == 0


def test_everybody_by_the_new_bar(home: World) -> None:
    with tenant_context(home.tenant.pk):
        people(home)
        bar = higher(home.milestone)
        moves = {one.learner_id: one for one in try_bar(home.milestone, bar)}
        move_bar(district(home), milestone=home.milestone, bar=bar, reason=REASON, version=1, keeps_met=False)
        rows = MilestoneStatus.objects.filter(milestone=home.milestone)
        assert {row.learner_id: row.level for row in rows} == {key: one.after for key, one in moves.items()}
        assert not LevelOverride.objects.exists()
        assert StatusChange.objects.filter(cause="bar", milestone=home.milestone).exists()
    assert verify_tenant(home.tenant.pk).differing == 0


def test_the_past_is_judged_by_the_bar_of_its_time(home: World) -> None:
    with tenant_context(home.tenant.pk):
        people(home)
        moment = timezone.now()
        before = levels(home, home.milestone)
        bar = higher(home.milestone)
        move_bar(district(home), milestone=home.milestone, bar=bar, reason=REASON, version=1, keeps_met=False)
        assert levels(home, home.milestone) != before
        assert then(home, moment) == before
        assert then(home, timezone.now()) == levels(home, home.milestone)


def then(world: World, at: datetime) -> dict[str, int]:
    learners = dict(Learner.objects.values_list("id", "given_name"))
    found = levels_as_of(learners, [world.milestone.pk], at, "recorded")
    return {learners[learner]: level for (learner, _milestone), level in found.items()}


def grows(world: World, learner: Learner, minutes: int, score: float = 4) -> None:
    """So much newer work that nothing before it counts any more."""
    for n in range(12):
        moment = timezone.now() - timedelta(minutes=minutes - n)
        record_evidence(world.system, piece=piece(world, learner, world.competencies[0], score, occurred_at=moment))


def test_what_was_kept_is_a_floor_and_no_ceiling(home: World) -> None:
    """Who grows past the level that was kept is not held back by it; falling back, it holds again."""
    with tenant_context(home.tenant.pk):
        mia = add_learner(home, "Mia", home.section)
        shows(home, mia, 3, 3, 3)
        move_bar(district(home), milestone=home.milestone, bar=higher(home.milestone), reason=REASON, version=1)
        assert levels(home, home.milestone)["Mia"] == 3
        grows(home, mia, 90)
        grown = MilestoneStatus.objects.get(milestone=home.milestone, learner=mia)
        assert (grown.level, grown.computed_level, grown.flags & int(Flag.SET_BY_TEACHER)) == (4, 4, 0)
        for by in BY:
            assert levels_as_of([mia.pk], [home.milestone.pk], timezone.now(), by)[mia.pk, home.milestone.pk] == 4
    assert verify_tenant(home.tenant.pk).differing == 0
    with tenant_context(home.tenant.pk):
        grows(home, mia, 45, 2)
        held = MilestoneStatus.objects.get(milestone=home.milestone, learner=mia)
        assert (held.level, held.computed_level < 3) == (3, True)
        assert levels_as_of([mia.pk], [home.milestone.pk], timezone.now())[mia.pk, home.milestone.pk] == 3
    assert verify_tenant(home.tenant.pk).differing == 0


def test_a_second_bar_leaves_one_level_kept(home: World) -> None:
    """Grown past what was kept, the learner keeps the new level under the next bar; the earlier one has ended."""
    with tenant_context(home.tenant.pk):
        mia = add_learner(home, "Mia", home.section)
        shows(home, mia, 3, 3, 3)
        start, hardest = home.milestone, add_competency(home.framework, "B.1", 90)
        Criterion.objects.create(milestone=start, competency=hardest, required_level=1, position=1)
        Milestone.objects.filter(pk=start.pk).update(rule="any")
        roll_up_milestone_pairs([(mia.pk, start.pk)], "milestone")
        bar = higher(start)
        move_bar(district(home), milestone=start, bar=replace(bar, rule="any"), reason=REASON, version=1)
        assert levels(home, start)["Mia"] == 3
        grows(home, mia, 90)
        assert levels(home, start)["Mia"] >= 3
        start.refresh_from_db()
        move_bar(district(home), milestone=start, bar=replace(bar_of(start), rule="all"), reason=REASON, version=2)
        standing = LevelOverride.objects.filter(milestone=start, learner=mia, ends=None)
        assert standing.count() == 1
        assert levels(home, start)["Mia"] == standing.get().level
    assert verify_tenant(home.tenant.pk).differing == 0


def test_a_level_that_a_teacher_set_is_a_ceiling_too(home: World) -> None:
    with tenant_context(home.tenant.pk):
        mia = add_learner(home, "Mia", home.section)
        grows(home, mia, 90)
        teacher = replace(home.system, roles=frozenset({"TCH"}), member_id=home.members["TCH"].pk)
        set_override(teacher, place=Place(mia, home.milestone), level=2, reason="Copied it, as she told me herself")
        grows(home, mia, 45)
        row = MilestoneStatus.objects.get(milestone=home.milestone, learner=mia)
        assert (row.level, row.computed_level) == (2, 4)
    assert verify_tenant(home.tenant.pk).differing == 0


def test_a_level_set_by_a_teacher_is_left_alone(home: World) -> None:
    with tenant_context(home.tenant.pk):
        people(home)
        row = MilestoneStatus.objects.get(milestone=home.milestone, learner__given_name="Way")
        LevelOverride.objects.create(
            learner_id=row.learner_id,
            milestone=home.milestone,
            level=3,
            computed_level=2,
            reason="Told it",
            explanation={},
        )
        MilestoneStatus.objects.filter(pk=row.pk).update(set_level=3, level=3, flags=8)
        move_bar(district(home), milestone=home.milestone, bar=higher(home.milestone), reason=REASON, version=1)
        assert levels(home, home.milestone)["Way"] == 3
        assert LevelOverride.objects.filter(learner_id=row.learner_id).count() == 1
    assert verify_tenant(home.tenant.pk).differing == 0


def test_lower_bar_lifts(home: World) -> None:
    with tenant_context(home.tenant.pk):
        people(home)
        move_bar(district(home), milestone=home.milestone, bar=higher(home.milestone, 2), reason=REASON, version=1)
        assert levels(home, home.milestone)["Way"] >= 3
    assert verify_tenant(home.tenant.pk).differing == 0


BAD = [
    ({"reason": "short"}, "Enter the reason with at least 15 characters"),
    ({"bar": "same"}, "This is the goal as it is. Change a level, a number or the rule"),
    ({"rule": "at_least", "need": Decimal(9)}, "need was 9. Use a number above 0, up to 1"),
    ({"rule": "fanciest"}, 'rule was "fanciest". Use one of'),
    ({"level": 0}, "A criterion asks for a level from beginning to mastery"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD, ids=[one[1] for one in BAD])
def test_bad_bars(home: World, wrong: dict[str, Any], sentence: str) -> None:
    with tenant_context(home.tenant.pk):
        bar = bar_of(home.milestone) if wrong.get("bar") else higher(home.milestone, wrong.get("level", 4))
        bar = replace(bar, rule=wrong.get("rule", bar.rule), need=wrong.get("need", bar.need))
        with pytest.raises(Invalid) as caught:
            move_bar(district(home), milestone=home.milestone, bar=bar, reason=wrong.get("reason", REASON), version=1)
        assert sentence in "; ".join(one["message"] for one in caught.value.problems)
        assert not MilestoneVersion.objects.exists()


def test_who_may_and_who_was_slower(home: World) -> None:
    with tenant_context(home.tenant.pk):
        bar, teacher = higher(home.milestone), replace(home.system, roles=frozenset({"TCH"}))
        with pytest.raises(NotFound):
            move_bar(teacher, milestone=home.milestone, bar=bar, reason=REASON, version=1)
        move_bar(district(home), milestone=home.milestone, bar=bar, reason=REASON, version=1)
        lower = higher(home.milestone, 2)
        with pytest.raises(Conflict):
            move_bar(district(home), milestone=home.milestone, bar=lower, reason=REASON, version=1)


def two_criteria(world: World) -> tuple[Milestone, list[int]]:
    milestone = world.other_milestone  # LKV.1 and LKV.2
    return milestone, list(milestone.criteria.order_by("position").values_list("id", flat=True))


def test_a_split_keeps_what_was_shown_and_takes_the_places(home: World) -> None:
    with tenant_context(home.tenant.pk):
        milestone, (first, second) = two_criteria(home)
        mia = add_learner(home, "Mia", home.section)
        shows(home, mia, 3, 3, 3, competency=1)
        due = SectionMilestone.objects.get(milestone=milestone).due_on
        parts = [Part("Finds ratios", frozenset({first})), Part("Uses ratios", frozenset({second, first}))]
        counts = try_split(milestone, parts)
        made = split_milestone(district(home), milestone=milestone, parts=parts)
        assert [one.title for one in made] == ["Finds ratios", "Uses ratios"]
        assert [one.criteria.count() for one in made] == [1, 2]
        for one, expected in zip(made, counts, strict=True):
            rows = MilestoneStatus.objects.filter(milestone=one).values_list("level", flat=True)
            assert [sum(level == n for level in rows) for n in range(1, 5)] == list(expected.counts[1:])
        assert levels(home, made[0])["Mia"] == 3
        assert [row.due_on for row in SectionMilestone.objects.filter(milestone__in=made)] == [due, due]
        milestone.refresh_from_db()
        assert (milestone.is_active, milestone.ended_on) == (False, home.system.today)
        assert MilestoneStatus.objects.filter(milestone=milestone, learner=mia).exists(), "its history is kept"
        with pytest.raises(Conflict):
            split_milestone(district(home), milestone=milestone, parts=parts)
        shows(home, mia, 4, competency=1)
    assert verify_tenant(home.tenant.pk).differing == 0


def split_after_a_bar(world: World, rule: str, need: Decimal | None = None) -> tuple[Milestone, list[Part]]:
    """Two criteria under a rule; then the bar goes up to Mastery for both; then it is to be split into its halves."""
    milestone, (first, second) = two_criteria(world)
    Milestone.objects.filter(pk=milestone.pk).update(rule=rule, need=need)
    milestone.refresh_from_db()
    both, one_of_them = (add_learner(world, name, world.section) for name in ("Both", "One"))
    for competency in (1, 2):
        shows(world, both, 3, 3, 3, competency=competency)
    shows(world, one_of_them, 3, 3, 3, competency=1)
    shows(world, one_of_them, 1, competency=2)
    roll_up_existing(milestone)
    move_bar(district(world), milestone=milestone, bar=higher(milestone), reason=REASON, version=1)
    milestone.refresh_from_db()
    return milestone, [Part("Finds ratios", frozenset({first})), Part("Uses ratios", frozenset({second}))]


def test_a_split_carries_what_was_met_under_an_earlier_bar(home: World) -> None:
    """Each part keeps it where its own criteria were met then; the preview and what happens are the same."""
    with tenant_context(home.tenant.pk):
        milestone, parts = split_after_a_bar(home, "any")
        assert levels(home, milestone) | {"Both": 3, "One": 3} == levels(home, milestone)
        before = LevelOverride.objects.count()
        tried = try_split(milestone, parts)
        assert [one.keep for one in tried] == [2, 1]
        assert LevelOverride.objects.count() == before, "trying writes nothing"
        finds, uses = split_milestone(district(home), milestone=milestone, parts=parts)
        for made, as_tried in zip((finds, uses), tried, strict=True):
            rows = list(MilestoneStatus.objects.filter(milestone=made).values_list("level", flat=True))
            assert [rows.count(n) for n in range(1, 5)] == list(as_tried.counts[1:])
        assert (levels(home, finds)["Both"], levels(home, finds)["One"]) == (3, 3)
        assert levels(home, uses)["Both"] == 3
        assert levels(home, uses)["One"] < 3, "the other half was never met"
        kept = LevelOverride.objects.get(milestone=uses)
        assert (kept.kind, kept.learner.given_name, kept.explanation["level"]) == ("bar", "Both", "meets")
        assert kept.reason.startswith("Met under the goal that stood until")
        changes = StatusChange.objects.filter(milestone=uses, learner__given_name="Both")
        assert list(changes.values_list("from_level", "to_level")) == [(0, 3)], "no detour in the history"
    assert verify_tenant(home.tenant.pk).differing == 0


def test_what_a_teacher_let_the_new_goal_decide_is_not_carried(home: World) -> None:
    with tenant_context(home.tenant.pk):
        milestone, parts = split_after_a_bar(home, "all")
        kept = LevelOverride.objects.get(learner__given_name="Both")
        teacher = replace(district(home), roles=frozenset({"TCH"}), member_id=home.members["TCH"].pk)
        end_override(teacher, override=kept)
        assert [one.keep for one in try_split(milestone, parts)] == [0, 0]
        split_milestone(district(home), milestone=milestone, parts=parts)
        assert LevelOverride.objects.count() == 1
    assert verify_tenant(home.tenant.pk).differing == 0


def test_two_bars_later_it_is_still_carried(home: World) -> None:
    """Kept under the second bar for what was met under the first: the first explanation says it."""
    with tenant_context(home.tenant.pk):
        milestone, parts = split_after_a_bar(home, "all")
        lower = replace(bar_of(milestone), rule="at_least", need=Decimal(2))
        move_bar(district(home), milestone=milestone, bar=lower, reason=REASON, version=2)
        milestone.refresh_from_db()
        assert [one.keep for one in try_split(milestone, parts)] == [1, 1]
        made = split_milestone(district(home), milestone=milestone, parts=parts)
        assert [levels(home, one)["Both"] for one in made] == [3, 3]
    assert verify_tenant(home.tenant.pk).differing == 0


BAD_PARTS = [
    ([("Only one", (0, 1))], "A split makes 2 to 6 milestones. Enter a title for each of them"),
    ([("", (0,)), ("B", (1,))], "Enter a title for milestone 1"),
    ([("A" * 201, (0,)), ("B", (1,))], "The title of milestone 1 has 201 characters. Shorten it to 200"),
    ([("A", ()), ("B", (0, 1))], "Milestone 1 asks for nothing. Choose at least one criterion for it"),
    ([("A", (0,)), ("B", (0,))], "Every criterion has to go to one of the milestones. Place those that are left"),
]


@pytest.mark.parametrize(("given", "sentence"), BAD_PARTS, ids=[one[1] for one in BAD_PARTS])
def test_bad_parts(home: World, given: list[tuple[str, tuple[int, ...]]], sentence: str) -> None:
    with tenant_context(home.tenant.pk):
        milestone, keys = two_criteria(home)
        parts = [Part(title, frozenset(keys[n] for n in chosen)) for title, chosen in given]
        with pytest.raises(Invalid) as caught:
            split_milestone(district(home), milestone=milestone, parts=parts)
        assert sentence in "; ".join(one["message"] for one in caught.value.problems)
        assert Milestone.objects.filter(split_from=milestone).count() == 0


def test_an_indicator_keeps_its_earlier_target(home: World) -> None:
    with tenant_context(home.tenant.pk):
        criterion = home.milestone.criteria.get()
        criterion.measure, criterion.target = "rate", Decimal("90.5")
        criterion.save()
        bar = Bar("all", None, {criterion.pk: Asks(3, Decimal(95))})
        move_bar(district(home), milestone=home.milestone, bar=bar, reason=REASON, version=1)
        assert MilestoneVersion.objects.get().criteria[0]["target"] == 90.5
        assert home.milestone.criteria.get().target == 95
