"""Small CASE packages for tests, as plain JSON values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from integrations.case.model import CasePackage
from integrations.case.package import read_package
from integrations.case.problems import PackageRejected, Problem

DATA = Path(__file__).parent.parent / "data" / "case"
TIME = "2026-11-19T08:30:00+00:00"
DOCUMENT = "d0000000-0000-0000-0000-000000000000"


def uuid(number: int, kind: str = "0") -> str:
    return f"{kind}0000000-0000-0000-0000-{number:012d}"


def item(number: int, **more: Any) -> dict[str, Any]:
    identifier = uuid(number)
    return {
        "identifier": identifier,
        "uri": f"https://case.example/CFItems/{identifier}",
        "fullStatement": f"Statement {number}",
        "humanCodingScheme": f"C.{number}",
        "lastChangeDateTime": TIME,
    } | more


def node(identifier: str) -> dict[str, str]:
    return {"title": "A title", "identifier": identifier, "uri": f"https://case.example/{identifier}"}


def link(number: int, origin: str, destination: str, kind: str = "isChildOf", **more: Any) -> dict[str, Any]:
    identifier = uuid(number, "a")
    return {
        "identifier": identifier,
        "uri": f"https://case.example/CFAssociations/{identifier}",
        "associationType": kind,
        "originNodeURI": node(origin),
        "destinationNodeURI": node(destination),
        "lastChangeDateTime": TIME,
    } | more


def child(number: int, origin: int, destination: int | None = None, **more: Any) -> dict[str, Any]:
    """isChildOf, by numbers; without a destination the document is the parent."""
    return link(number, uuid(origin), DOCUMENT if destination is None else uuid(destination), **more)


def package(items: list[Any] | None = None, associations: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "CFDocument": {
            "identifier": DOCUMENT,
            "uri": f"https://case.example/CFDocuments/{DOCUMENT}",
            "creator": "A school",
            "title": "A framework",
            "lastChangeDateTime": TIME,
        },
        "CFItems": items or [],
        "CFAssociations": associations or [],
    } | more


def read(value: object) -> CasePackage:
    return read_package(json.dumps(value).encode())


def faults(value: object) -> tuple[Problem, ...]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    try:
        read_package(data)
    except PackageRejected as rejected:
        return rejected.problems
    return ()


def codes(value: object) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in faults(value)]
