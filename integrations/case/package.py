"""Read and check a CASE package (interop.md CASE-1, CASE-2, CASE-5, CASE-10): all of it or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from integrations.case.fields import Fields
from integrations.case.json_text import load_json
from integrations.case.model import CasePackage, Definition
from integrations.case.problems import PackageRejected, Problem, ProblemList
from integrations.case.records import DEFINITION_KINDS, read_association, read_definition, read_document, read_item
from integrations.case.structure import check_structure, collapse_repeats

MAX_BYTES = 50 * 1024 * 1024


def read_package(source: Path | str | bytes, *, max_bytes: int = MAX_BYTES) -> CasePackage:
    """The package in a file (`Path` or `str`) or in memory (`bytes`), checked.

    Accepts CASE 1.0 and 1.1, flat or wrapped in `CFPackage`; unknown properties are ignored, `extensions` kept.
    Raises `PackageRejected` with every problem found: unreadable or too big a file, bad JSON, missing or mistyped
    fields, identifiers that are no UUID or given twice, an isChildOf whose origin is not in the package, and cycles
    of isChildOf. What is tolerated stands in `CasePackage.warnings`.
    Source: 1EdTech CASE 1.1, CFPackage and its parts.
    """
    problems = ProblemList()
    root = load_json(_read_bytes(source, max_bytes), problems)
    if not isinstance(root, dict):
        _refuse("wrong_type", "The file is not a CASE package. Give a JSON object with a CFDocument")
    top = Fields(root, "$", problems)
    if "CFDocument" not in root and isinstance(root.get("CFPackage"), dict):
        top = top.part("CFPackage") or top
    package = _read_parts(top, problems)
    problems.reject_if_any()
    return package


def _read_bytes(source: Path | str | bytes, max_bytes: int) -> bytes:
    if isinstance(source, bytes):
        data = source
    else:
        try:
            with Path(source).open("rb") as file:
                data = file.read(max_bytes + 1)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            reason = error.strerror if isinstance(error, OSError) else "the path is not valid"
            _refuse("unreadable", f"The file cannot be read: {reason}. Check the path")
    if len(data) > max_bytes:
        limit = f"{max_bytes / 1024 / 1024:g} MB" if max_bytes >= 1024 * 1024 else f"{max_bytes} bytes"
        _refuse("too_big", f"The file is larger than {limit}. Split the framework into several packages")
    return data


def _refuse(code: str, message: str) -> NoReturn:
    raise PackageRejected([Problem("$", code, message)]) from None


def _read_parts(top: Fields, problems: ProblemList) -> CasePackage:
    document_fields = top.part("CFDocument")
    if document_fields is None:
        if not top.has("CFDocument"):
            problems.add(f"{top.path}.CFDocument", "missing_field", "CFDocument is missing. A package needs one")
        document_fields = Fields({}, f"{top.path}.CFDocument", ProblemList())
    document = read_document(document_fields)
    items = [(fields.path, read_item(fields, place)) for place, fields in enumerate(top.objects("CFItems"))]
    associations = [
        (fields.path, read_association(fields, place, problems))
        for place, fields in enumerate(top.objects("CFAssociations"))
    ]
    definitions = _read_definitions(top)
    if top.objects("CFRubrics"):
        problems.warn(f"{top.path}.CFRubrics", "not_imported", "Rubrics are not imported yet. The rest is")
    kept = collapse_repeats(associations, problems)
    check_structure((document_fields.path, document), items, kept, definitions, problems)
    return CasePackage(
        document=document,
        items=tuple(item for _, item in items),
        associations=tuple(association for _, association in kept),
        definitions=tuple(definition for _, definition in definitions),
        repeated_associations=len(associations) - len(kept),
        warnings=tuple(problems.warnings),
    )


def _read_definitions(top: Fields) -> list[tuple[str, Definition]]:
    section = top.part("CFDefinitions")
    if section is None:
        return []
    return [
        (fields.path, read_definition(kind, fields)) for kind in DEFINITION_KINDS for fields in section.objects(kind)
    ]
