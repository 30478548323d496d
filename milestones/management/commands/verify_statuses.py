"""`manage.py verify_statuses --tenant SLUG [--fix]`: every level against the ledger."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from milestones.verify import verify_tenant
from tenancy.models import Tenant


class Command(BaseCommand):
    help = "Work every level out once more from the evidence ledger and report each that differs."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--tenant", help="the tenant's slug")
        which.add_argument("--all", action="store_true", help="every tenant")
        parser.add_argument("--fix", action="store_true", help="work the differing levels out anew")

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.order_by("slug")
        if not options["all"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants.exists():
                raise CommandError(f'tenant was "{options["tenant"]}", which does not exist. Use the slug of a tenant')
        differing = sum(self._check(tenant, fix=options["fix"]) for tenant in tenants)
        if differing and not options["fix"]:
            raise CommandError(f"{differing} differ. Run again with --fix to work them out anew")

    def _check(self, tenant: Tenant, *, fix: bool) -> int:
        report = verify_tenant(tenant.pk, fix=fix)
        for line in report.lines:
            self.stdout.write(f"{tenant.slug}: {line}")
        fixed = f", {report.fixed} worked out anew" if fix else ""
        self.stdout.write(f"{tenant.slug}: {report.statuses} levels checked, {report.differing} differ{fixed}")
        return report.differing
