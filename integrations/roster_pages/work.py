"""The job behind the pages of roster imports: look, save, set back. Each in one transaction.

The state of the import is the truth. It changes together with what was written, so a worker that is killed leaves
everything as it was and the next one begins again. Whoever works holds a lock that ends with its transaction.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assessments.artefact_files import storage
from assessments.models import StaleMark
from integrations.models import RosterChange, RosterImport, RosterImportRow
from integrations.oneroster.bulk import fetch, whole_sets
from integrations.oneroster.importer import Options, import_bundle
from integrations.oneroster.report import RosterRejected, RosterReport
from integrations.roster_pages.differences import copy_tables, differences, keep_changes, put_rows
from integrations.roster_pages.keeping import WAITS, State, drop_file, forget_old
from integrations.roster_pages.own_schools import refuse_changes_of_others, rows_of_others
from integrations.roster_pages.people import Preview, preview
from integrations.roster_pages.rows import Passed, passed_of, rows_in
from integrations.roster_pages.undoing import undo
from integrations.roster_pages.watching import Stopped, Watch, watching
from learners.reach import administered_school_ids, running
from tenancy.actor import DST, SCH, Actor
from tenancy.audit import record_audit
from tenancy.context import current_tenant_id, tenant_context
from tenancy.models import Member, RoleGrant, Tenant
from tenancy.selectors import local_today

logger = logging.getLogger(__name__)
MOST_TRIES = 5
MOST_ROUNDS = 20  # rows that depend on rows that are passed over are found one round later
CHUNK = 1 << 20
LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('roster import job', %(tenant)s))"
CHANGED = "changed"
NO_RIGHT = "no_right"


class Moved(Exception):
    """Saving would do something else than the preview said."""


def run_imports(tenant_id: int) -> int:
    """Work through what waits in the tenant. Returns how many were taken."""
    done: set[int] = set()
    while True:
        with tenant_context(tenant_id):
            one = _next(done)
        if one is None:
            return len(done)
        done.add(one.pk)
        try:
            with tenant_context(tenant_id):
                if fetch(LOCK)[0][0]:
                    _work(one)
        except Stopped:
            logger.info("a roster import was discarded while it was worked on")
        except Exception as error:
            logger.exception("a roster import failed")
            with tenant_context(tenant_id):
                text = f"{type(error).__name__}: {error}"[:500]
                RosterImport.objects.filter(pk=one.pk, state=one.state).update(state=State.FAILED, error=text)


def forget_old_of(tenant_id: int) -> int:
    with tenant_context(tenant_id):
        return forget_old()


def _next(done: set[int]) -> RosterImport | None:
    """The oldest that waits and is not worked on; counted, so that one that kills its worker is given up."""
    if not fetch(LOCK)[0][0]:
        return None
    rows = RosterImport.objects.filter(state__in=WAITS).exclude(pk__in=done)
    one: RosterImport | None = rows.order_by("made_at", "id").first()
    if one is not None:
        begun = {"step": "", "rows_done": 0, "share": 0, "heard_at": timezone.now()}
        RosterImport.objects.filter(pk=one.pk).update(tries=F("tries") + 1, **begun)
        one.tries += 1
    return one


def _work(one: RosterImport) -> None:
    if one.tries > MOST_TRIES:
        RosterImport.objects.filter(pk=one.pk).update(state=State.FAILED, error="given up")
        return
    tenant = Tenant.objects.get(pk=current_tenant_id())
    actor = _originator(one, local_today(tenant))
    if actor is None:
        RosterImport.objects.filter(pk=one.pk).update(state=State.FAILED, error=NO_RIGHT)
        return
    if one.state == State.CHECKING:
        _check(one, actor)
    elif one.state == State.SAVING:
        _save(one, actor)
    else:
        _undo(one, actor)


def _originator(one: RosterImport, today: date) -> Actor | None:
    """Who asked for it, if they may still do so: a job has the rights of whoever started it."""
    held = RoleGrant.objects.filter(running(today), member_id=one.made_by_id, member__is_enabled=True)
    roles = frozenset(held.filter(role__in=(DST, SCH)).values_list("role", flat=True))
    member = Member.objects.filter(pk=one.made_by_id).first()
    if member is None:
        return None
    actor = Actor(current_tenant_id(), today, roles, member.pk, member.user_id, label=member.name)
    return actor if actor.has(DST) or (actor.has(SCH) and _runs_all(actor, one)) else None


def _runs_all(actor: Actor, one: RosterImport) -> bool:
    return one.school_ids is not None and set(one.school_ids) <= set(administered_school_ids(actor))


@contextmanager
def _file(one: RosterImport) -> Iterator[Path]:
    """The upload as a file of its own, wherever it is kept; gone afterwards."""
    with tempfile.NamedTemporaryFile(suffix=".zip") as copy, storage().open(one.stored_as) as kept:
        for chunk in iter(lambda: kept.read(CHUNK), b""):
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


@dataclass
class _Seen:
    """What an attempt found, before its transaction ends."""

    school_ids: list[int] | None
    preview: Preview | None = None
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def look(self, report: RosterReport) -> None:
        if self.school_ids is not None:
            refuse_changes_of_others(report, self.school_ids)
        self.preview = preview(differences(), self.school_ids)
        self.counts = {kind: dict(counts) for kind, counts in report.counts.items()}


def _options(one: RosterImport, actor: Actor, passed: Passed, watch: Watch) -> Options:
    return Options(
        skipped=passed.skipped, skipped_ids=passed.ids, keeps_missing=one.keeps_missing, actor=actor,
        before=copy_tables, step=watch.step, rows=watch.rows,
        refused=lambda: () if one.school_ids is None else rows_of_others(one.school_ids, actor.today),
    )  # fmt: skip


def _check(one: RosterImport, actor: Actor) -> None:
    """Try the import, passing over more rows until the rest can be saved; look at what it did; take it back."""
    passed, seen = Passed(), _Seen(one.school_ids)
    values: dict[str, object] = {"state": State.REFUSED}
    with _file(one) as path, watching(one, rows_in(path)) as watch:
        for _round in range(MOST_ROUNDS):
            options = _options(one, actor, passed, watch)
            try:
                with transaction.atomic():
                    looking = replace(options, after=seen.look)
                    import_bundle(path, max_delete_percent=100, today=actor.today, options=looking)
                    transaction.set_rollback(True)
            except RosterRejected as rejected:
                if not passed.add(rejected.report.problems, rejected.report.version):
                    values["problems"] = [problem.as_dict() for problem in rejected.report.problems[:1_000]]
                    break
                unreadable = passed.read_cells(path)
                if unreadable is not None:
                    values["problems"] = [unreadable.as_dict()]
                    break
            else:
                values = {"state": State.CHECKED, "problems": passed.stored(), "headers": passed.headers}
                break
        put_rows(one.pk, seen.preview.rows if seen.preview else ())
    figures = {**(seen.preview.figures if seen.preview else {}), "counts": seen.counts, "skipped": passed.count}
    _end(one, figures=figures, tries=0, **values)


def _save(one: RosterImport, actor: Actor) -> None:
    """Write it, with what an undo needs. Where it would do something else than was shown, it is shown again first."""
    passed = passed_of(one.problems, one.headers)

    def finish(report: RosterReport) -> None:
        if {kind: dict(counts) for kind, counts in report.counts.items()} != one.figures.get("counts"):
            raise Moved
        if one.school_ids is not None:
            refuse_changes_of_others(report, one.school_ids)
        keep_changes(one.pk)

    try:
        with _file(one) as path, watching(one, rows_in(path)) as watch, transaction.atomic():
            saving = replace(_options(one, actor, passed, watch), after=finish)
            import_bundle(path, max_delete_percent=100, today=actor.today, options=saving)
    except (RosterRejected, Moved):
        _end(one, state=State.CHECKING, error=CHANGED, tries=0)
        return
    RosterImportRow.objects.filter(roster_import=one).delete()
    figures = {**one.figures, "levels": StaleMark.objects.count()}
    _end(one, state=State.SAVED, saved_at=timezone.now(), figures=figures)
    drop_file(one)


def _undo(one: RosterImport, actor: Actor) -> None:
    values = {"today": actor.today, "yesterday": actor.today - timedelta(days=1)}
    with watching(one), transaction.atomic(), whole_sets():
        undone = undo(one.pk, actor, values)
    RosterChange.objects.filter(roster_import=one).delete()
    record_audit(actor, "roster.undone", target=one, detail={**undone.counts, "kept": len(undone.kept)})
    figures = {**one.figures, "undone": undone.counts, "levels": StaleMark.objects.count()}
    _end(one, state=State.UNDONE, undone_at=timezone.now(), kept=undone.kept, figures=figures)


def _end(one: RosterImport, **values: object) -> None:
    """The state after; nothing of the work stays where it was discarded meanwhile."""
    if not RosterImport.objects.filter(pk=one.pk, state=one.state).update(**values):
        raise Stopped
