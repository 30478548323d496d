"""One rule, two questions: which rows (`visible_to`) and may I (`can`).

A model says in SCOPES what a condition code of the matrix means for its rows: `{"SEC": lambda actor: Q(…)}`.
Lists, single reads and writes all go through the same Q, so a list can never show more than a single read. A model may
also say in LIMIT what holds for every role: `(actor, resource) -> Q`.
"""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q

from tenancy.actor import INT, Actor
from tenancy.rules import RULES

NOTHING = Q(pk__in=[])
ALWAYS = frozenset({"YES", "TEN"})
STEP = "STEP"


def may_at_all(actor: Actor, resource: str, action: str) -> bool:
    """Whether some role of the actor could do it to some object: the check before an object is looked up."""
    rules = RULES[resource, action]
    return any(role in rules and _held(actor, role, rules[role]) for role in actor.roles)


def would_gain(actor: Actor, resource: str, action: str) -> bool:
    """Whether proving their identity again would open more of it to the actor."""
    rules = RULES[resource, action]
    return not actor.has_stepped_up and any(STEP in rules.get(role, ()) for role in actor.roles)


def visible_q(model: type[Model], actor: Actor, resource: str, action: str) -> Q:
    """Filter for the rows of `model` on which the actor may do it. Raises KeyError for an unknown matrix row."""
    rules = RULES[resource, action]
    parts = [_role_q(model, actor, role, rules[role]) for role in sorted(actor.roles) if role in rules]
    allowed = [part for part in parts if part is not None]
    if not allowed:
        return NOTHING
    limit = getattr(model, "LIMIT", None)
    # An empty Q means every row; joined with another one by "or" Django would drop it, and with it the wider right.
    reach = reduce(or_, allowed) if all(allowed) else Q()
    return reach & limit(actor, resource) if limit is not None else reach


def can(actor: Actor, resource: str, action: str, target: Any) -> bool:
    """Whether the actor may do it to this very object; asks the database, never a cache."""
    model = type(target)
    return bool(model._default_manager.filter(visible_q(model, actor, resource, action), pk=target.pk).exists())


def _held(actor: Actor, role: str, codes: tuple[str, ...]) -> bool:
    """The conditions that ask about the caller, not about the object: the scopes of a token, identity proved again."""
    if STEP in codes and not actor.has_stepped_up:
        return False
    if role != INT:
        return True
    return all(code[2:] in actor.scopes for code in codes if code.startswith("S:"))


def _role_q(model: type[Model], actor: Actor, role: str, codes: tuple[str, ...]) -> Q | None:
    """All codes must hold; a code that the model gives no meaning to refuses."""
    scopes = getattr(model, "SCOPES", {})
    if not _held(actor, role, codes):
        return None
    result = Q()
    for code in codes:
        if code in ALWAYS or code == STEP:
            continue
        if code.startswith("S:"):
            if actor.school_ids is not None:
                if "SCHOOLS" not in scopes:
                    continue  # not a thing of a school: frameworks, policies, terms
                result &= scopes["SCHOOLS"](actor)
            continue
        if code not in scopes:
            return None
        result &= scopes[code](actor)
    return result
