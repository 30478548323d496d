"""`manage.py import_oneroster ZIP|DIR --tenant SLUG [--dry-run] [--max-delete-percent N] [--json]`"""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from integrations.management.base import USAGE, DryRun, ImportCommand
from integrations.oneroster.importer import DEFAULT_MAX_DELETE_PERCENT, import_bundle
from integrations.oneroster.report import RosterRejected, RosterReport
from tenancy.context import tenant_context


class Command(ImportCommand):
    help = "Import a roster from a OneRoster 1.1 or 1.2 CSV bundle (ZIP or folder). Twice changes nothing."
    kind = "oneroster"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--max-delete-percent",
            type=float,
            default=DEFAULT_MAX_DELETE_PERCENT,
            metavar="N",
            help="stop if more than N %% of the active learners or enrolments would be deactivated (default: 20)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        percent = options["max_delete_percent"]
        if not 0 <= percent <= 100:
            raise CommandError(f"--max-delete-percent was {percent:g}. Use a number from 0 to 100", returncode=USAGE)
        tenant, path = self.tenant(options["tenant"]), self.path(options["path"])
        started_at, report, is_accepted = timezone.now(), RosterReport(), True
        with tenant_context(tenant.pk):
            try:
                with transaction.atomic():
                    report = import_bundle(path, max_delete_percent=percent)
                    if options["dry_run"]:
                        raise DryRun
            except DryRun:
                pass
            except RosterRejected as rejected:
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
