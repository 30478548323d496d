"""Attempts: given to learners, handed in, asked for again. Every attempt is kept."""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.assessing import HAND_IN, JUDGE, lock
from assessments.models import Assessment, Attempt, RetryRequest
from assessments.next_form import Refusal
from assessments.refusals import Refusals, check_early_reason
from assessments.waiting import decide, forms_of, histories
from competencies.models import Competency
from learners.classes import learners_of
from learners.models import Learner
from tenancy.access import can
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, NotFound, Refused

LONGEST_WORK = 10_000
WAITING = (Attempt.State.HANDED_IN, Attempt.State.AWAITING, Attempt.State.NEEDS_REVISION)


@dataclass(frozen=True, slots=True)
class GivenToClass:
    """How many learners got a form, how many had one before, and who got none: (name, why)."""

    given: int
    had_before: int
    without: tuple[tuple[str, str], ...]


@transaction.atomic
def assign_attempt(actor: Actor, *, assessment: Assessment, learner: Learner, early_reason: str = "") -> Attempt:
    """The first form that the learner has not used. With a reason, before the cool-down is over (audited).

    Raises Refused with what is missing, Conflict on a closed task, Invalid for the reason, NotFound.
    """
    task = _open_task(actor, assessment)
    if learner.pk not in {row.pk for row in learners_of(task.section_id, actor.today)}:
        raise NotFound
    check_early_reason(early_reason)
    history, names = histories(task), {learner.pk: learner.name}
    found = decide(task, forms_of(task), history.get(learner.pk, []), bool(early_reason))
    if isinstance(found, Refusal):
        raise Refused(Refusals(task).words(found, names[learner.pk]), code=found.code)
    attempt: Attempt = Attempt.objects.create(
        assessment=task, form_id=found.key, learner=learner, number=len(history.get(learner.pk, [])) + 1
    )
    _close_requests(actor, task, [learner.pk])
    detail = {"form": found.name, "number": attempt.number}
    if early_reason:
        detail["before_the_cool_down_because"] = early_reason
    record_audit(actor, "attempt.assigned", target=attempt, detail=detail)
    return attempt


@transaction.atomic
def assign_class(actor: Actor, *, assessment: Assessment) -> GivenToClass:
    """A first attempt for everybody in the section who has had none. A fixed number of statements."""
    task = _open_task(actor, assessment)
    learners, history, forms = learners_of(task.section_id, actor.today), histories(task), forms_of(task)
    fresh = [learner for learner in learners if learner.pk not in history]
    given, without, refusals = [], [], Refusals(task)
    for learner in fresh:
        found = decide(task, forms, [], False)
        if isinstance(found, Refusal):
            without.append((learner.name, refusals.words(found, learner.name)))
        else:
            given.append(Attempt(assessment=task, form_id=found.key, learner=learner, number=1))
    Attempt.objects.bulk_create(given)
    _close_requests(actor, task, [attempt.learner_id for attempt in given])
    record_audit(actor, "attempt.assigned_class", target=task, detail={"attempts": len(given)})
    return GivenToClass(len(given), len(learners) - len(fresh), tuple(without))


@transaction.atomic
def hand_in(actor: Actor, *, attempt: Attempt, work: str, version: int | None = None) -> Attempt:
    """The learner's work, as text or a link. Raises Conflict where it was changed meanwhile or is being judged."""
    row = lock_attempt(actor, attempt, HAND_IN, version)
    if row.state not in {Attempt.State.ASSIGNED, Attempt.State.NEEDS_REVISION, Attempt.State.HANDED_IN}:
        raise Conflict(_("This work is with your teacher already. It cannot be changed now."))
    row.work, row.answers_digest = work, digest_of(work)
    _handed_in(actor, row)
    return row


@transaction.atomic
def mark_handed_in(actor: Actor, *, attempt: Attempt, version: int | None = None) -> Attempt:
    """The teacher got it on paper, or saw it. Raises Conflict where it is not waited for."""
    row = lock_attempt(actor, attempt, JUDGE, version)
    if row.state not in {Attempt.State.ASSIGNED, Attempt.State.NEEDS_REVISION}:
        raise Conflict(_("This attempt was handed in before. Look at it again."))
    _handed_in(actor, row)
    return row


@transaction.atomic
def cancel_attempt(actor: Actor, *, attempt: Attempt, version: int | None = None) -> Attempt:
    """Given by mistake. It stays in the list; its form counts as seen. Raises Conflict once it has been judged."""
    row = lock_attempt(actor, attempt, JUDGE, version)
    if row.state in {Attempt.State.JUDGED, Attempt.State.RELEASED}:
        raise Conflict(_("This attempt has been judged. Withdraw its evidence on the learner's page instead."))
    row.state = Attempt.State.CANCELLED
    save_attempt(row)
    record_audit(actor, "attempt.cancelled", target=row)
    return row


