"""`manage.py verify_statuses --tenant SLUG [--fix]`: every level against the ledger."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from milestones.verify import verify_tenant
from tenancy.models import Tenant


class Command(BaseCommand):
    help = "Work every level out once more from the evidence ledger and report each that differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="the tenant's slug")
        parser.add_argument("--fix", action="store_true", help="work the differing levels out anew")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f'tenant was "{options["tenant"]}", which does not exist. Use the slug of a tenant')
        report = verify_tenant(tenant.pk, fix=options["fix"])
        for line in report.lines:
            self.stdout.write(f"{tenant.slug}: {line}")
        fixed = f", {report.fixed} worked out anew" if options["fix"] else ""
        self.stdout.write(f"{tenant.slug}: {report.statuses} levels checked, {report.differing} differ{fixed}")
        if report.differing and not options["fix"]:
            raise CommandError(f"{report.differing} differ. Run again with --fix to work them out anew")
