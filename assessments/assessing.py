"""Assessments and their equivalent forms: made, changed, closed, shared, copied."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from itertools import product
from string import ascii_uppercase

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessments.models import ASSESSMENT, Assessment, AssessmentCompetency, Attempt, Form
from competencies.models import Competency, Rubric
from learners.models import Section
from tenancy.access import can
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, problem

READ, CHANGE = (ASSESSMENT, "read"), (ASSESSMENT, "create, update")
JUDGE, HAND_IN = (ASSESSMENT, "assign, judge"), (ASSESSMENT, "hand in, ask again")
MOST_COMPETENCIES = 8


@dataclass(frozen=True, slots=True)
class TaskContent:
    """What a task is. Scored on the rubric, by points (`possible`), or, with neither, by one level per competency."""

    title: str
    purpose: str
    method: str
    competency_ids: tuple[int, ...]
    instructions: str = ""
    rubric_id: int | None = None
    possible: Decimal | None = None
    pass_mark: Decimal | None = None  # a share of the points
    weight: Decimal = Decimal(1)
    is_practice: bool = False
    due_on: date | None = None
    max_attempts: int | None = None
    cool_down_hours: int = 0
    is_other_method_on_retry: bool = False
    needs_second_marking: bool = False
    is_shared: bool = False


COLUMNS = tuple(field.name for field in fields(TaskContent) if field.name != "competency_ids")


def content_of(assessment: Assessment) -> TaskContent:
    """One query."""
    rows = AssessmentCompetency.objects.filter(assessment_id=assessment.pk).order_by("position", "id")
    keys = tuple(rows.values_list("competency_id", flat=True))
    return TaskContent(competency_ids=keys, **{name: getattr(assessment, name) for name in COLUMNS})


def form_names() -> "Sequence[str]":
    """A, B … Z, AA, AB …"""
    pairs = ("".join(pair) for pair in product(ascii_uppercase, repeat=2))
    return (*ascii_uppercase, *pairs)


def next_form_name(taken: "set[str]") -> str:
    return next(name for name in form_names() if name not in taken)


@transaction.atomic
def create_assessment(
    actor: Actor, *, section: Section, content: TaskContent, copied_from: Assessment | None = None
) -> Assessment:
    """A task of the section with its first form, or with the forms of what it was copied from. Raises Invalid."""
    _check(content)
    assessment: Assessment = Assessment.objects.create(
        section=section,
        copied_from=copied_from,
        made_by_id=actor.member_id,
        **{name: getattr(content, name) for name in COLUMNS},
    )
    _align(assessment, content)
    models = (
        list(Form.objects.filter(assessment=copied_from, is_active=True).order_by("position")) if copied_from else []
    )
    Form.objects.bulk_create(
        [Form(assessment=assessment, name=one.name, method=one.method, instructions=one.instructions, url=one.url,
              position=n) for n, one in enumerate(models)]
        or [Form(assessment=assessment, name="A")]
    )  # fmt: skip
    if not can(actor, *CHANGE, assessment):
        raise NotFound
    record_audit(actor, "assessment.created", target=assessment, detail={"competencies": len(content.competency_ids)})
    return assessment


@transaction.atomic
def update_assessment(actor: Actor, *, assessment: Assessment, content: TaskContent) -> Assessment:
    """Raises Invalid with every problem, Conflict where judged work would change its meaning, NotFound."""
    row = lock(actor, assessment)
    _check(content)
    before = content_of(row)
    is_same_kind = (before.rubric_id, before.possible, before.competency_ids) == (
        content.rubric_id, content.possible, content.competency_ids,
    )  # fmt: skip
    states = [Attempt.State.JUDGED, Attempt.State.RELEASED, Attempt.State.AWAITING]
    if not is_same_kind and Attempt.objects.filter(assessment_id=row.pk, state__in=states).exists():
        raise Conflict(
            _(
                "Work on this task has been judged, so its rubric, points and competencies stay as they are. "
                "Make a new task to change them"
            )
        )
    for name in COLUMNS:
        setattr(row, name, getattr(content, name))
    row.save()
    if before.competency_ids != content.competency_ids:
        AssessmentCompetency.objects.filter(assessment_id=row.pk).delete()
        _align(row, content)
    record_audit(actor, "assessment.changed", target=row)
    return row


@transaction.atomic
def set_state(actor: Actor, *, assessment: Assessment, state: str) -> Assessment:
    """Close or reopen. Raises NotFound."""
    row = lock(actor, assessment)
    row.state = state
    row.save(update_fields=["state"])
    record_audit(actor, f"assessment.{state}", target=row)
    return row


@transaction.atomic
def set_shared(actor: Actor, *, assessment: Assessment, is_shared: bool) -> Assessment:
    """Into the tenant's library, or out of it. Raises NotFound."""
    row = lock(actor, assessment)
    row.is_shared = is_shared
    row.save(update_fields=["is_shared"])
    record_audit(actor, "assessment.shared" if is_shared else "assessment.unshared", target=row)
    return row