@transaction.atomic
def ask_again(actor: Actor, *, learner: Learner, competency_ids: Collection[int], note: str = "") -> int:
    """The learner asks to be assessed again; asking twice changes nothing. Gives how many requests are new."""
    if not can(actor, "Learner directory fields", "read", learner) or learner.member_id != actor.member_id:
        raise NotFound
    known = Competency.objects.filter(id__in=competency_ids).order_by("id").values_list("id", flat=True)
    waiting = set(_open_requests([learner.pk], known).values_list("competency_id", flat=True))
    rows = [RetryRequest(learner=learner, competency_id=key, note=note) for key in known if key not in waiting]
    RetryRequest.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        record_audit(actor, "retry.asked", target=learner, detail={"requests": len(rows)})
    return len(rows)


@transaction.atomic
def answer_request(actor: Actor, *, request: RetryRequest, answer: str) -> RetryRequest:
    """Closed without a new attempt, with words for the learner. Raises Conflict where it is closed, NotFound."""
    row: RetryRequest = RetryRequest.objects.select_for_update().get(pk=request.pk)
    if not can(actor, *JUDGE, row):
        raise NotFound
    if row.closed_at is not None:
        raise Conflict(_("Somebody answered this a moment ago. Look at the list again."))
    row.closed_at, row.closed_by_id, row.answer = timezone.now(), actor.member_id, answer
    row.save(update_fields=["closed_at", "closed_by_id", "answer"])
    record_audit(actor, "retry.answered", target=row)
    return row


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """Work that a learner handed in and nobody has judged: no evidence yet, so no part of any level."""

    learner_id: int
    competency_id: int
    attempt_id: UUID
    title: str
    form: str
    state: str


def open_attempts(learner_ids: Collection[int], competency_ids: Collection[int]) -> list[OpenAttempt]:
    """What waits to be judged, newest first. The caller has checked that the learners may be seen. One query."""
    rows = Attempt.objects.filter(
        learner_id__in=learner_ids, state__in=WAITING, assessment__alignments__competency_id__in=competency_ids
    )
    fields = ("learner_id", "assessment__alignments__competency_id", "public_id", "assessment__title", "form__name")
    return [OpenAttempt(*row) for row in rows.order_by("-handed_in_at", "-id").values_list(*fields, "state")]


def lock_attempt(actor: Actor, attempt: Attempt, action: tuple[str, str], version: int | None) -> Attempt:
    """The row, locked until the end of the transaction. Raises NotFound out of reach, Conflict on another version."""
    found: Attempt | None = Attempt.objects.select_for_update().filter(pk=attempt.pk).first()
    if found is None or not can(actor, *action, found):
        raise NotFound
    if version is not None and found.version != version:
        raise Conflict(
            _("Somebody else changed this attempt a moment ago. Keep theirs, or save again to use yours."),
            code="stale", now=found.version,
        )  # fmt: skip
    return found


def save_attempt(row: Attempt) -> None:
    row.version += 1
    row.save()


def digest_of(work: str) -> str:
    """Equal words have equal digests, whatever blanks and capitals stand between; nothing written has none."""
    words = " ".join(work.casefold().split())
    return sha256(words.encode()).hexdigest() if words else ""


def _handed_in(actor: Actor, row: Attempt) -> None:
    row.state, row.handed_in_at = Attempt.State.HANDED_IN, timezone.now()
    save_attempt(row)
    record_audit(actor, "attempt.handed_in", target=row)


def _open_task(actor: Actor, assessment: Assessment) -> Assessment:
    task = lock(actor, assessment, JUDGE)
    if task.state != Assessment.State.OPEN or task.section_id is None:
        raise Conflict(_("This task is closed. Reopen it to give it to learners."))
    return task


def _open_requests(learner_ids: Collection[int], competency_ids: Any) -> "QuerySet[RetryRequest]":
    rows: QuerySet[RetryRequest] = RetryRequest.objects.filter(
        closed_at=None, learner_id__in=learner_ids, competency_id__in=competency_ids
    )
    return rows


def _close_requests(actor: Actor, task: Assessment, learner_ids: Collection[int]) -> None:
    keys = task.alignments.values("competency_id")
    _open_requests(learner_ids, keys).update(closed_at=timezone.now(), closed_by_id=actor.member_id)
