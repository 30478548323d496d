"""Imports that change what levels rest on beside evidence: home schools, terms, prerequisites."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from assessments.services import record_evidence
from competencies.content import content_of_version
from competencies.models import Competency, Policy, PolicyVersion
from competencies.services import publish_version
from integrations.case.importer import import_package
from learners.rolls import save_learner
from milestones.clock import announce_policies_of
from milestones.models import CompetencyStatus, Milestone
from milestones.past import RECORDED, Moment
from milestones.past_reasons import learner_then
from milestones.selectors import milestone_reasons
from milestones.services import drain_tenant
from milestones.verify import verify_tenant
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_learner, piece
from tests.integrations.case_builders import item, link, package, read, uuid
from tests.integrations.roster_builders import live, put, role, user


def publish(world: World, policy: Policy, **rule: object) -> PolicyVersion:
    old = content_of_version(PolicyVersion.objects.order_by("-id")[0])
    content = replace(old, rule={**old.rule, **rule})
    version = publish_version(world.system, policy=policy, content=content, reason="a test of imports")
    announce_policies_of(world.tenant.pk)
    return version


def settled(world: World) -> list[str]:
    """What the shadow check says once the worker is through."""
    drain_tenant(world.tenant.pk)
    return verify_tenant(world.tenant.pk).lines


def test_a_learner_who_moves_is_judged_by_the_rule_of_the_new_school(cast: Cast, tmp_path: Path) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        record_evidence(world.system, piece=piece(world, world.learner, world.competencies[3], 4))
        policy = Policy.objects.create(name="Other school", school=world.other_school)
        version = publish(world, policy, gates={"meets": {"min_pieces": 9}})
        assert not CompetencyStatus.objects.filter(learner=world.learner, policy_version=version).exists()
    sid = str(world.learner.sourced_id)
    place = str(world.other_school.sourced_id)
    put(world.tenant, tmp_path, {"users": live(user(sid)), "roles": live(role(sid, "student", place))}, mode="delta")
    assert settled(world) == []
    with tenant_context(world.tenant.pk):
        world.learner.refresh_from_db()
        assert world.learner.home_school == world.other_school
        rows = CompetencyStatus.objects.filter(learner=world.learner)
        assert set(rows.values_list("policy_version_id", flat=True)) == {version.pk}


def test_a_learner_who_is_moved_by_hand_is_judged_by_the_rule_of_the_new_school(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        record_evidence(world.system, piece=piece(world, world.learner, world.competencies[3], 4))
        policy = Policy.objects.create(name="Other school", school=world.other_school)
        version = publish(world, policy, gates={"meets": {"min_pieces": 9}})
        name = {"given_name": world.learner.given_name, "family_name": world.learner.family_name}
        save_learner(world.system, learner=world.learner, school=world.other_school, **name)
    assert settled(world) == []
    with tenant_context(world.tenant.pk):
        rows = CompetencyStatus.objects.filter(learner=world.learner)
        assert set(rows.values_list("policy_version_id", flat=True)) == {version.pk}


def test_what_is_not_started_is_explained_by_the_rule_of_the_school(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        publish(world, Policy.objects.create(name="This school", school=world.school), gates={"meets": {}})
        new = add_learner(world, "Nova", world.section)
        milestone = Milestone.objects.filter(criteria__competency__in=world.competencies)[0]
        moment = Moment(timezone.now(), world.system.today, RECORDED)
        now = milestone_reasons(new.pk, milestone)
        then = learner_then(new.pk, milestone, [], moment).reasons
        assert {one.policy.name for one in [*now, *then]} == {"This school"}


def test_a_term_that_begins_on_another_day_is_followed(cast: Cast, tmp_path: Path) -> None:
    world = cast.home
    today = world.system.today
    with tenant_context(world.tenant.pk):
        record_evidence(
            world.system,
            piece=piece(world, world.learner, world.competencies[3], 4, occurred_at=timezone.now() - timedelta(days=9)),
        )
        publish(world, Policy.objects.get(school=None, framework=None, competency=None), window={"term": True})
        drain_tenant(world.tenant.pk)
    days = {"startDate": str(today - timedelta(days=2)), "endDate": str(today + timedelta(days=90))}
    term = {"sourcedId": "new", "title": "Spring", "type": "term", "schoolYear": "2027", **days}
    put(world.tenant, tmp_path, {"academicSessions": live(term)}, mode="delta")
    assert settled(world) == []
    with tenant_context(world.tenant.pk):
        assert CompetencyStatus.objects.get(learner=world.learner, competency=world.competencies[3]).pieces == 0


def test_a_prerequisite_that_is_imported_later_keeps_a_level_back(cast: Cast) -> None:
    world = cast.home
    items = [item(1), item(2)]
    with tenant_context(world.tenant.pk):
        import_package(read(package(items)))
        after = Competency.objects.get(identifier_key=uuid(2))
        policy = Policy.objects.get(school=None, framework=None, competency=None)
        publish(world, policy, gates={"meets": {"prerequisites_met": True}})
        for number in range(3):
            record_evidence(world.system, piece=piece(world, world.learner, after, 4, task=f"t{number}"))
        before = CompetencyStatus.objects.get(competency=after).level
        import_package(read(package(items, [link(1, uuid(1), uuid(2), "precedes")])))
    assert settled(world) == []
    with tenant_context(world.tenant.pk):
        assert CompetencyStatus.objects.get(competency=after).level < before
        import_package(read(package(items)))
    assert settled(world) == []
    with tenant_context(world.tenant.pk):
        assert CompetencyStatus.objects.get(competency=after).level == before
