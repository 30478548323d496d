"""`manage.py import_evidence FILE.csv --tenant SLUG [--source NAME] [--dry-run] [--json]`"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from integrations.evidence_csv import EvidenceRejected, EvidenceReport, import_evidence
from integrations.management.base import ImportCommand, Outcome, Refusal
from tenancy.models import Tenant


class Command(ImportCommand):
    help = "Record evidence from a CSV file. Twice changes nothing; rows that are wrong are listed and left out."
    kind = "evidence"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--source", default="csv", help="the system it comes from (default: csv)")

    def work(self, tenant: Tenant, path: Path, options: Mapping[str, Any]) -> Outcome:
        try:
            report = import_evidence(path, source=options["source"], progress=self._progress)
        except EvidenceRejected as rejected:
            report = rejected.report
            raise Refusal([one.as_dict() for one in report.problems], report.counts) from rejected
        return Outcome(report.counts, [one.as_dict() for one in report.problems])

    def _progress(self, report: EvidenceReport) -> None:
        figures = f"{report.created} recorded, {report.unchanged} unchanged, {report.rejected} left out"
        self.stderr.write(f"{report.rows} rows read: {figures}")
