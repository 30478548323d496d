"""A message to the family of every learner of the standing cast, one to Ana, and a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interventions.models import Message, MessageTemplate
from learners.models import Learner
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tests.builders import World

if TYPE_CHECKING:
    from tests.permissions.places import Places


def add_messages(places: Places) -> None:
    """`message`: one per learner, to the guardian of the cast; `message_template`: of the teacher."""
    ids = places.ids["message"] = {"never": str(uuid7()), "wrong_type": "12345"}
    templates = places.ids["message_template"] = {"never": str(uuid7()), "wrong_type": "12345"}
    home, away = places.home, places.cast.away
    with tenant_context(home.tenant.pk):
        for kind in ("own", "same_section", "same_school", "other_school"):
            ids[kind] = _add(home, Learner.objects.get(public_id=places.ids["learner"][kind]))
        ids["deleted"] = _add(home, home.learner)
        Message.objects.filter(public_id=ids["deleted"]).delete()
        templates["own"] = _template(home)
        templates["deleted"] = _template(home, "Gone")
        MessageTemplate.objects.filter(public_id=templates["deleted"]).delete()
    with tenant_context(away.tenant.pk):
        ids["other_tenant"], templates["other_tenant"] = _add(away, away.learner), _template(away)


def _add(world: World, learner: Learner) -> str:
    message: Message = Message.objects.create(
        learner=learner, recipient=world.members["GRD"], audience="guardian", subject=f"About {learner.sourced_id}",
        body="A talk", state="failed", problem="The mail server could not be reached.",
    )  # fmt: skip
    return str(message.public_id)


def _template(world: World, name: str = "Talk") -> str:
    template: MessageTemplate = MessageTemplate.objects.create(
        name=f"{world.marker} {name}", audience="guardian", subject="A talk", body="Dear family",
        made_by_id=world.members["TCH"].pk,
    )  # fmt: skip
    return str(template.public_id)
