"""Writes around milestones: working through what is stale, and releasing levels to learners and families."""

from datetime import date

from django.db import connection, transaction
from django.db.models.fields.json import KT

from learners.models import Enrolment, Section
from learners.reach import running
from milestones import bulk
from milestones.assigned import SECTION, works_towards
from milestones.explanation import milestone_explanations, standing_overrides
from milestones.models import MilestoneStatus, Release, SectionMilestone
from milestones.recompute import recompute_statuses
from milestones.releases import newest_piece
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.context import tenant_context

BATCH = 2_000
NOT_SET = {"id": None}
PARK_AFTER = 5


def drain_tenant(tenant_id: int, *, batches: int = 20) -> int:
    """Work through the tenant's stale marks, one transaction a batch. Returns how many pairs were worked out.

    Marks are cleared in the transaction that writes the levels: a worker killed at any moment leaves either both or
    neither. They are cleared first, so that a pair marked anew while its batch is worked out (what comes before it
    moved) waits for another turn. Several workers share the work by SKIP LOCKED. A batch that fails is tried pair by
    pair; a pair that fails is put off with growing delay and parked after five tries, and holds up nobody.
    """
    done = 0
    for _ in range(batches):
        taken, failed = _drain_batch(tenant_id, BATCH)
        done += taken
        if failed:
            done += _drain_one_by_one(tenant_id, failed)
        if taken + len(failed) < BATCH:
            break
    return done


def _drain_batch(tenant_id: int, limit: int) -> tuple[int, list[int]]:
    """(worked out, ids of a batch that failed as a whole)."""
    ids: list[int] = []
    try:
        with tenant_context(tenant_id):
            marks = bulk.rows(bulk.TAKE_MARKS, limit=limit)
            ids = [mark[0] for mark in marks]
            if ids:
                bulk.run(bulk.CLEAR_MARKS, ids=ids)
            for cause in sorted({mark[1] for mark in marks}):
                recompute_statuses([key for key, why in marks if why == cause], cause)
    except Exception:
        if connection.in_atomic_block or not ids:
            raise
        return 0, ids
    return len(ids), []


def _drain_one_by_one(tenant_id: int, ids: list[int]) -> int:
    done = 0
    for pair_id in ids:
        try:
            with tenant_context(tenant_id):
                cause = bulk.cause_of_mark(pair_id)
                bulk.run(bulk.CLEAR_MARKS, ids=[pair_id])
                recompute_statuses([pair_id], cause)
            done += 1
        except Exception as error:
            with tenant_context(tenant_id):
                bulk.run(
                    bulk.PUT_OFF_MARKS, ids=[pair_id], error=f"{type(error).__name__}: {error}"[:500], limit=PARK_AFTER
                )
    return done


@transaction.atomic
def release_levels(actor: Actor, *, section: Section) -> int:
    """Let learners and families of a section see the levels as they are now. Returns how many are new to them.

    A level is new, too, when a teacher has set it or let the rule decide again since. Why it is what it is, is frozen
    beside it.
    """
    statuses = _statuses_of(section, actor.today)
    learners, milestones = {status[0] for status in statuses}, {status[1] for status in statuses}
    set_now = standing_overrides(learners, milestones)
    known = {
        (learner, milestone): (level, override)
        for learner, milestone, level, override in Release.objects.filter(learner_id__in=learners)
        .order_by("id")
        .values_list("learner_id", "milestone_id", "level", KT("explanation__override__id"))
    }
    new = {
        (learner, milestone): level
        for learner, milestone, level in statuses
        if known.get((learner, milestone)) != (level, set_now.get((learner, milestone), NOT_SET)["id"])
    }
    reasons, watermark = milestone_explanations(list(new)), newest_piece()
    Release.objects.bulk_create(
        [
            Release(
                learner_id=pair[0], milestone_id=pair[1], level=level, explanation=reasons[pair],
                released_by_id=actor.member_id, watermark=watermark,
            )
            for pair, level in new.items()
        ],
        batch_size=1000,
    )  # fmt: skip
    record_audit(actor, "levels.released", target=section, detail={"levels": len(new)})
    return len(new)


def _statuses_of(section: Section, today: date) -> list[tuple[int, int, int]]:
    """(learner, milestone, level) of what the section plans, what was given to its learners and their own goals."""
    enrolled = Enrolment.objects.filter(running(today), section_id=section.pk, is_withdrawn=False)
    learners = list(enrolled.values_list("learner_id", flat=True))
    planned = set(SectionMilestone.objects.filter(section_id=section.pk).values_list("milestone_id", flat=True))
    given = {pair for pair, work in works_towards(learners, today).items() if work.by != SECTION}
    rows = MilestoneStatus.objects.filter(learner_id__in=learners, milestone_id__in=planned | {one for _, one in given})
    found = rows.order_by("learner_id", "milestone_id").values_list("learner_id", "milestone_id", "level")
    return [row for row in found if row[1] in planned or row[:2] in given]
