"""Evidence files for tests, and what a tenant holds after importing one."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from assessments.models import Evidence
from integrations.evidence_csv import EvidenceRejected, EvidenceReport, import_evidence
from tenancy.context import tenant_context
from tests.builders import World


def row(world: World, **cells: str) -> dict[str, str]:
    return {
        "learner": "LKV-Ana", "competency": str(world.competencies[0].public_id), "score": "3", "possible": "4",
        "occurred_at": "2026-09-14T09:30:00+02:00", "task": "quiz-1", "kind": "formative", **cells,
    }  # fmt: skip


def write(tmp_path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for one in rows for name in one)), restval="")
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / "evidence.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def send(world: World, path: Path, **options: Any) -> EvidenceReport:
    with tenant_context(world.tenant.pk):
        return import_evidence(path, **options)


def stored(world: World, **condition: Any) -> list[Evidence]:
    with tenant_context(world.tenant.pk):
        rows = Evidence.objects.exclude(source="test").filter(**condition).order_by("id")
        return list(rows.select_related("learner_competency__learner", "learner_competency__competency"))


def figures(report: EvidenceReport) -> tuple[int, int, int]:
    return report.created, report.unchanged, report.rejected


def faults(report: EvidenceReport) -> list[tuple[int | None, str, str]]:
    return [(problem.row, problem.field, problem.code) for problem in report.problems]


def refused(world: World, path: Path, **options: Any) -> EvidenceReport:
    before = len(stored(world))
    with pytest.raises(EvidenceRejected) as caught:
        send(world, path, **options)
    assert len(stored(world)) == before
    return caught.value.report
