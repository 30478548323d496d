"""What the condition codes of the access matrix mean for policies."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from tenancy.actor import SCH, Actor
from tenancy.base import Scopes

PROPOSAL_LASTS = timedelta(hours=72)


def _my_school_ids(actor: Actor) -> Any:
    """Schools that the actor administers today. The room of learners is a neighbour, so its model goes by name."""
    posts = apps.get_model("learners", "SchoolPost").objects.filter(member_id=actor.member_id, role=SCH)
    begun = Q(begins_on=None) | Q(begins_on__lte=actor.today)
    return posts.filter(begun, Q(ends_on=None) | Q(ends_on__gte=actor.today)).values("school_id")


def policy_scopes(path: str = "") -> Scopes:
    """SCH: only places that are a school of one's own; a rule of the tenant or of a framework is not."""
    return {"SCH": lambda actor: Q(**{f"{path}school_id__in": _my_school_ids(actor)})}


def proposed_by_another(actor: Actor) -> Q:
    """DUAL: a different person proposed it, at most 72 hours ago."""
    is_fresh = Q(proposed_at__gte=timezone.now() - PROPOSAL_LASTS, proposed_by_id__isnull=False)
    return is_fresh & ~Q(proposed_by_id=actor.member_id)


def rubric_scopes() -> Scopes:
    """MINE: made by the actor; TEN is any rubric of the tenant."""
    return {"MINE": lambda actor: Q(made_by_id=actor.member_id)}


def without_drafts(published: str, is_draft: Q) -> Callable[[Actor, str], Q]:
    """Whoever reads by the row of what is published sees no drafts; the row of drafts opens them."""
    return lambda actor, resource: ~is_draft if resource == published else Q()
