"""`manage.py recompute_statuses --tenant SLUG`: every level worked out from the ledger, in chunks, with progress."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from milestones.whole import CHUNK, recompute_tenant
from tenancy.models import Tenant


class Command(BaseCommand):
    help = (
        "Work every level of a tenant out from the evidence ledger and write what differs. Ctrl-C stops after a chunk."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="the tenant's slug")
        parser.add_argument("--chunk", type=int, default=CHUNK, help=f"levels per transaction, by default {CHUNK}")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f'tenant was "{options["tenant"]}", which does not exist. Use the slug of a tenant')
        if options["chunk"] < 1:
            raise CommandError(f"chunk was {options['chunk']}. Use a whole number of 1 or more")
        done = 0

        def progress(now: int, total: int) -> bool:
            nonlocal done
            done = now
            self.stderr.write(f"{now:,} of {total:,} levels")
            return True

        try:
            moved = recompute_tenant(tenant.pk, "recompute", progress, options["chunk"])
        except KeyboardInterrupt as stop:
            raise CommandError(f"stopped after {done:,} levels; what is done stays done. Run again to go on") from stop
        self.stdout.write(f"{tenant.slug}: {done:,} levels worked out, {moved:,} moved")
