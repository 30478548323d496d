"""Practice from gaps: tasks for practice that a learner may take alone, those nearest to a gap first.

Practice is shown to the teacher and never counted. Each try gets a form that the learner has not had, as any attempt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.assessing import HAND_IN
from assessments.models import Assessment, Attempt
from assessments.next_form import Refusal
from assessments.waiting import could_get
from learners.models import Enrolment, Learner
from learners.reach import running
from tenancy.access import can
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, NotFound

MOST = 3


@dataclass(frozen=True, slots=True)
class Practice:
    """A task to practise with, and the competency it is offered for."""

    public_id: UUID
    title: str
    competency_id: int


def open_practice(actor: Actor, learner: Learner) -> Q:
    """Condition for practice tasks of the learner's classes."""
    classes = Enrolment.objects.filter(running(actor.today), learner_id=learner.pk, is_withdrawn=False)
    return Q(is_practice=True, state=Assessment.State.OPEN, section_id__in=classes.values("section_id"))


def practice_for(actor: Actor, learner: Learner, gaps: Sequence[int]) -> list[Practice]:
    """At most three tasks, in the order of the gaps (competencies), each task once; none of which a form is missing.

    Two queries, and three for each task that is offered.
    """
    if not gaps:
        return []
    rows = Assessment.objects.filter(open_practice(actor, learner), alignments__competency_id__in=gaps)
    aligned = list(rows.order_by("id").values_list("id", "alignments__competency_id"))
    tasks = {task.pk: task for task in Assessment.objects.filter(id__in=[key for key, _gap in aligned])}
    found: dict[int, Practice] = {}
    for gap in gaps:
        for key, competency in aligned:
            if competency != gap or key in found or len(found) == MOST:
                continue
            if not isinstance(could_get(actor, tasks[key], learner), Refusal):
                found[key] = Practice(tasks[key].public_id, tasks[key].title, gap)
    return list(found.values())


@transaction.atomic
def start_practice(actor: Actor, *, learner: Learner, task_id: UUID) -> Attempt:
    """The learner takes the next form. Raises NotFound for one that is not offered, Conflict without a fresh form."""
    rows = Assessment.objects.filter(open_practice(actor, learner), public_id=task_id)
    task: Assessment | None = rows.select_for_update(no_key=True).first()
    if task is None or learner.member_id != actor.member_id:
        raise NotFound
    form = could_get(actor, task, learner)
    if isinstance(form, Refusal):
        raise Conflict(_("There is no fresh practice here right now. Ask your teacher for more."))
    number = Attempt.objects.filter(assessment_id=task.pk, learner_id=learner.pk).count() + 1
    attempt: Attempt = Attempt.objects.create(assessment=task, form_id=form.key, learner=learner, number=number)
    if not can(actor, *HAND_IN, attempt):
        raise NotFound
    record_audit(actor, "practice.started", target=attempt)
    return attempt
