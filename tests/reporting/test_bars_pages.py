"""Pages of a milestone: its goal and the earlier ones, changing it with a preview, splitting it, health."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.services import record_many
from learners.models import Enrolment, Learner, SectionTerm, Term
from milestones.health import NEVER_ASSESSED, TELLS_NOBODY_APART, TOO_EASY, TOO_HARD, health_of
from milestones.models import Milestone, MilestonePace, MilestoneStatus, MilestoneVersion, SectionMilestone
from milestones.services import release_levels
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tests.builders import World, add_competency, add_learner, add_milestone, piece
from tests.reporting.conftest import As, milestone_page, text_of


@pytest.fixture
def own(home: World) -> Milestone:
    """A milestone of the teacher's own class, on two competencies."""
    with tenant_context(home.tenant.pk):
        made = add_milestone("LKV Own", home.competencies[1:3], section=home.section)
        SectionMilestone.objects.create(section=home.section, milestone=made)
        return made


def address(milestone: Milestone, end: str = "") -> str:
    return f"/milestones/{milestone.public_id}/{end}"


def meets(world: World, milestone: Milestone, *names: str) -> list[Learner]:
    learners = [add_learner(world, name, world.section) for name in names]
    pieces = [
        piece(world, one, row.competency, 3, task=f"{n}", occurred_at=timezone.now() - timedelta(days=n + 1))
        for one in learners
        for row in milestone.criteria.select_related("competency")
        for n in range(3)
    ]
    record_many(world.system, pieces=[type(one)(**{**_fields(one), "n": n}) for n, one in enumerate(pieces)],
                is_waited_for=True)  # fmt: skip
    return learners


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def form_of(milestone: Milestone, level: int = 4, **values: Any) -> dict[str, Any]:
    keys = list(milestone.criteria.values_list("id", flat=True))
    return {
        "version": "1", "rule": "all", "need": "", "reason": "The state test asks for more", "keep": "yes",
        **{f"level-{key}": str(level) for key in keys}, **values,
    }  # fmt: skip


