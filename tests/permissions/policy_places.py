"""Policies of every identifier kind: of two schools, proposed by somebody, of the other tenant, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from competencies.drafts import open_draft
from competencies.models import Policy, PolicyDraft
from milestones.models import PolicyTrial
from tenancy.context import tenant_context
from tenancy.ids import uuid7

if TYPE_CHECKING:
    from tests.permissions.places import Places

NOTHING_MOVES = {
    "matrix": [[0] * 5 for _ in range(5)], "learners": 0, "learners_up": 0, "learners_down": 0, "frameworks": [],
    "moves": 0, "kept": 0, "seconds": 0.1,
}  # fmt: skip


def add_policies(places: Places) -> None:
    """`policy`: of the administrator's school and of another one, each with a draft that was tried out; `tried`: the
    first of them; `proposal`: a draft that somebody else proposed."""
    home, away = places.home, places.cast.away
    with tenant_context(home.tenant.pk):
        own = Policy.objects.create(name="LKV School rule", school=home.school)
        other = Policy.objects.create(name="LKV Other rule", school=home.other_school)
        proposed = Policy.objects.create(name="LKV Framework rule", framework=home.framework)
        for policy in (own, other, proposed):
            _try(open_draft(home.system, policy=policy))
        PolicyDraft.objects.filter(policy=proposed).update(
            proposed_at=timezone.now(), proposed_by_id=home.members["TCH"].pk, reason="LKV reason of somebody else"
        )
        gone = Policy.objects.create(name="LKV Gone", competency=home.competencies[3])
        open_draft(home.system, policy=gone)
        outside = {"deleted": str(gone.public_id)}
        gone.delete()
    with tenant_context(away.tenant.pk):
        foreign = Policy.objects.create(name="HRB School rule", school=away.school)
        _try(open_draft(away.system, policy=foreign))
        PolicyDraft.objects.update(proposed_at=timezone.now(), proposed_by_id=away.members["TCH"].pk)
    outside |= {"other_tenant": str(foreign.public_id), "never": str(uuid7()), "wrong_type": str(foreign.pk)}
    places.ids["policy"] = {"own": str(own.public_id), "other_school": str(other.public_id), **outside}
    places.ids["tried"] = {"own": str(own.public_id), **outside}
    places.ids["proposal"] = {"own": str(proposed.public_id), **outside}


def _try(draft: PolicyDraft) -> None:
    PolicyTrial.objects.create(
        policy_id=draft.policy_id, rule=draft.rule, points_possible=draft.points_possible, ratings=draft.ratings,
        state=PolicyTrial.State.DONE, result=NOTHING_MOVES, finished_at=timezone.now(),
    )  # fmt: skip
