"""Peer tutoring: proposed, agreed by both, logged, ended; who is asked and who is not; sessions by staff beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interventions.models import PeerPair
from learners.models import Learner
from milestones.models import MilestoneStatus
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_learner, add_member
from tests.reporting.test_plans import begin, signed_in, text_of


@pytest.fixture
def home(cast: Cast) -> World:
    """Ana works on ratios; Ben and Eve have reached them, and each has an account."""
    home = cast.home
    with tenant_context(home.tenant.pk):
        for key, one in (("BEN", home.classmate), ("EVE", add_learner(home, "Eve", home.section))):
            one.member = add_member(home, "LRN", key)
            one.save()
            set_level(home, one, 4)
    return home


@pytest.fixture
def teacher(home: World) -> Client:
    return signed_in(home, "TCH")


def set_level(world: World, learner: Learner, level: int) -> None:
    MilestoneStatus.objects.update_or_create(
        learner=learner, milestone=world.other_milestone, defaults={"level": level, "since": timezone.now()}
    )


def at(world: World, learner: Learner | None = None) -> str:
    learner = learner or world.learner
    return f"/learners/{learner.public_id}/milestones/{world.other_milestone.public_id}/peer/"


def propose(world: World, teacher: Client, tutor: Learner | None = None) -> PeerPair:
    tutor = tutor or world.classmate
    response = teacher.post(at(world), {"tutor": str(tutor.public_id)})
    assert response.status_code == 302, response.content.decode()
    with tenant_context(world.tenant.pk):
        pair: PeerPair = PeerPair.objects.order_by("-id")[0]
        return pair


def pair_now(world: World, pair: PeerPair) -> PeerPair:
    with tenant_context(world.tenant.pk):
        found: PeerPair = PeerPair.objects.get(pk=pair.pk)
        return found


def session(world: World, **values: str) -> dict[str, str]:
    return {"on": world.system.today.isoformat(), "minutes": "20", "what": "Drew three ratios", **values}


def test_both_agree_meet_and_one_of_them_ends_it(home: World, teacher: Client) -> None:
    shown = text_of(teacher.get(at(home)))
    assert "Ben LKV" in shown
    assert "Mastery" not in shown  # never with a level
    pair = propose(home, teacher)
    mine, page = f"/me/tutoring/{pair.public_id}/", f"/tutoring/{pair.public_id}/"
    ana, ben = signed_in(home, "LRN"), signed_in(home, "BEN")
    for client, text in ((ana, "Ben LKV would explain, you would ask"), (ben, "You would explain, Ana LKV would ask")):
        asked = text_of(client.get("/me/"))
        part = asked[asked.index('id="together"') : asked.index("</section>", asked.index('id="together"'))]
        assert text in part
        assert 'class="level"' not in part
    assert ana.post(f"{mine}sessions/", session(home)).status_code == 409
    assert "when the other has said yes, too" in text_of(ana.post(f"{mine}answer/", {"say": "yes"}, follow=True))
    assert "waits for Ben" in text_of(teacher.get("/tutoring/"))
    assert "You both said yes." in text_of(ben.post(f"{mine}answer/", {"say": "yes"}, follow=True))
    ana.post(f"{mine}sessions/", session(home))
    teacher.post(f"{page}sessions/", session(home, minutes="15", what="Watched them work"))
    for client, address in ((ben, mine), (teacher, page)):
        shown = text_of(client.get(address))
        assert "35 minutes" in shown
        assert "Drew three ratios" in shown
    assert "2 sessions · 35 minutes" in text_of(teacher.get("/tutoring/"))
    assert "Works with Ben LKV" in text_of(teacher.get(at(home).replace("peer/", "")))
    ben.post(f"{mine}leave/")
    assert pair_now(home, pair).state == "ended"
    assert ana.post(f"{mine}leave/").status_code == 409
    assert signed_in(home, "EVE").get(mine).status_code == 404


def test_not_now_is_not_asked_again_for_thirty_days(home: World, teacher: Client) -> None:
    pair = propose(home, teacher)
    ben = signed_in(home, "BEN")
    shown = text_of(ben.post(f"/me/tutoring/{pair.public_id}/answer/", {"say": "no"}, follow=True))
    assert "Your teacher does not need a reason." in shown
    shown = text_of(teacher.get(at(home)))
    assert "Ben LKV" not in shown
    assert "Eve LKV" in shown
    with tenant_context(home.tenant.pk):
        PeerPair.objects.update(ended_at=timezone.now() - timedelta(days=31))
    assert "Ben LKV" in text_of(teacher.get(at(home)))
    # The learner who says so is not asked either; the one who was to explain is free for others.
    second = propose(home, teacher)
    signed_in(home, "LRN").post(f"/me/tutoring/{second.public_id}/answer/", {"say": "no"})
    assert "Ana said “not now”." in text_of(teacher.get(at(home)))
    assert teacher.post(at(home), {"tutor": str(home.classmate.public_id)}).status_code == 409
    with tenant_context(home.tenant.pk):
        other = add_learner(home, "Finn", home.section, member=add_member(home, "LRN", "FINN"))
    assert "Ben LKV" in text_of(teacher.get(at(home, other)))


def test_who_helps_fewest_comes_first_and_nobody_helps_three(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        for n in range(2):
            other = add_learner(home, f"P{n}", home.section)
            PeerPair.objects.create(
                section=home.section, milestone=home.milestone, tutor=home.classmate, learner=other,
                state=("running", "asked")[n],
            )  # fmt: skip
            shown = text_of(teacher.get(at(home)))
            assert ("Ben LKV" in shown) == (n == 0)
            assert "helps one classmate already" in shown if n == 0 else "helps nobody right now" in shown
            if n == 0:
                assert shown.index("Eve LKV") < shown.index("Ben LKV")
    refused = text_of(teacher.post(at(home), {"tutor": str(home.classmate.public_id)}), 409)
    assert "Ben helps 2 classmates already." in refused


def test_whoever_meets_the_goal_explains_where_nobody_is_at_mastery(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        set_level(home, home.classmate, 3)
        eve = Learner.objects.get(given_name="Eve")
    shown = text_of(teacher.get(at(home)))
    assert "Eve LKV" in shown
    assert "Ben LKV" not in shown
    with tenant_context(home.tenant.pk):
        set_level(home, eve, 2)
    assert "Ben LKV" in text_of(teacher.get(at(home)))
    with tenant_context(home.tenant.pk):
        set_level(home, home.classmate, 2)
    assert "Nobody in the same class has reached this milestone" in text_of(teacher.get(at(home)))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"minutes": "0"}, "Enter the minutes as a number from 1 to 480"),
        ({"what": ""}, "Say in a few words what you did"),
        ({"on": "2099-01-01"}, "This day is to come. Log a session after it has been"),
        ({"on": "2020-01-01"}, "This day is more than 60 days ago. Check the date"),
        ({"on": ""}, "Enter the day, like 19 Nov 2026"),
    ],
)
def test_what_is_wrong_with_a_session(home: World, teacher: Client, values: dict[str, str], sentence: str) -> None:
    pair = propose(home, teacher)
    with tenant_context(home.tenant.pk):
        PeerPair.objects.filter(pk=pair.pk).update(state="running")
    ana = signed_in(home, "LRN")
    for client, page in ((teacher, "/tutoring/"), (ana, "/me/tutoring/")):
        response: Any = client.post(f"{page}{pair.public_id}/sessions/", session(home, **values))
        assert sentence in text_of(response, 422)
    assert teacher.post(at(home), {"tutor": "nobody"}).status_code == 422


def test_sessions_by_staff_stand_beside_with_their_minutes(home: World, teacher: Client) -> None:
    plan = begin(home, teacher)
    for minutes in ("20", "25"):
        data = session(home, minutes=minutes, what=f"Strips for {minutes}")
        teacher.post(f"/support-plans/{plan.public_id}/sessions/", data)
    shown = text_of(teacher.get("/tutoring/"))
    assert "2 sessions · 45 minutes" in shown
    assert "Strips for 25" in shown