def test_preview_then_in_force(home: World, teacher: Client, own: Milestone, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        mia = meets(home, own, "Mia")[0]
        data = form_of(own)
    tried = teacher.post(address(own, "bar/"), {**data, "preview": "1"})
    words = text_of(tried)
    assert "1 learner has a level." in words
    assert "1 keep what they met under the goal so far" in words
    assert "Mia LKV Meets Meets kept" in words
    with tenant_context(home.tenant.pk):
        assert not MilestoneVersion.objects.exists()
    done = teacher.post(address(own, "bar/"), {**data, "apply": "1"}, follow=True)
    assert "The goal is changed. 1 learner keeps what was met." in text_of(done)
    assert "The state test asks for more" in text_of(teacher.get(address(own)))
    page = text_of(teacher.get(milestone_page(home, mia, own)))
    assert "Met under an earlier goal" in page
    assert "Meets, met before the goal was changed on" in page
    grid = teacher.get(f"/classes/{home.section.public_id}/grid/").content.decode()
    assert "met under an earlier goal" in grid
    late = teacher.post(address(own, "bar/"), {**form_of_again(home, own), "apply": "1"})
    assert late.status_code == 409
    with tenant_context(home.tenant.pk):
        Learner.objects.filter(pk=home.learner.pk).update(is_active=True)
        assert MilestoneStatus.objects.get(learner=mia, milestone=own).level == 3


def test_who_grows_past_what_was_kept_reads_nothing_of_it(home: World, teacher: Client, own: Milestone) -> None:
    with tenant_context(home.tenant.pk):
        mia = meets(home, own, "Mia")[0]
        data = form_of(own)
    teacher.post(address(own, "bar/"), {**data, "apply": "1"})
    assert "Met under an earlier goal" in text_of(teacher.get(milestone_page(home, mia, own)))
    with tenant_context(home.tenant.pk):
        moments = [timezone.now() - timedelta(minutes=30 - n) for n in range(12)]
        rows = [
            piece(home, mia, one.competency, 4, n=12 * m + n, occurred_at=moment)
            for m, one in enumerate(own.criteria.select_related("competency"))
            for n, moment in enumerate(moments)
        ]
        record_many(home.system, pieces=rows, is_waited_for=True)
    words = text_of(teacher.get(milestone_page(home, mia, own)))
    assert "Why Mastery?" in words
    assert "Met under an earlier goal" not in words
    assert words.count("met before the goal was changed on") == 1, "only in the list of what was set"


def form_of_again(home: World, own: Milestone) -> dict[str, Any]:
    with tenant_context(home.tenant.pk):
        return form_of(own, level=1)


def test_a_learner_is_told_kindly(home: World, teacher: Client, own: Milestone, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        pieces = [
            piece(home, home.learner, row.competency, 3, task=f"{n}", n=3 * m + n)
            for m, row in enumerate(own.criteria.select_related("competency"))
            for n in range(3)
        ]
        record_many(home.system, pieces=pieces, is_waited_for=True)
        release_levels(home.system, section=home.section)
        data = form_of(own)
    teacher.post(address(own, "bar/"), {**data, "apply": "1"})
    words = text_of(signed_in("LRN").get("/me/"))
    assert "The goal of LKV Own has changed. What you have shown still counts." in words
    with tenant_context(home.tenant.pk):
        keys = list(own.criteria.order_by("position").values_list("id", flat=True))
    parts = {"title-1": "First half", f"part-1-{keys[0]}": "on", "title-2": "Second half", f"part-2-{keys[1]}": "on"}
    split = teacher.post(address(own, "split/"), {**parts, "apply": "1"}, follow=True)
    assert "Split into 2 milestones." in text_of(split)
    words = text_of(signed_in("LRN").get("/me/"))
    assert "LKV Own is now First half, Second half. What you have shown still counts." in words
    assert "Ended on" in text_of(teacher.get(address(own)))
    assert teacher.get(milestone_page(home, home.learner, own)).status_code == 200, "its history is readable"


def test_split_preview_writes_nothing(home: World, teacher: Client, own: Milestone) -> None:
    with tenant_context(home.tenant.pk):
        meets(home, own, "Mia")
        keys = list(own.criteria.order_by("position").values_list("id", flat=True))
    parts = {"title-1": "First half", f"part-1-{keys[0]}": "on", "title-2": "Second half", f"part-2-{keys[1]}": "on"}
    tried = teacher.post(address(own, "split/"), {**parts, "preview": "1"})
    assert "Where learners would stand" in text_of(tried)
    assert 'value="First half"' in tried.content.decode()
    with tenant_context(home.tenant.pk):
        assert not Milestone.objects.filter(split_from=own).exists()
    wrong = teacher.post(address(own, "split/"), {"title-1": "Alone", "apply": "1"})
    assert wrong.status_code == 422
    assert "A split makes 2 to 6 milestones. Enter a title for each of them" in text_of(wrong)


def test_bad_numbers_are_named(home: World, teacher: Client, own: Milestone) -> None:
    with tenant_context(home.tenant.pk):
        data = form_of(own, rule="at_least", need="many")
    response = teacher.post(address(own, "bar/"), {**data, "preview": "1"})
    assert response.status_code == 422
    assert "“many” is not a number. Enter one, like 95" in text_of(response)
    assert "The state test asks for more" in response.content.decode(), "what was typed is still there"


def test_a_teacher_changes_no_milestone_of_the_curriculum(home: World, teacher: Client) -> None:
    assert teacher.get(address(home.milestone)).status_code == 200
    assert teacher.get(address(home.milestone, "bar/")).status_code == 404


def spread(world: World, levels: dict[int, int], **plan: Any) -> Milestone:
    """A milestone with so many learners per level, in a class of its own."""
    competency = add_competency(world.framework, f"H{uuid7()}", 500)
    made = add_milestone("LKV H", [competency])
    SectionMilestone.objects.create(section=world.section, milestone=made, **plan)
    for level, count in levels.items():
        for n in range(count):
            learner = add_learner(world, f"H{made.pk}-{level}{n}", world.section)
            MilestoneStatus.objects.create(
                learner=learner, milestone=made, level=level, computed_level=level, since=timezone.now()
            )
    return made


CASES = [
    ({3: 19, 2: 1}, {}, TOO_EASY), ({2: 9, 1: 9, 3: 2}, {"due": -1}, TOO_HARD), ({2: 9, 1: 9, 3: 2}, {"due": 5}, ""),
    ({2: 19, 3: 2}, {"due": 5}, TELLS_NOBODY_APART), ({2: 5, 3: 5}, {}, ""), ({3: 5}, {}, "few"),
    ({0: 12}, {"begun": 40}, NEVER_ASSESSED), ({0: 12}, {"begun": 10}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("levels", "plan", "finding"), CASES, ids=[f"{one[0]} {one[1]}" for one in CASES])
def test_findings(home: World, levels: dict[int, int], plan: dict[str, int], finding: str) -> None:
    with tenant_context(home.tenant.pk):
        today = home.system.today
        due = {"due_on": today + timedelta(days=plan["due"])} if "due" in plan else {}
        Enrolment.objects.all().delete()
        made = spread(home, levels, **due)
        if "begun" in plan:
            Enrolment.objects.update(begins_on=today - timedelta(days=plan["begun"]))
            MilestoneStatus.objects.filter(milestone=made, level=0).delete()
        found = health_of([made.pk], [home.section.pk], today)[made.pk]
        assert found.finding == finding


TOO_FEW_MET = {2: 9, 1: 9, 3: 2}
TIMES = [
    # levels, days since the first level, usual days, days until the target date, finding
    (TOO_FEW_MET, 61, None, None, TOO_HARD), (TOO_FEW_MET, 59, None, None, ""), (TOO_FEW_MET, 61, 120, None, ""),
    (TOO_FEW_MET, 121, 120, None, TOO_HARD), (TOO_FEW_MET, 40, 30, None, TOO_HARD), (TOO_FEW_MET, 20, 4, None, ""),
    (TOO_FEW_MET, 5, 120, -1, TOO_HARD),
    ({}, 0, None, None, NEVER_ASSESSED), ({}, 0, 40, 41, ""), ({}, 0, 40, 40, NEVER_ASSESSED), ({}, 0, None, 61, ""),
]  # fmt: skip


@pytest.mark.parametrize(("levels", "first", "usual", "left", "finding"), TIMES)
def test_findings_know_how_long_it_usually_takes(
    home: World, levels: dict[int, int], first: int, usual: int | None, left: int | None, finding: str
) -> None:
    with tenant_context(home.tenant.pk):
        today = home.system.today
        Enrolment.objects.all().delete()
        due = {} if left is None else {"due_on": today + timedelta(days=left)}
        made = spread(home, levels or {0: 12}, **due)
        MilestoneStatus.objects.filter(milestone=made, level=0).delete()
        MilestoneStatus.objects.filter(milestone=made).update(since=timezone.now() - timedelta(days=first))
        Enrolment.objects.update(begins_on=today - timedelta(days=40))
        for level in (1, 2) if usual is not None else ():
            MilestonePace.objects.create(
                milestone=made, level=level, stays=20, median_days=(usual or 0) / 2, stalled_after=30
            )
        found = health_of([made.pk], [home.section.pk], today)[made.pk]
        assert (found.finding, found.usual_days) == (finding, usual)


def test_a_class_without_dates_began_with_its_term(home: World) -> None:
    """The term of the class goes before that of the school; an enrolment with a date before both."""
    with tenant_context(home.tenant.pk):
        today = home.system.today
        Enrolment.objects.all().delete()
        made = spread(home, {0: 12})
        MilestoneStatus.objects.filter(milestone=made).delete()

        def finding() -> str:
            return health_of([made.pk], [home.section.pk], today)[made.pk].finding

        assert finding() == NEVER_ASSESSED  # the school year began 90 days ago
        begun = {"starts_on": today - timedelta(days=10), "ends_on": today + timedelta(days=80)}
        term = Term.objects.create(title="Autumn", kind="term", school_year="2026", **begun)
        assert finding() == ""
        Term.objects.filter(pk=term.pk).update(starts_on=today - timedelta(days=50))
        assert finding() == NEVER_ASSESSED
        late = Term.objects.create(title="Late start", kind="term", school_year="2026", **begun)
        SectionTerm.objects.create(section=home.section, term=late)
        assert finding() == ""
        Enrolment.objects.filter(learner=Enrolment.objects.all()[0].learner).update(
            begins_on=today - timedelta(days=35)
        )
        assert finding() == NEVER_ASSESSED


def test_the_page_says_how_long_it_usually_takes(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        for level in (1, 2):
            MilestonePace.objects.create(
                milestone=home.milestone, level=level, stays=20, median_days=9, stalled_after=30
            )
    assert "Learners are usually on the way for 18 days." in text_of(teacher.get(address(home.milestone)))


def test_health_page_names_the_proposal_in_few_queries(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        spread(home, {3: 20})
    teacher.get("/curriculum/health/")
    with CaptureQueriesContext(connection) as few:
        words = text_of(teacher.get("/curriculum/health/"))
    assert "Almost everybody is at Meets. Ask for more, or let it go." in words
    with tenant_context(home.tenant.pk):
        for _ in range(5):
            spread(home, {2: 3})
    with CaptureQueriesContext(connection) as many:
        teacher.get("/curriculum/health/")
    assert len(many) == len(few)


def test_split_preview_says_who_keeps_what_was_met(home: World, teacher: Client, own: Milestone) -> None:
    with tenant_context(home.tenant.pk):
        meets(home, own, "Mia")
        data = form_of(own)
        keys = list(own.criteria.order_by("position").values_list("id", flat=True))
    parts = {"title-1": "First half", f"part-1-{keys[0]}": "on", "title-2": "Second half", f"part-2-{keys[1]}": "on"}
    before = text_of(teacher.post(address(own, "split/"), {**parts, "preview": "1"}))
    assert "Where learners would stand" in before
    assert "under an earlier goal" not in before
    teacher.post(address(own, "bar/"), {**data, "apply": "1"})
    after = text_of(teacher.post(address(own, "split/"), {**parts, "preview": "1"}))
    assert after.count("1 learner keeps what was met under an earlier goal.") == 2
