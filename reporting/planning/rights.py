"""Rows of the access matrix that the planning pages are, and the records that they open."""

from collections.abc import Collection

from learners.models import Learner
from milestones.models import DATES as DATES_OF
from milestones.models import PERSONAL, Milestone
from tenancy.actor import DST, LRN, SCH, TCH, Actor
from tenancy.base import TenantQuerySet
from tenancy.errors import NotFound

PROPOSE = (PERSONAL, "propose")
CONFIRM = (PERSONAL, "confirm, update")
DATES = (DATES_OF, "read")
PLAN = (DATES_OF, "update")
MAKE = ("Milestone of a section", "create, update, re-bar, split")
DRAFT = ("Framework, competency, milestone, rubric (draft)", "create, update")
SCORE = ("Evidence", "create")
LEARNERS, TEACHERS, EDITORS = frozenset({LRN}), frozenset({TCH, SCH}), frozenset({DST})


def own_record(actor: Actor, right: tuple[str, str]) -> Learner:
    """The learner's own record. Raises NotFound."""
    learner: Learner | None = Learner.objects.visible_to(actor, *right).order_by("id").first()
    if learner is None:
        raise NotFound
    return learner


def proposals_of(actor: Actor, learner_ids: Collection[int]) -> TenantQuerySet[Milestone]:
    """Personal milestones of these learners that wait for an answer which the actor may give."""
    rows: TenantQuerySet[Milestone] = Milestone.objects.visible_to(actor, *CONFIRM)
    return rows.filter(learner_id__in=list(learner_ids), proposal=Milestone.Proposal.PROPOSED)
