"""`manage.py load_demo [--json]`: the sample tenants; a second run changes nothing."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from waymark.demo.load import accounts, load_all


class Command(BaseCommand):
    help = "Load the two sample tenants and list their sign-ins. Refused in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="list sign-ins and tokens as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Sample accounts have a known password. Load them in a demo installation only")
        load_all(self.stderr.write)
        if options["json"]:
            self.stdout.write(json.dumps(accounts()))
