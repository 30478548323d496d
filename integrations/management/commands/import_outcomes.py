"""`manage.py import_outcomes --tenant SLUG --file FILE --kind KIND [--framework ID | --title NAME] [--dry-run]`"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from competencies.models import Framework
from integrations.competency_tables.importing import KINDS, Preview, read_file, save_found
from integrations.competency_tables.sheet import TableRefused
from integrations.management.base import USAGE, ImportCommand, Outcome, Refusal
from tenancy.actor import Actor
from tenancy.errors import Invalid
from tenancy.models import Tenant
from tenancy.selectors import local_today


class Command(ImportCommand):
    help = "Import outcomes of Canvas, competencies of Moodle, or our own table. Twice changes nothing."
    kind = "outcomes"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", dest="path", required=True, metavar="FILE", help="the file to import")
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--kind", required=True, choices=KINDS)
        parser.add_argument("--framework", help="public id of the framework; left out: by its title, else a new one")
        parser.add_argument("--title", default="", help="of a new framework")
        parser.add_argument("--only-good", action="store_true", help="leave out rows with problems and save the others")
        parser.add_argument("--dry-run", action="store_true", help="check and report, write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def work(self, tenant: Tenant, path: Path, options: Mapping[str, Any]) -> Outcome:
        actor = Actor(tenant_id=tenant.pk, today=local_today(tenant), label="outcomes import")
        try:
            found = read_file(path.read_bytes(), options["kind"])
            title = options["title"] or found.title or path.stem
            framework = self._framework(options["framework"], title)
            saved = save_found(actor, framework=framework, title=title, found=found, only_good=options["only_good"])[1]
        except TableRefused as error:
            raise Refusal([_problem("error", None, "", error.message)], {"competencies": {}}) from error
        except Invalid as error:
            problems = [_problem("error", None, one["field"], one["message"]) for one in error.problems]
            raise Refusal(problems, {"competencies": {}}) from error
        return Outcome({"competencies": _counts(saved)}, _problems(saved))

    def _framework(self, wanted: str | None, title: str) -> Framework | None:
        """The one asked for, else one of this title that is not published by somebody else."""
        if wanted is None:
            rows = Framework.objects.filter(title=title).order_by("id")
            return next((one for one in rows if not one.is_from_elsewhere), None)
        try:
            found: Framework | None = Framework.objects.filter(public_id=UUID(wanted)).first()
        except ValueError:
            found = None
        if found is None:
            raise CommandError(f'There is no framework "{wanted}" here. Check its id', returncode=USAGE)
        return found


def _counts(saved: Preview) -> dict[str, int]:
    plan = saved.plan
    numbers = {"created": len(plan.new), "updated": len(plan.changed), "unchanged": plan.same, "kept": plan.kept}
    return {**numbers, "left out": plan.left_out}


def _problems(saved: Preview) -> list[dict[str, Any]]:
    faults = [_problem("warning", one.row, one.column, one.message) for one in saved.plan.faults]
    return faults + [_problem("note", None, "", note) for note in saved.notes]


def _problem(severity: str, row: int | None, field: str, message: str) -> dict[str, Any]:
    return {"severity": severity, "row": row, "field": field, "message": message}
