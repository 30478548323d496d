"""`manage.py create_tenant SLUG NAME [--time-zone Europe/Berlin] [--host learn.example.org]`"""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from competencies.services import DEFAULT_RULE, publish_policy
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.models import Tenant
from tenancy.selectors import local_today


class Command(BaseCommand):
    help = "Create a tenant: a district, a school or a company."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("name")
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--host", default=None, help="the tenant's own host name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ZoneInfo(options["time_zone"])
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise CommandError(f'There is no time zone "{options["time_zone"]}". Use one like Europe/Berlin') from error
        tenant = Tenant(**{name: options[name] for name in ("slug", "name", "time_zone", "host")})
        try:
            tenant.full_clean()
        except ValidationError as error:
            raise CommandError(
                " ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            ) from error
        with transaction.atomic():
            tenant.save()
            with tenant_context(tenant.pk):
                system = Actor(tenant_id=tenant.pk, today=local_today(tenant), label="command line")
                publish_policy(system, name="Newer work counts more", rule=DEFAULT_RULE, reason="First version")
        self.stdout.write(f"{tenant.slug} is there, with a first policy. Import a framework and a roster next.")
