"""Rows of the access matrix that the curriculum pages are, and the frameworks and competencies that they open."""

from uuid import UUID

from django.db.models import Q

from competencies.models import CURRICULUM, Competency, Framework
from tenancy.access import can, may_at_all, visible_q
from tenancy.actor import DST, Actor
from tenancy.base import TenantQuerySet
from tenancy.errors import NotFound

READ = (CURRICULUM, "read")
DRAFTS = ("Framework, competency, milestone, rubric (draft)", "read")
EDIT = ("Framework, competency, milestone, rubric (draft)", "create, update")
PUBLISH = ("Framework version", "publish, retire")
LEVELS = ("Current level", "read")
DATES = ("Milestones used by a section, with dates", "read")
PLAN = ("Milestones used by a section, with dates", "update")
EDITORS = frozenset({DST})


def _readable(model: type[Framework] | type[Competency], actor: Actor) -> Q:
    """What is published, and drafts for whoever may read those."""
    drafts = visible_q(model, actor, *DRAFTS)
    # An empty Q is everything, but "or" would drop it.
    return visible_q(model, actor, *READ) | drafts if drafts else drafts


def frameworks_for(actor: Actor) -> TenantQuerySet[Framework]:
    rows: TenantQuerySet[Framework] = Framework.objects.filter(_readable(Framework, actor))
    return rows


def competencies_for(actor: Actor) -> TenantQuerySet[Competency]:
    rows: TenantQuerySet[Competency] = Competency.objects.filter(_readable(Competency, actor))
    return rows


def visible_framework(actor: Actor, public_id: UUID, right: tuple[str, str] | None = None) -> Framework:
    """Raises NotFound."""
    rows = frameworks_for(actor) if right is None else Framework.objects.visible_to(actor, *right)
    found: Framework | None = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def visible_competency(actor: Actor, public_id: UUID, right: tuple[str, str] | None = None) -> Competency:
    """With its framework. Raises NotFound."""
    rows = competencies_for(actor) if right is None else Competency.objects.visible_to(actor, *right)
    found: Competency | None = rows.select_related("framework").filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def may_edit(actor: Actor) -> bool:
    return actor.has(DST) and may_at_all(actor, *EDIT)


def may_publish(actor: Actor, framework: Framework) -> bool:
    return can(actor, *PUBLISH, framework)
