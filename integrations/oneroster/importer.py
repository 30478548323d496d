"""Write a OneRoster bundle into the open tenant (interop.md OR-5 … OR-9): all of it or nothing.

A bulk file is the full truth about what came from a roster: who is missing is deactivated, never deleted, and evidence
stays. A delta touches only what it lists. Rows made by hand (no sourcedId) are never touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from django.db import transaction

from integrations.oneroster.bulk import Written, refresh_statistics, run, stage, whole_sets
from integrations.oneroster.bundle import Bundle, read_bundle
from integrations.oneroster.check import FileSummary, KnownIds, check_bundle
from integrations.oneroster.demographics import FILE as DEMOGRAPHICS
from integrations.oneroster.demographics import stage_demographics, write_demographics
from integrations.oneroster.enrolments import write_enrolments
from integrations.oneroster.guard import losses
from integrations.oneroster.guardians import write_guardians
from integrations.oneroster.known import NOT_STORED, known_ids
from integrations.oneroster.modes import Modes
from integrations.oneroster.people import find_learners, write_learners, write_members
from integrations.oneroster.places import PLACES, write_place, write_section_terms
from integrations.oneroster.problems import BundleRejected, Problem
from integrations.oneroster.repeat import bundle_print, last_report, remember
from integrations.oneroster.report import RosterRejected, RosterReport
from integrations.oneroster.roles import write_roles
from integrations.oneroster.schema import Mode
from integrations.oneroster.spared import spare
from integrations.oneroster.staging import COURSES, ORGS, ROLES, SEATED, SECTIONS, TERMS, USERS, Stager
from learners.demographics import kept_dimensions
from learners.signals import places_changed
from milestones.marks import mark_moved, mark_of_term
from tenancy.actor import Actor
from tenancy.context import current_tenant_id
from tenancy.models import Tenant
from tenancy.selectors import local_today

DEFAULT_MAX_DELETE_PERCENT = 20.0
KINDS = {"orgs": "schools", "academicSessions": "terms", "courses": "courses", "classes": "sections"}
MANY = 1_000
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('roster import', %(tenant)s))"


def _nothing() -> None:
    """Nothing to be done before."""


def _nothing_of(_report: RosterReport) -> None:
    """Nothing to be done after."""


def _no_step(_name: str) -> None:
    """Nobody watches."""


def _no_rows(_count: int) -> None:
    """Nobody counts."""


def _no_refusals() -> Sequence[Problem]:
    """The whole file may be imported."""
    return ()


@dataclass(frozen=True, slots=True)
class Options:
    """How a page imports otherwise than the command.

    `skipped`: file → numbers of rows that are passed over, `skipped_ids`: the sourcedIds that stand in them.
    `keeps_missing`: who is not in a full file stays as they are. `before`, `after`: called around the writing, in its
    transaction. `step`: called with the name of each step, and again when a part of it is done; `rows`: with how many
    rows were read since. Both may raise, and nothing is written. `refused`: asked before the writing, with the staging
    tables filled, what of the file the importer may not import.
    """

    skipped: Mapping[str, frozenset[int]] = field(default_factory=dict)
    skipped_ids: frozenset[str] = frozenset()
    keeps_missing: bool = False
    actor: Actor | None = None
    before: Callable[[], None] = _nothing
    after: Callable[[RosterReport], None] = _nothing_of
    step: Callable[[str], None] = _no_step
    rows: Callable[[int], None] = _no_rows
    refused: Callable[[], Sequence[Problem]] = _no_refusals

    @property
    def is_plain(self) -> bool:
        """Whether the file alone decides what happens, as it does for the command."""
        return self is PLAIN


PLAIN = Options()


def import_bundle(
    path: Path,
    *,
    max_delete_percent: float = DEFAULT_MAX_DELETE_PERCENT,
    today: date | None = None,
    options: Options = PLAIN,
) -> RosterReport:
    """Import the ZIP or folder at `path`; the tenant is open. `today` defaults to the tenant's own date.

    Raises RosterRejected, with nothing written, when the bundle has errors (OR-5) or would deactivate more than
    `max_delete_percent` of the tenant's active learners or enrolments (OR-7). The same bundle again changes nothing.
    """
    report = RosterReport()
    try:
        bundle = read_bundle(path)
    except BundleRejected as rejected:
        report.problems = list(rejected.problems)
        raise RosterRejected(report) from rejected
    report.version = bundle.version
    bundle = replace(bundle, skipped=options.skipped, heard=options.rows)
    with transaction.atomic():
        run(LOCK)  # two imports into one tenant at once would each take the other's new rows for missing ones
        digest = bundle_print(bundle) if options.is_plain else ""
        repeated = last_report(digest)
        if repeated is not None:
            return repeated
        today = today or local_today(Tenant.objects.get(pk=current_tenant_id()))
        options.before()
        with whole_sets():
            _Import(bundle, report, Modes.of(bundle, today), max_delete_percent, options).run()
        options.after(report)
        actor = options.actor or Actor(tenant_id=current_tenant_id(), today=today, label="roster import")
        remember(actor, digest, report)
    return report


class _Import:
    def __init__(
        self, bundle: Bundle, report: RosterReport, modes: Modes, max_delete_percent: float, options: Options
    ) -> None:
        self._bundle, self._report, self._modes, self._options = bundle, report, modes, options
        self._max_delete_percent = max_delete_percent
        self._stager = Stager(bundle, KnownIds())
        self._kept = kept_dimensions()

    def run(self) -> None:
        self._options.step("check")
        known = known_ids(self._bundle)
        check = check_bundle(self._bundle, known)
        self._report.problems = list(check.problems)
        if check.errors:
            raise RosterRejected(self._report)
        self._stager = Stager(self._bundle, known)
        self._options.step("stage")
        self._stage()
        spare(self._options.skipped_ids, keeps_missing=self._options.keeps_missing)
        find_learners(self._modes)
        refused = self._options.refused()
        if refused:
            self._report.problems += refused
            raise RosterRejected(self._report)
        above = [loss for loss in losses(self._modes) if loss.is_above(self._max_delete_percent)]
        if above:
            self._report.problems += [loss.problem(self._max_delete_percent) for loss in above]
            raise RosterRejected(self._report)
        self._options.step("write")
        self._write()
        self._options.step("finish")
        self._count_not_stored(check.files)
        self._report.problems += self._stager.findings.problems()
        self._refuse_errors()

    def _stage(self) -> None:
        stager = self._stager
        stage(ORGS, stager.orgs())
        stage(TERMS, stager.terms())
        stage(COURSES, stager.courses())
        stage(SECTIONS, stager.sections())
        stage(USERS, stager.users())
        stage(ROLES, stager.roles())
        stage(SEATED, stager.seats())
        stage_demographics(self._bundle, self._kept)
        self._refuse_errors()

    def _refuse_errors(self) -> None:
        problems = self._stager.findings.problems()
        if any(problem.severity == "error" for problem in problems):
            self._report.problems = list(dict.fromkeys([*self._report.problems, *problems]))
            raise RosterRejected(self._report)

    def _write(self) -> None:
        """Each file that is sent, in the order in which rows need each other."""
        sent, modes, sink = self._bundle.is_sent, self._modes, self._stager.findings
        for file in PLACES:
            if sent(file):
                self._note(KINDS[file], write_place(file, is_bulk=self._bundle.mode(file) is Mode.BULK))
        if sent("classes"):
            self._note("section_terms", write_section_terms())
        if sent("users"):
            self._note("members", write_members(modes))
        if sent("users") or sent("roles") or sent("enrollments"):
            self._note("learners", write_learners(modes))
        if sent("users") and self._report.counts["members"]["created"] > MANY:
            refresh_statistics("tenancy_member", "learners_learner", "learners_section")
        if sent("roles"):
            self._pair(("role_grants", "school_posts"), lambda: write_roles(modes, sink))
            self._left_out("role_grants", "roles")
        if sent("users"):
            self._note("guardian_links", write_guardians(modes, sink))
        if sent("enrollments"):
            self._pair(("enrolments", "section_staff"), lambda: write_enrolments(modes, sink))
        if sent(DEMOGRAPHICS) and self._kept:
            self._note(DEMOGRAPHICS, write_demographics(self._bundle))
        self._mark_levels()

    def _mark_levels(self) -> None:
        """Where a learner is at home and when a term begins decide levels, too."""
        if self._is_changed("learners"):
            mark_moved()
        if self._is_changed("terms"):
            mark_of_term()
        if any(self._is_changed(kind) for kind in ("schools", "sections", "learners", "enrolments")):
            places_changed.send(sender=RosterReport, school_ids=None)

    def _is_changed(self, kind: str) -> bool:
        counts = self._report.counts.get(kind, Counter())
        return any(counts[outcome] for outcome in ("created", "updated", "deactivated"))

    def _pair(self, kinds: tuple[str, str], write: Callable[[], tuple[Written, Written]]) -> None:
        for kind, written in zip(kinds, write(), strict=True):
            self._note(kind, written)

    def _note(self, kind: str, written: Written) -> None:
        self._options.step("write")
        for outcome in ("created", "updated", "unchanged", "deactivated"):
            self._report.count(kind, outcome, getattr(written, outcome))

    def _left_out(self, kind: str, file: str) -> None:
        self._report.count(kind, "skipped", self._stager.left_out.get(file, 0))

    def _count_not_stored(self, files: Mapping[str, FileSummary]) -> None:
        for name in NOT_STORED:
            if name in files and not (name == DEMOGRAPHICS and self._kept):
                self._report.count(name, "skipped", files[name].rows)
                message = f"{files[name].rows} rows were checked and not stored"
                self._report.problems.append(Problem("warning", f"{name}.csv", None, "", "not_stored", message))
