"""Rules of two schools and a protocol of the teacher; of the other tenant, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interventions.models import Protocol, ProtocolStep, Rule
from tenancy.context import tenant_context
from tenancy.ids import uuid7

if TYPE_CHECKING:
    from tests.permissions.places import Places


def add_rules(places: Places) -> None:
    """`rule`: of the administrator's school and of another one."""
    home, away = places.home, places.cast.away
    values = {"name": "LKV Stale", "reason": "stale", "params": {"days": 60}}
    with tenant_context(home.tenant.pk):
        own = Rule.objects.create(school=home.school, **values)
        other = Rule.objects.create(section=home.other_section, **values)
        gone = Rule.objects.create(school=home.other_school, **values)
        found = {"own": own, "other_school": other, "deleted": gone}
        places.ids["rule"] = {kind: str(rule.public_id) for kind, rule in found.items()}
        gone.delete()
    with tenant_context(away.tenant.pk):
        foreign = Rule.objects.create(school=away.school, name="HRB Stale", reason="stale", params={"days": 60})
    places.ids["rule"] |= {"other_tenant": str(foreign.public_id), "never": str(uuid7()), "wrong_type": "12345"}
    _add_protocols(places)


def _add_protocols(places: Places) -> None:
    home, away = places.home, places.cast.away
    with tenant_context(home.tenant.pk):
        own = Protocol.objects.create(name="LKV Three ways", made_by_id=home.members["TCH"].pk)
        ProtocolStep.objects.create(protocol=own, position=1, approach="Fraction strips")
        gone = Protocol.objects.create(name="LKV Gone", made_by_id=home.members["TCH"].pk)
        places.ids["protocol"] = {"own": str(own.public_id), "deleted": str(gone.public_id)}
        gone.delete()
    with tenant_context(away.tenant.pk):
        foreign = Protocol.objects.create(name="HRB Three ways", made_by_id=away.members["TCH"].pk)
    places.ids["protocol"] |= {"other_tenant": str(foreign.public_id), "never": str(uuid7()), "wrong_type": "12345"}
