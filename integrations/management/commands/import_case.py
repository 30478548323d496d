"""`manage.py import_case FILE --tenant SLUG [--dry-run] [--json]`"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from integrations.case.importer import CaseReport, import_package
from integrations.case.package import read_package
from integrations.case.problems import PackageRejected, Problem
from integrations.management.base import ImportCommand, Outcome, Refusal
from tenancy.models import Tenant


class Command(ImportCommand):
    help = "Import a framework from a CASE 1.0 or 1.1 package (JSON). Twice changes nothing."
    kind = "case"

    def work(self, tenant: Tenant, path: Path, options: Mapping[str, Any]) -> Outcome:
        try:
            report = import_package(read_package(path))
        except PackageRejected as rejected:
            raise Refusal(_listed("error", rejected.problems), CaseReport().counts) from rejected
        return Outcome(report.counts, _listed("warning", report.problems))


def _listed(severity: str, problems: Any) -> list[dict[str, Any]]:
    rows: list[Problem] = list(problems)
    return [{"severity": severity, **asdict(problem)} for problem in rows]
