"""An entry of the queue for every learner of the standing cast, and a plan; a group in every class."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from interventions.models import Alert, Block, Station, SupportPlan
from learners.models import Learner, LearnerGroup, Section
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tests.builders import World

if TYPE_CHECKING:
    from tests.permissions.places import Places


def add_alerts(places: Places) -> None:
    """`alert`, `support_plan`: one per learner. `group`: one per section."""
    _add_groups(places)
    _add_blocks(places)
    for name in ("alert", "support_plan"):
        places.ids[name] = {"never": str(uuid7()), "wrong_type": "12345"}
    home, away = places.home, places.cast.away
    with tenant_context(home.tenant.pk):
        for kind in ("own", "same_section", "same_school", "other_school"):
            _add(places, kind, home, Learner.objects.get(public_id=places.ids["learner"][kind]))
        _add(places, "deleted", home, home.learner, reason="stale")
        Alert.objects.filter(public_id=places.ids["alert"]["deleted"]).delete()
        SupportPlan.objects.filter(public_id=places.ids["support_plan"]["deleted"]).delete()
    with tenant_context(away.tenant.pk):
        _add(places, "other_tenant", away, away.learner)


def _add(places: Places, kind: str, world: World, learner: Learner, reason: str = "asked") -> None:
    alert = Alert.objects.create(
        learner=learner, milestone=world.milestone, reason=reason, since=timezone.now(),
        facts={"kind": "help", "days": 70},
    )  # fmt: skip
    places.ids["alert"][kind] = str(alert.public_id)
    is_gone = kind == "deleted"
    plan = SupportPlan.objects.create(
        learner=learner, milestone=world.milestone, approach="Fraction strips",
        started_at=timezone.now(), state="closed" if is_gone else "running", result="other" if is_gone else "",
    )  # fmt: skip
    places.ids["support_plan"][kind] = str(plan.public_id)


def _add_groups(places: Places) -> None:
    ids = places.ids["group"] = {"never": str(uuid7()), "wrong_type": "12345"}
    sections = places.ids["section"]
    with tenant_context(places.home.tenant.pk):
        for kind in ("own", "same_school", "other_school"):
            section = Section.objects.get(public_id=sections[kind])
            ids[kind] = str(LearnerGroup.objects.create(section=section, name=f"Group of {kind}").public_id)
        gone = LearnerGroup.objects.create(section=places.home.section, name="Gone")
        ids["deleted"] = str(gone.public_id)
        gone.delete()
    with tenant_context(places.cast.away.tenant.pk):
        section = places.cast.away.section
        ids["other_tenant"] = str(LearnerGroup.objects.create(section=section, name="Theirs").public_id)


def _add_blocks(places: Places) -> None:
    """`block`: a planned session for one class of each kind."""
    ids = places.ids["block"] = {"never": str(uuid7()), "wrong_type": "12345"}
    sections = places.ids["section"]
    with tenant_context(places.home.tenant.pk):
        for kind in ("own", "same_school", "other_school"):
            ids[kind] = _block(Section.objects.get(public_id=sections[kind]))
        ids["deleted"] = _block(places.home.section)
        Block.objects.filter(public_id=ids["deleted"]).delete()
    with tenant_context(places.cast.away.tenant.pk):
        ids["other_tenant"] = _block(places.cast.away.section)


def _block(section: Section) -> str:
    block = Block.objects.create(section=section, title=f"Lab of {section.title}", on=date(2026, 12, 1))
    Station.objects.bulk_create([Station(block=block, position=n, name=f"Table {n}") for n in range(2)])
    return str(block.public_id)
