"""The order in which one learner takes competencies, where a teacher chose it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from competencies.models import Competency
from learners.models import Learner
from milestones.models import RouteStep
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, Refused, problem

NEXT, UP, DOWN, DROP = "next", "up", "down", "drop"
MOVES = (NEXT, UP, DOWN, DROP)
MOST_STEPS = 50


@transaction.atomic
def move_on_route(actor: Actor, *, learner: Learner, competency: Competency, move: str) -> None:
    """`next`: to the front of the learner's own route, `up` and `down`: by one place, `drop`: off it.

    Moves are about the route as it is when they are made, so two people can do it at once. Raises Invalid, Refused for
    a route that is full or a competency that is not in use, Conflict where it is not on the route any more.
    """
    if move not in MOVES:
        raise Invalid([problem("move", _("Use one of next, up, down, drop"), "unknown")])
    Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    rows = list(RouteStep.objects.filter(learner_id=learner.pk).order_by("position", "id"))
    at = next((n for n, row in enumerate(rows) if row.competency_id == competency.pk), None)
    if move == NEXT:
        _check_next(competency, len(rows) + (at is None))
        row = rows.pop(at) if at is not None else RouteStep(learner=learner, competency=competency)
        rows.insert(0, row)
    elif at is None:
        raise Conflict(_("Somebody took this off the route already. Load the page again"))
    elif move == DROP:
        rows.pop(at).delete()
    else:
        to = min(max(at + (1 if move == DOWN else -1), 0), len(rows) - 1)
        rows.insert(to, rows.pop(at))
    _number(actor, rows)
    record_audit(actor, f"route.{move}", target=learner, detail={"steps": len(rows)})


def _check_next(competency: Competency, steps: int) -> None:
    if competency.is_draft or competency.is_retired:
        raise Refused(_("%(code)s is not in use. Choose a competency that is") % {"code": competency})
    if steps > MOST_STEPS:
        text = _("There are %(n)d steps on this route. Take one off before you add another")
        raise Refused(text % {"n": MOST_STEPS})


def _number(actor: Actor, rows: list[RouteStep]) -> None:
    changed = [row for position, row in enumerate(rows) if row.position != position or row._state.adding]
    for position, row in enumerate(rows):
        row.position = position
    for row in changed:
        row.set_at, row.set_by_id = timezone.now(), actor.member_id
    RouteStep.objects.bulk_create([row for row in changed if row._state.adding])
    RouteStep.objects.bulk_update([row for row in changed if row.pk], ["position", "set_at", "set_by_id"])
