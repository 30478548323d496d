"""A learner's own view of the work, on the same rubric: beside the teacher's, never instead of it."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.assessing import HAND_IN
from assessments.attempts import lock_attempt
from assessments.judged_evidence import write_own_view
from assessments.marks import Round, add_scores, criteria_of, means_by_competency, rounds_of
from assessments.models import Attempt
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, problem


@transaction.atomic
def assess_own_work(actor: Actor, *, attempt: Attempt, levels: Mapping[int, int]) -> Attempt:
    """The learner's levels per criterion; again replaces what was said before, and both stay in the record.

    Raises Conflict once the teacher's levels are released, Invalid without a level, NotFound.
    """
    row = lock_attempt(actor, attempt, HAND_IN, None)
    if row.state in {Attempt.State.RELEASED, Attempt.State.CANCELLED}:
        raise Conflict(_("Your teacher has shared the result, so your own view stays as it was."))
    criteria = criteria_of(row)
    known = {one.pk for one in criteria}
    if not levels or not set(levels) <= known or not set(levels.values()) <= {1, 2, 3, 4}:
        message = _("Choose how sure you are for at least one line")
        raise Invalid([problem("levels", message, "missing")])
    before = rounds_of([row.pk])[row.pk].own.levels
    add_scores(actor, row, levels, Round.SELF, before)
    keys = row.assessment.alignments.order_by("position", "id").values_list("competency_id", flat=True)
    write_own_view(actor, row, means_by_competency(criteria, {**before, **levels}, keys))
    record_audit(actor, "attempt.self_assessed", target=row, detail={"criteria": len(levels)})
    return row
