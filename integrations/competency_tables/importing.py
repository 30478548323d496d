"""From an uploaded file to a plan, and from the plan into the framework. Page and command go the same way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from competencies.drafts import create_place, open_draft, save_draft
from competencies.editing import create_framework
from competencies.models import Framework, Policy
from competencies.table_rows import Plan
from competencies.table_writes import save_table
from competencies.tables import make_plan
from integrations.competency_tables.canvas import read_canvas
from integrations.competency_tables.columns import read_rows
from integrations.competency_tables.found import Found
from integrations.competency_tables.moodle import read_moodle
from integrations.competency_tables.sheet import Sheet, is_spreadsheet, read_csv
from integrations.competency_tables.xlsx import read_xlsx
from integrations.models import CurriculumUpload
from tenancy.actor import Actor
from tenancy.errors import Invalid, problem

KEPT_FOR = timedelta(days=1)


def _own(sheet: Sheet) -> Found:
    rows, faults = read_rows(sheet)
    return Found(rows, faults)


READERS: dict[str, Callable[[Sheet], Found]] = {
    "csv": _own,
    "xlsx": _own,
    "canvas": read_canvas,
    "moodle": read_moodle,
}
KINDS = tuple(READERS)


def read_file(data: bytes, kind: str) -> Found:
    """What the file holds; a spreadsheet is recognised by its content. Raises TableRefused."""
    sheet = read_xlsx(data) if kind == "xlsx" or is_spreadsheet(data) else read_csv(data)
    return READERS[kind](sheet)


@transaction.atomic
def keep_upload(
    actor: Actor, *, data: bytes, name: str, kind: str, framework: Framework | None, title: str = ""
) -> CurriculumUpload:
    """Keep the file for its preview. Raises TableRefused for what is no table, Invalid without a place for it."""
    found = read_file(data, kind)
    title = (title.strip() or found.title)[:200]
    if framework is None and not title:
        said = _("Choose the framework it belongs to, or enter the name of a new one")
        raise Invalid([problem("framework", said, "empty")])
    CurriculumUpload.objects.filter(made_at__lt=timezone.now() - KEPT_FOR).delete()
    upload: CurriculumUpload = CurriculumUpload.objects.create(
        kind=kind, file_name=name[-255:], content=data, framework=framework, title=title, made_by_id=actor.member_id
    )
    return upload


@dataclass(frozen=True, slots=True)
class Preview:
    """`draft_rule`: a rule comes with it and would be kept as a draft; `notes`: what is not taken over."""

    plan: Plan
    found: Found
    draft_rule: bool
    notes: tuple[str, ...]


def preview_of(framework: Framework | None, found: Found) -> Preview:
    """Nothing is written."""
    plan = make_plan(framework, found.rows, found.faults)
    has_rule = framework is not None and Policy.objects.filter(framework=framework).exists()
    notes = list(found.notes)
    if has_rule and found.proposals:
        notes.append(_("The framework has a rule of its own: the scale of the file is not taken over."))
    for other in found.proposals[1:]:
        said = ngettext(
            "%(n)d competency has another scale or method (%(method)s): not taken over, like %(names)s.",
            "%(n)d competencies have another scale or method (%(method)s): not taken over, like %(names)s.",
            len(other.names),
        )
        shown = ", ".join(other.names[:3])
        values = {"n": len(other.names), "method": other.content.rule.get("method", ""), "names": shown}
        notes.append(said % values)
    return Preview(plan, found, bool(found.proposals) and not has_rule, tuple(notes))


@transaction.atomic
def save_found(
    actor: Actor, *, framework: Framework | None, title: str, found: Found, only_good: bool, seen: str | None = None
) -> tuple[Framework, Preview]:
    """Write it: into the framework, or into a new one as a draft. A rule that comes with it becomes a draft.

    Raises Invalid while there are problems and not `only_good`, Conflict where the framework changed since `seen`.
    """
    preview = preview_of(framework, found)
    if framework is None:
        framework = create_framework(actor, title=title)
    plan = save_table(
        actor, framework=framework, rows=found.rows, faults=found.faults, only_good=only_good, seen=seen,
        reason=_("Imported from a file"),
    )  # fmt: skip
    if preview.draft_rule:
        policy = create_place(actor, name=framework.title[:100], framework_id=framework.pk)
        draft = open_draft(actor, policy=policy)
        save_draft(actor, draft=draft, content=found.proposals[0].content, seen=draft.edited_at)
    return framework, Preview(plan, found, preview.draft_rule, preview.notes)
