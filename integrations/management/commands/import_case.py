"""`manage.py import_case FILE --tenant SLUG [--dry-run] [--json]`"""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.case.importer import CaseReport, import_package
from integrations.case.package import read_package
from integrations.case.problems import PackageRejected, Problem
from integrations.management.base import DryRun, ImportCommand
from tenancy.context import tenant_context


class Command(ImportCommand):
    help = "Import a framework from a CASE 1.0 or 1.1 package (JSON). Twice changes nothing."
    kind = "case"

    def handle(self, *args: Any, **options: Any) -> None:
        tenant, path = self.tenant(options["tenant"]), self.path(options["path"])
        started_at, report = timezone.now(), CaseReport()
        faults: tuple[Problem, ...] = ()
        with tenant_context(tenant.pk):
            try:
                package = read_package(path)
                with transaction.atomic():
                    report = import_package(package)
                    if options["dry_run"]:
                        raise DryRun
            except DryRun:
                pass
            except PackageRejected as error:
                report, faults = CaseReport(), error.problems
            stored = self.store(
                path,
                started_at=started_at,
                is_dry_run=options["dry_run"],
                is_accepted=not faults,
                counts=report.counts,
                problems=[*_listed("error", faults), *_listed("warning", report.problems)],
            )
        self.show(stored, options["json"])


def _listed(severity: str, problems: Any) -> list[dict[str, Any]]:
    rows: list[Problem] = list(problems)
    return [{"severity": severity, **asdict(problem)} for problem in rows]
