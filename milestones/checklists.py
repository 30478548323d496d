"""Check-lists: each item is a competency of the tenant's framework of check-lists, met as soon as it is ticked.

A tick is a piece of evidence like any other, so levels, history and families' pages need to know nothing of lists.
Taking a tick back withdraws the piece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Evidence, standing
from assessments.pieces import Piece
from assessments.services import record_evidence, withdraw_evidence
from competencies.models import Competency, Framework
from competencies.services import publish_policy
from learners.models import Learner
from milestones.models import Criterion, Milestone
from milestones.plans import Asked
from tenancy.actor import Actor
from tenancy.errors import Invalid, problem
from tenancy.ids import uuid7

# The same in every tenant, so that a second call finds it; identity is (tenant, identifier).
IDENTIFIER = str(uuid5(NAMESPACE_URL, "waymark:framework:check-lists"))
SOURCE = "checklist"
MOST_ITEMS, LONGEST = 40, 200
# A tick is one of two points: it meets, and nothing beyond that can be ticked.
TICKED, POSSIBLE = Decimal(1), Decimal(2)
WORDS = ((0, "Not yet", False), (1, "Done", True), (2, "Beyond", False))


@dataclass(frozen=True, slots=True)
class Item:
    """`ticked_at`: None while it is not ticked."""

    competency_id: int
    public_id: UUID
    text: str
    ticked_at: datetime | None


@transaction.atomic
def checklist_items(actor: Actor, *, items: Sequence[str]) -> list[Asked]:
    """Criteria to be, one per item. Raises Invalid for a list that is too long, or an item that is."""
    texts = [" ".join(one.split()) for one in items if one.strip()]
    problems = list(_problems(texts))
    if problems:
        raise Invalid(problems)
    framework = _framework(actor)
    start = framework.competencies.count()
    made = []
    for n, text in enumerate(texts):
        key = str(uuid7())
        made.append(
            Competency(
                framework=framework, identifier=key, identifier_key=key, statement=text, short_statement=text,
                tree_order=start + n,
            )
        )  # fmt: skip
    return [Asked(one) for one in Competency.objects.bulk_create(made)]


def checklist_of(milestone: Milestone, learner: Learner) -> list[Item]:
    """The items of a milestone with the learner's ticks. Two queries; none of them where it has no list."""
    asked = Criterion.objects.filter(milestone_id=milestone.pk, competency__framework__identifier_key=IDENTIFIER)
    fields = ("competency_id", "competency__public_id", "competency__statement")
    items = list(asked.order_by("position", "id").values_list(*fields))
    ticks = _ticks(learner, [key for key, _, _ in items])
    return [Item(key, public, text, ticks[key].occurred_at if key in ticks else None) for key, public, text in items]


@transaction.atomic
def tick_item(actor: Actor, *, learner: Learner, item: Item) -> None:
    """Tick it. A second tick at the same moment is the first one."""
    Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    if item.competency_id in _ticks(learner, [item.competency_id]):
        return
    before = Evidence.objects.filter(supersedes=None, **_of_pairs(learner, [item.competency_id])).count()
    piece = Piece(
        learner_id=learner.pk, competency_id=item.competency_id, kind=Evidence.Kind.OBSERVATION,
        task=f"item:{item.public_id}", title=item.text[:LONGEST], possible=POSSIBLE, score=TICKED,
        occurred_at=timezone.now(), source=SOURCE, source_id=f"{item.public_id}:{learner.public_id}:{before}",
    )  # fmt: skip
    record_evidence(actor, piece=piece)


@transaction.atomic
def untick_item(actor: Actor, *, learner: Learner, item: Item) -> None:
    """Take the tick back; nothing happens where there is none."""
    Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    tick = _ticks(learner, [item.competency_id]).get(item.competency_id)
    if tick is not None:
        withdraw_evidence(actor, evidence=tick, reason=_("The tick was taken back"))


def _ticks(learner: Learner, competency_ids: Sequence[int]) -> dict[int, Evidence]:
    """{competency: the piece that stands}. One query."""
    if not competency_ids:
        return {}
    rows = Evidence.objects.filter(standing(), **_of_pairs(learner, competency_ids))
    found = rows.exclude(entry=Evidence.Entry.WITHDRAWN).select_related("learner_competency").order_by("id")
    return {row.learner_competency.competency_id: row for row in found}


def _of_pairs(learner: Learner, competency_ids: Sequence[int]) -> dict[str, Any]:
    return {
        "learner_competency__learner_id": learner.pk,
        "learner_competency__competency_id__in": list(competency_ids),
        "source": SOURCE,
    }


def _framework(actor: Actor) -> Framework:
    """The tenant's framework of check-lists with its rule; both are made with the first list."""
    framework, is_new = Framework.objects.get_or_create(
        identifier_key=IDENTIFIER, defaults={"identifier": IDENTIFIER, "title": _("Own check-lists")}
    )
    if is_new:
        publish_policy(actor, name=_("Own check-lists"), rule={"method": "latest"}, ratings=WORDS, framework=framework)
    found: Framework = framework
    return found


def _problems(texts: Sequence[str]) -> Iterator[dict[str, str]]:
    if len(texts) > MOST_ITEMS:
        yield problem(
            "items", _("The list has %(n)d items. Use at most %(most)d") % {"n": len(texts), "most": MOST_ITEMS}
        )
    for text in texts:
        if len(text) > LONGEST:
            values = {"start": text[:30], "n": len(text), "most": LONGEST}
            yield problem("items", _("The item “%(start)s…” has %(n)d characters. Shorten it to %(most)d") % values)
    if len(set(texts)) < len(texts):
        yield problem("items", _("Two items are the same. Each item is ticked once; change one of them"))
