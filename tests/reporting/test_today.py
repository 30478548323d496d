"""Today: who is on it, in which order and words, and what a teacher can do with a row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.services import record_evidence
from interventions.models import Alert, AlertAct, AlertRun, SupportPlan
from interventions.watching import look_at
from learners.models import Learner, SectionStaff
from milestones.models import SectionMilestone
from reporting.today.page import today_page
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.selectors import actor_for_user
from tests.builders import Cast, World, add_learner, add_member, piece


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def teacher(home: World) -> Client:
    client = Client()
    client.force_login(home.users["TCH"])
    return client


def actor(world: World, key: str = "TCH") -> Actor:
    found = actor_for_user(world.tenant, world.users[key])
    assert found is not None
    return found


def late(world: World) -> None:
    """Both milestones were due three days ago; Ana has met the first, Ben is on his way there."""
    with tenant_context(world.tenant.pk):
        SectionMilestone.objects.update(due_on=world.system.today - timedelta(days=3))
        look_at([world.learner.pk, world.classmate.pk])


def alert_of(world: World, learner: Learner, reason: str) -> Alert:
    with tenant_context(world.tenant.pk):
        alert: Alert = Alert.objects.get(learner=learner, reason=reason, closed_at=None)
        return alert


def text_of(client: Client, address: str = "/today/", status: int = 200) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_nobody(teacher: Client) -> None:
    text = text_of(teacher)
    assert "Nobody needs you right now." in text
    assert "Not worked out for everybody yet" in text


def test_the_front_door_of_a_teacher_is_today(teacher: Client) -> None:
    assert teacher.get("/", follow=True).redirect_chain == [("/today/", 302)]


def test_one_learner_once_under_the_most_urgent_reason(home: World, teacher: Client) -> None:
    late(home)
    text = text_of(teacher)
    assert "2 learners need you." in text
    # Ben: nothing shown on Ratios although the date is over (it waits for Fractions), and behind on Fractions.
    assert text.count(f'id="row-{alert_of(home, home.classmate, "blocked").public_id}"') == 1
    assert "and 1 more" in text
    assert f"row-{alert_of(home, home.classmate, 'behind').public_id}" not in text
    assert "Past the target date, not started" in text
    assert "3 days past" in text


def test_dropped_says_until_when_and_what_the_last_piece_showed(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        for days in (0.3, 0.2, 0.1):
            values = {"occurred_at": datetime.now(UTC) - timedelta(days=days), "title": "Exit ticket"}
            record_evidence(home.system, piece=piece(home, home.learner, home.competencies[0], 1, **values))
        look_at([home.learner.pk])
    text = text_of(teacher)
    assert "Dropped a level" in text
    assert "Meets until" in text
    assert "The last piece, “Exit ticket” on" in text
    assert "showed Beginning." in text
    assert "Check in" in text


@pytest.mark.parametrize("kind", ["handled", "snoozed"])
def test_acted_on_it_is_gone_for_a_week_and_undo_brings_it_back(home: World, teacher: Client, kind: str) -> None:
    late(home)
    alert = alert_of(home, home.learner, "not_started_late")
    response = teacher.post(f"/today/{alert.public_id}/{kind}/", follow=True)
    assert f'id="row-{alert.public_id}"' not in response.content.decode()
    assert f"/today/{alert.public_id}/undo/" in response.content.decode()
    with tenant_context(home.tenant.pk):
        assert Alert.objects.get(pk=alert.pk).hidden_until == home.system.today + timedelta(days=7)
        look_at([home.learner.pk])  # working it out again does not bring it back
    assert f'id="row-{alert.public_id}"' not in text_of(teacher)
    back = teacher.post(f"/today/{alert.public_id}/undo/", follow=True)
    assert f'id="row-{alert.public_id}"' in back.content.decode()
    assert teacher.post(f"/today/{alert.public_id}/undo/").status_code == 409
    with tenant_context(home.tenant.pk):
        assert list(AlertAct.objects.order_by("id").values_list("kind", flat=True)) == [kind, "undone"]
        Alert.objects.filter(pk=alert.pk).update(hidden_until=home.system.today)
    assert f'id="row-{alert.public_id}"' in text_of(teacher)


def test_not_a_concern_needs_a_reason_and_holds_until_the_reason_is_gone(home: World, teacher: Client) -> None:
    late(home)
    alert = alert_of(home, home.learner, "not_started_late")
    address = f"/today/{alert.public_id}/no-concern/"
    refused = teacher.post(address, {"note": " so "})
    assert refused.status_code == 422
    assert "Say why it is not a concern, in a few words." in refused.content.decode()
    teacher.post(address, {"note": "She was away with the orchestra"})
    with tenant_context(home.tenant.pk):
        look_at([home.learner.pk])
        assert Alert.objects.get(pk=alert.pk).dismissed_at is not None
    assert f'id="row-{alert.public_id}"' not in text_of(teacher)
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.update(due_on=home.system.today + timedelta(days=3))
        look_at([home.learner.pk])
        SectionMilestone.objects.update(due_on=home.system.today - timedelta(days=3))
        look_at([home.learner.pk])
    assert alert_of(home, home.learner, "not_started_late").pk != alert.pk


def test_handed_over_to_a_colleague_of_the_learner_only(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        colleague = add_member(home, "TCH", "SECOND")
        SectionStaff.objects.create(member=colleague, section=home.section)
    late(home)
    alert = alert_of(home, home.learner, "not_started_late")
    address = f"/today/{alert.public_id}/handed-over/"
    refused = teacher.post(address, {"to": str(home.members["OTHER_TCH"].public_id)})
    assert refused.status_code == 422
    assert "Choose somebody else who teaches this learner." in refused.content.decode()
    teacher.post(address, {"to": str(colleague.public_id)})
    assert f'id="row-{alert.public_id}"' not in text_of(teacher)
    with tenant_context(home.tenant.pk):
        seen = {row.alert for group in today_page(actor(home, "SECOND")).groups for row in group.rows}
    assert alert.public_id in seen


def test_other_classes_and_tenants_are_not_on_it(home: World, cast: Cast, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.create(
            section=home.other_section, milestone=home.milestone, due_on=home.system.today - timedelta(days=3)
        )
        look_at([home.stranger_learner.pk])
        assert Alert.objects.filter(learner=home.stranger_learner).exists()
    late(cast.away)
    text = text_of(teacher)
    assert "Nobody needs you right now." in text
    assert "Cleo" not in text
    assert cast.away.marker not in text


def test_twelve_rows_and_the_rest_behind_a_link(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        people = [add_learner(home, f"Learner{n:02}", home.section) for n in range(15)]
        SectionMilestone.objects.filter(milestone=home.milestone).update(due_on=home.system.today - timedelta(days=3))
        look_at([one.pk for one in people])
    text = text_of(teacher)
    assert text.count('<li id="row-') == 12
    assert "15 learners need you." in text
    assert "Show 3 more" in text
    assert text_of(teacher, "/today/?all=1").count('<li id="row-') == 15


def test_one_class_of_several(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        SectionStaff.objects.create(member=home.members["TCH"], section=home.other_section)
    late(home)
    assert "2 learners need you." in text_of(teacher, f"/today/?class={home.section.public_id}")
    assert "Nobody needs you right now." in text_of(teacher, f"/today/?class={home.other_section.public_id}")


def test_days_are_those_of_the_school(home: World, teacher: Client) -> None:
    """Half past eleven in the evening in UTC is the next day in Berlin."""
    late(home)
    at = datetime(2026, 9, 3, 23, 30, tzinfo=UTC)
    with tenant_context(home.tenant.pk):
        Alert.objects.filter(learner=home.classmate).exclude(reason="behind").delete()
        Alert.objects.filter(learner=home.classmate).update(reason="stale", since=at, facts={"days": 70})
    assert "Not seen since 4 Sep" in text_of(teacher)


def test_where_a_plan_runs_the_move_is_to_review_it(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.other_milestone).delete()
    late(home)
    with tenant_context(home.tenant.pk):
        plan = SupportPlan.objects.create(
            learner=home.classmate, milestone=home.milestone, approach="Strips", state="running",
            started_at=timezone.now(),
        )  # fmt: skip
    text = text_of(teacher)
    assert "is running: Strips. Look at whether it helps." in text
    assert f'href="/support-plans/{plan.public_id}/"' in text
    assert "Review plan" in text


def test_the_foot_says_when_it_was_worked_out(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        AlertRun.objects.create()
    assert "Worked out for everybody:" in text_of(teacher)


def test_what_is_closed_cannot_be_acted_on(home: World, teacher: Client) -> None:
    late(home)
    alert = alert_of(home, home.learner, "not_started_late")
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.update(due_on=home.system.today + timedelta(days=3))
        look_at([home.learner.pk])
    response = teacher.post(f"/today/{alert.public_id}/snoozed/")
    assert response.status_code == 409
    assert "The reason is gone, so this entry is closed already." in response.content.decode()
