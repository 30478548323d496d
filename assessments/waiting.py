"""Which form a learner gets next, or why none yet: of one learner, or of everybody who has had the task."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from assessments.models import Assessment, Attempt, Form
from assessments.next_form import Fresh, Past, Refusal, Rules, next_form
from learners.models import Learner
from tenancy.actor import Actor


def could_get(actor: Actor, task: Assessment, learner: Learner) -> Fresh | Refusal:
    """What the learner would get now. Two queries."""
    return decide(task, forms_of(task), histories(task, learner.pk).get(learner.pk, []), False)


def forms_of(task: Assessment) -> list[Fresh]:
    """Forms in use, in the order in which they are given. One query."""
    rows = Form.objects.filter(assessment_id=task.pk, is_active=True).order_by("position", "id")
    return [fresh(task, form) for form in rows]


def fresh(task: Assessment, form: Form) -> Fresh:
    return Fresh(form.pk, form.name, form.method or task.method)


def histories(task: Assessment, learner_id: int | None = None) -> dict[int, list[Past]]:
    """{learner: their attempts, oldest first}. One query."""
    rows = Attempt.objects.filter(assessment_id=task.pk).order_by("number")
    rows = rows.filter(learner_id=learner_id) if learner_id is not None else rows
    found: dict[int, list[Past]] = {}
    fields: tuple[Any, ...] = ("learner_id", "form_id", "form__name", "form__method", "state", "judged_at")
    for learner, form, name, method, state, judged_at in rows.values_list(*fields):
        found.setdefault(learner, []).append(Past(form, name, method or task.method, state, judged_at))
    return found


def past_of(task: Assessment, rows: Iterable[Attempt]) -> list[Past]:
    """The same of attempts that are at hand, with their forms."""
    return [Past(row.form_id, row.form.name, row.form.method or task.method, row.state, row.judged_at) for row in rows]


def as_learner_knows(row: Attempt) -> Past:
    """What is judged and not released is still with the teacher: a waiting time would tell that it is judged."""
    task = row.assessment
    is_known = row.state != Attempt.State.JUDGED
    state, judged_at = (row.state, row.judged_at) if is_known else (Attempt.State.HANDED_IN.value, None)
    return Past(row.form_id, row.form.name, row.form.method or task.method, state, judged_at)


def decide(task: Assessment, forms: Sequence[Fresh], history: Sequence[Past], is_early: bool) -> Fresh | Refusal:
    """The next form under the task's rules, now."""
    rules = Rules(task.max_attempts, timedelta(hours=task.cool_down_hours), task.is_other_method_on_retry)
    return next_form(rules, forms, history, timezone.now(), is_early_allowed=is_early)
