"""`manage.py count_levels --tenant SLUG [--verify] [--days N --by occurred]`: the counters behind the reports."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from milestones.past import BY, OCCURRED
from reporting.summaries.history import rebuild_days
from reporting.summaries.keeping import count_whole
from reporting.summaries.verify import verify_counts
from tenancy.models import Tenant


class Command(BaseCommand):
    help = "Count the levels of a tenant anew, or compare the counters with a direct count and print each difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="the tenant's slug")
        parser.add_argument("--verify", action="store_true", help="compare and write nothing")
        parser.add_argument("--days", type=int, default=0, help="rebuild the trend of so many days from the history")
        parser.add_argument(
            "--by", choices=BY, default=OCCURRED, help="a move counts from the day of the work, or of its entry"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f'tenant was "{options["tenant"]}", which does not exist. Use the slug of a tenant')
        if options["verify"]:
            self._verify(tenant)
            return
        if not 0 <= options["days"] <= 3660:
            raise CommandError(f"days was {options['days']}. Use a number from 1 to 3660, or leave it out")
        count_whole(tenant.pk)
        self.stdout.write(f"{tenant.slug}: counted")
        if options["days"]:
            kept = rebuild_days(tenant.pk, options["days"], options["by"])
            self.stdout.write(f"{tenant.slug}: {kept:,} rows of the trend of {options['days']} days")

    def _verify(self, tenant: Tenant) -> None:
        found = verify_counts(tenant.pk)
        for line in found.lines:
            self.stdout.write(f"{tenant.slug}: {line}")
        self.stdout.write(f"{tenant.slug}: {found.cells:,} cells looked at, {len(found.lines)} differ")
        if found.groups:
            text = "rows of groups differ from a count now; they are counted by the night"
            self.stdout.write(f"{tenant.slug}: {found.groups:,} {text}")
        if found.lines:
            waiting = f" {found.waiting} marks wait for the worker." if found.waiting else ""
            raise CommandError(f"{len(found.lines)} differ.{waiting} Run without --verify to count anew")
