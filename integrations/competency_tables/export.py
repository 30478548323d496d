"""A framework as a table: read back it changes nothing."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from competencies.models import Prerequisite
from competencies.table_rows import ID
from integrations.competency_tables.columns import HEAD
from integrations.competency_tables.xlsx import xlsx_bytes
from reporting.csv_cells import csv_text
from reporting.curriculum.rights import competencies_for, visible_framework
from tenancy.actor import Actor
from tenancy.audit import record_audit

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def framework_file(actor: Actor, framework_id: UUID, kind: str) -> bytes:
    """Three queries and a note in the audit. `kind`: csv or xlsx. Raises NotFound.

    A code that is empty or not the only one of its kind is written as `id:…`, so that the row finds its way back.
    """
    framework = visible_framework(actor, framework_id)
    rows = list(competencies_for(actor).filter(framework_id=framework.pk).order_by("tree_order", "id"))
    counts = Counter(row.code for row in rows)
    names = {row.pk: row.code if is_name(row.code, counts) else f"{ID}{row.public_id}" for row in rows}
    before: dict[int, list[str]] = {}
    edges = Prerequisite.objects.filter(after__framework_id=framework.pk, before__framework_id=framework.pk)
    ordered = edges.order_by("before__tree_order", "before_id").values_list("before_id", "after_id")
    for first, then in ordered:
        if first in names:
            before.setdefault(then, []).append(names[first])
    table = [
        [
            names[row.pk], row.statement, row.family_statement, names.get(row.parent_id, "") if row.parent_id else "",
            ", ".join(row.education_levels), "; ".join(before.get(row.pk, [])), row.state,
        ]
        for row in rows
    ]  # fmt: skip
    record_audit(actor, "framework.exported", target=framework, detail={"rows": len(table), "kind": kind})
    if kind == "xlsx":
        return xlsx_bytes(HEAD, table, framework.title)
    return csv_text(HEAD, table).encode()


def is_name(code: str, counts: Counter[str]) -> bool:
    """A code that names one competency, and is not torn apart in a list of codes."""
    return bool(code) and counts[code] == 1 and code == code.strip() and not set(code) & set(";\n") and code[:3] != ID
