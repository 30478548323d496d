"""`manage.py benchmark grid|recompute [options]`: a file of `benchmarks/` on a tenant that is rolled back again."""

import runpy
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Run a benchmark that needs the database. Everything it writes is rolled back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("options", nargs="*")

    def run_from_argv(self, argv: list[str]) -> None:
        """Options of the benchmark itself are passed on as they are."""
        self.passed = argv[3:]
        super().run_from_argv(argv[:3])

    def handle(self, *args: Any, **options: Any) -> None:
        file = settings.BASE_DIR / "benchmarks" / f"{options['name']}.py"
        if not file.is_file():
            known = ", ".join(sorted(path.stem for path in file.parent.glob("*.py")))
            raise CommandError(f'There is no benchmark "{options["name"]}". Use one of: {known}')
        sys.argv = [str(file), *self.passed]
        sys.path.insert(0, str(file.parent))
        runpy.run_path(str(file), run_name="__main__")
