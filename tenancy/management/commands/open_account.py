"""`manage.py open_account EMAIL --tenant SLUG [--url https://…]`: an account and a link to choose a password."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.errors import DomainError
from tenancy.models import Tenant
from tenancy.selectors import local_today
from tenancy.services import open_account


class Command(BaseCommand):
    help = "Open an account for a member of a tenant and print a link to choose a password. The link works once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where people reach this installation")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f'There is no tenant "{options["tenant"]}"')
        try:
            with tenant_context(tenant.pk):
                system = Actor(tenant_id=tenant.pk, today=local_today(tenant), label="command line")
                opened = open_account(system, email=options["email"])
        except DomainError as error:
            raise CommandError(error.message) from error
        key = f"{user_pk_to_url_str(opened.user)}-{default_token_generator.make_token(opened.user)}"
        path = reverse("account_reset_password_from_key", args=key.split("-", 1))
        self.stdout.write(f"{options['url'].rstrip('/')}{path}")
