"""`manage.py import_oneroster ZIP|DIR --tenant SLUG [--dry-run] [--max-delete-percent N] [--json]`"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from integrations.management.base import USAGE, ImportCommand, Outcome, Refusal
from integrations.oneroster.importer import DEFAULT_MAX_DELETE_PERCENT, import_bundle
from integrations.oneroster.report import RosterRejected
from tenancy.models import Tenant


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
        super().handle(*args, **options)

    def work(self, tenant: Tenant, path: Path, options: Mapping[str, Any]) -> Outcome:
        try:
            report = import_bundle(path, max_delete_percent=options["max_delete_percent"])
        except RosterRejected as rejected:
            report = rejected.report
            raise Refusal([one.as_dict() for one in report.problems], report.counts) from rejected
        return Outcome(report.counts, [one.as_dict() for one in report.problems])