@transaction.atomic
def add_form(
    actor: Actor, *, assessment: Assessment, name: str, method: str = "", instructions: str = "", url: str = ""
) -> Form:
    """Raises Conflict where the name is taken, NotFound."""
    row = lock(actor, assessment)
    position = Form.objects.filter(assessment_id=row.pk).count()
    try:
        with transaction.atomic():
            form: Form = Form.objects.create(
                assessment=row, name=name, method=method, instructions=instructions, url=url, position=position
            )
    except IntegrityError as error:
        text = _("There is a form %(name)s already. Give this one another name, like %(next)s")
        taken = set(Form.objects.filter(assessment_id=row.pk).values_list("name", flat=True))
        raise Conflict(text % {"name": name, "next": next_form_name(taken)}, field="name") from error
    record_audit(actor, "form.created", target=form)
    return form


@transaction.atomic
def retire_form(actor: Actor, *, form: Form, is_active: bool) -> Form:
    """Whoever has it keeps it; nobody gets it any more. Raises NotFound."""
    lock(actor, form.assessment)
    form.is_active = is_active
    form.save(update_fields=["is_active"])
    record_audit(actor, "form.restored" if is_active else "form.retired", target=form)
    return form


def library(actor: Actor) -> "QuerySet[Assessment]":
    """What the tenant shares: read by whoever may read the library, without anything of learners."""
    rows: QuerySet[Assessment] = Assessment.objects.filter(is_shared=True)
    return rows


def lock(actor: Actor, assessment: Assessment, action: tuple[str, str] = CHANGE) -> Assessment:
    """The task, locked until the end of the transaction. Raises NotFound where the actor may not."""
    row: Assessment | None = Assessment.objects.select_for_update().filter(pk=assessment.pk).first()
    if row is None or not can(actor, *action, row):
        raise NotFound
    return row


def _align(assessment: Assessment, content: TaskContent) -> None:
    AssessmentCompetency.objects.bulk_create(
        AssessmentCompetency(assessment=assessment, competency_id=key, position=n)
        for n, key in enumerate(content.competency_ids)
    )


def _check(content: TaskContent) -> None:
    problems: list[dict[str, str]] = []

    def wrong(name: str, message: str) -> None:
        problems.append(problem(name, message))

    if not content.title.strip():
        wrong("title", _("Enter a title for the task, like Unit check fractions"))
    chosen = len(set(content.competency_ids))
    if not content.competency_ids or Competency.objects.filter(id__in=content.competency_ids).count() != chosen:
        wrong("competencies", _("Choose at least one competency that the work shows"))
    if len(content.competency_ids) > MOST_COMPETENCIES:
        wrong("competencies", _("You chose %(n)d competencies. A task shows up to 8") % {"n": chosen})
    if content.rubric_id is not None and content.possible is not None:
        wrong("scored_by", _("Score it on the rubric or by points, not both"))
    if content.rubric_id is not None and not Rubric.objects.filter(pk=content.rubric_id).exists():
        wrong("rubric", _("Choose a rubric from the list"))
    if content.needs_second_marking and content.rubric_id is None:
        wrong("needs_second_marking", _("Second marking compares criteria. Choose a rubric, or switch it off"))
    if content.pass_mark is not None and content.possible is None:
        wrong("pass_mark", _("A pass mark is a share of points. Score it by points, or leave the pass mark empty"))
    if problems:
        raise Invalid(problems)
