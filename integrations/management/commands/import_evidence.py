"""`manage.py import_evidence FILE.csv --tenant SLUG [--source NAME] [--dry-run] [--json]`"""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone

from integrations.evidence_csv import EvidenceRejected, EvidenceReport, import_evidence
from integrations.management.base import DryRun, ImportCommand
from tenancy.context import tenant_context


class Command(ImportCommand):
    help = "Record evidence from a CSV file. Twice changes nothing; rows that are wrong are listed and left out."
    kind = "evidence"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--source", default="csv", help="the system it comes from (default: csv)")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant, path = self.tenant(options["tenant"]), self.path(options["path"])
        started_at, report, is_accepted = timezone.now(), EvidenceReport(), True
        with tenant_context(tenant.pk):
            try:
                with transaction.atomic():
                    report = import_evidence(path, source=options["source"], progress=self._progress)
                    if options["dry_run"]:
                        raise DryRun
            except DryRun:
                pass
            except EvidenceRejected as rejected:
                report, is_accepted = rejected.report, False
            stored = self.store(
                path,
                started_at=started_at,
                is_dry_run=options["dry_run"],
                is_accepted=is_accepted,
                counts=report.counts,
                problems=[problem.as_dict() for problem in report.problems],
            )
        self.show(stored, options["json"])

    def _progress(self, report: EvidenceReport) -> None:
        figures = f"{report.created} recorded, {report.unchanged} unchanged, {report.rejected} left out"
        self.stderr.write(f"{report.rows} rows read: {figures}")
