"""What the pages of learning labs read. A fixed number of queries each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from interventions.blocks import NextOne, Round, rounds_of, who_works_on_what
from interventions.models import Block
from interventions.models.sessions import DATES
from learners.models import GroupPlace, Learner, LearnerGroup, Section
from tenancy.actor import Actor
from tenancy.errors import NotFound

LATEST = 20


@dataclass(frozen=True, slots=True)
class Labs:
    section: Section
    following: tuple[NextOne, ...]
    done: tuple[Learner, ...]
    coming: tuple[Block, ...]
    past: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Lab:
    """members: {group: names}."""

    block: Block
    rounds: tuple[Round, ...]
    members: tuple[tuple[LearnerGroup, tuple[str, ...]], ...]


def labs_page(actor: Actor, section: Section) -> Labs:
    following, done = who_works_on_what(actor, section)
    blocks = list(Block.objects.filter(section=section).order_by("-on", "-id")[:LATEST])
    coming = sorted((one for one in blocks if one.on >= actor.today), key=lambda one: (one.on, one.pk))
    return Labs(section, following, done, tuple(coming), tuple(one for one in blocks if one.on < actor.today))


def lab_page(actor: Actor, block: Block) -> Lab:
    rounds = rounds_of(block)
    groups = [group for _, some in rounds[0].places for group in some] if rounds else []
    return Lab(block, rounds, tuple(_members(groups).items()))


def _members(groups: Sequence[LearnerGroup]) -> dict[LearnerGroup, tuple[str, ...]]:
    places = GroupPlace.objects.filter(group__in=[one.pk for one in groups], learner__is_active=True)
    names: dict[int, list[str]] = {one.pk: [] for one in groups}
    for place in places.select_related("learner").order_by("learner__folded_name"):
        names[place.group_id].append(place.learner.name)
    return {one: tuple(names[one.pk]) for one in groups}


def visible_block(actor: Actor, block_id: UUID, action: str = "read") -> Block:
    """Raises NotFound for a session of a class out of reach."""
    rows = Block.objects.visible_to(actor, DATES, action).select_related("section")
    block: Block | None = rows.filter(public_id=block_id).first()
    if block is None:
        raise NotFound
    return block


def groups_in(section: Section) -> list[LearnerGroup]:
    return list(LearnerGroup.objects.filter(section=section, is_active=True).order_by("name", "id"))


def is_over(block: Block, today: date) -> bool:
    return block.on < today
