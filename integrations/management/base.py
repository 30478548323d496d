"""What the import commands share: the tenant, the dry run, the stored report, one JSON object on standard output."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from integrations.models import ImportReport
from tenancy.context import tenant_context
from tenancy.models import Tenant

ACCEPTED, REJECTED, USAGE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """counts: {type: {created, updated, …: how many}}; problems as they are stored in the report."""

    counts: Mapping[str, Mapping[str, int]]
    problems: Sequence[Mapping[str, Any]]
    is_accepted: bool = True


class Refusal(Exception):
    """The file is refused; nothing of it stays."""

    def __init__(self, problems: Sequence[Mapping[str, Any]], counts: Mapping[str, Mapping[str, int]]) -> None:
        super().__init__("refused")
        self.outcome = Outcome(counts, problems, is_accepted=False)


class ImportCommand(BaseCommand, ABC):
    """Exit code 0: done, 1: refused with nothing written, 2: wrong use."""

    requires_migrations_checks = False
    kind = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="the file (or folder) to import")
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--dry-run", action="store_true", help="check and report, write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def tenant(self, slug: str) -> Tenant:
        found = Tenant.objects.filter(slug=slug).first()
        if found is None:
            known = ", ".join(Tenant.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
            raise CommandError(f'There is no tenant "{slug}". Use one of: {known}', returncode=USAGE)
        return found

    def path(self, text: str) -> Path:
        path = Path(text)
        if not path.exists():
            raise CommandError(f'There is no file "{text}". Check the path', returncode=USAGE)
        return path

    @abstractmethod
    def work(self, tenant: Tenant, path: Path, options: Mapping[str, Any]) -> Outcome:
        """Import the file, within the caller's transaction and tenant. Raises Refusal."""

    def handle(self, *args: Any, **options: Any) -> None:
        tenant, path, started_at = self.tenant(options["tenant"]), self.path(options["path"]), timezone.now()
        with tenant_context(tenant.pk):
            try:
                with transaction.atomic():
                    outcome = self.work(tenant, path, options)
                    if options["dry_run"]:
                        transaction.set_rollback(True)  # everything was tried, nothing stays
            except Refusal as refusal:
                outcome = refusal.outcome
            stored = self._store(path, outcome, started_at, is_dry_run=options["dry_run"])
        self.show(stored, options["json"])

    def _store(self, path: Path, outcome: Outcome, started_at: datetime, *, is_dry_run: bool) -> ImportReport:
        """Keep the report, in a transaction of its own: a refused import is remembered, too. The tenant is open."""
        with transaction.atomic():
            report: ImportReport = ImportReport.objects.create(
                kind=self.kind,
                file_name=path.name[:255],
                is_dry_run=is_dry_run,
                is_accepted=outcome.is_accepted,
                counts={kind: dict(count) for kind, count in outcome.counts.items()},
                problems=list(outcome.problems)[:5_000],
                started_at=started_at,
            )
        return report

    def show(self, report: ImportReport, as_json: bool) -> None:
        """The report for people, or as one JSON object. Exits with 1 when it was refused."""
        if as_json:
            data = {
                "kind": report.kind,
                "accepted": report.is_accepted,
                "dry_run": report.is_dry_run,
                "counts": report.counts,
                "problems": report.problems,
                "report": str(report.public_id),
            }
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            self._show_text(report)
        if not report.is_accepted:
            raise SystemExit(REJECTED)

    def _show_text(self, report: ImportReport) -> None:
        for problem in report.problems[:200]:
            places = (problem.get(key) for key in ("path", "file", "row", "field"))
            place = " ".join(str(part) for part in places if part not in {None, ""})
            self.stdout.write(f"{problem.get('severity', 'error')}: {place}: {problem['message']}")
        if len(report.problems) > 200:
            self.stdout.write(f"… and {len(report.problems) - 200} more; --json lists up to 5,000")
        for kind, counts in report.counts.items():
            figures = ", ".join(f"{number} {outcome}" for outcome, number in counts.items() if number)
            self.stdout.write(f"{kind}: {figures or 'nothing'}")
        if not report.is_accepted:
            self.stdout.write("Refused. Nothing was written.")
        elif report.is_dry_run:
            self.stdout.write("Dry run: nothing was written.")
        else:
            self.stdout.write("Done.")
