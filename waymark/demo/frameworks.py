"""The sample frameworks as CASE packages, so that they come in through the same door as anybody's."""

import csv
import json
import lzma
import re
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from competencies.statements import plain

DATA = Path(__file__).with_name("data")
CHANGED = "2026-07-01T00:00:00+00:00"
NOTICE = (
    "Coherence map: Student Achievement Partners / Achieve the Core, CC0-1.0. "
    "© Copyright 2010. National Governors Association Center for Best Practices and Council of Chief State School "
    "Officers. All rights reserved."
)
GRADES = ("K", "1", "2", "3", "4", "5", "6", "7", "8", "HS")
HABITS = {
    "Working together": ("Listens and builds on what others say", "Takes on a fair part of group work"),
    "Staying with it": ("Tries a second way when the first one fails", "Finishes what was started, on time"),
}
SAFETY = {
    "Before work": (
        "Reads the work order and names its three largest risks",
        "Checks own protective equipment against the list",
        "Confirms the line is isolated with the control centre",
        "Sets up the lookout position with a clear line of sight",
    ),
    "During work": (
        "Gives and repeats warning signals without delay",
        "Keeps the safe distance while lifting with two people",
        "Stops work when a condition changes and says why",
        "Logs each tool taken into the track",
    ),
    "After work": (
        "Counts tools out of the track against the log",
        "Hands the line back in the agreed words",
        "Writes a near-miss report that another crew can act on",
    ),
    "Leading others": (
        "Briefs a new crew member in five minutes",
        "Gives one useful piece of feedback after the shift",
    ),
}


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "/".join(("waymark-demo", *parts))))


class PackageBuilder:
    """Collects items and associations of one framework."""

    def __init__(self, key: str, title: str, notes: str = "") -> None:
        self.key = key
        self.items: list[dict[str, Any]] = []
        self.associations: list[dict[str, Any]] = []
        self.document = {
            "identifier": _id(key),
            "uri": f"urn:uuid:{_id(key)}",
            "creator": "Waymark sample data",
            "title": title,
            "notes": notes,
            "language": "en",
            "lastChangeDateTime": CHANGED,
        }

    def item(self, name: str, statement: str, parent: str | None, number: int, **values: Any) -> None:
        identifier = _id(self.key, name)
        self.items.append(
            {
                "identifier": identifier,
                "uri": f"urn:uuid:{identifier}",
                "fullStatement": statement,
                "lastChangeDateTime": CHANGED,
                **values,
            }
        )
        self.associate("isChildOf", name, parent, number)

    def associate(self, kind: str, origin: str, destination: str | None, number: int | None = None) -> None:
        ends = {
            "originNodeURI": _id(self.key, origin),
            "destinationNodeURI": _id(self.key, *([destination] if destination else [])),
        }
        identifier = _id(self.key, kind, origin, destination or "")
        links = {name: {"identifier": end, "uri": f"urn:uuid:{end}", "title": name} for name, end in ends.items()}
        self.associations.append(
            {
                "identifier": identifier,
                "uri": f"urn:uuid:{identifier}",
                "associationType": kind,
                "lastChangeDateTime": CHANGED,
                **links,
                **({"sequenceNumber": number} if number is not None else {}),
            }
        )

    def to_bytes(self) -> bytes:
        package = {"CFDocument": self.document, "CFItems": self.items, "CFAssociations": self.associations}
        return json.dumps(package).encode()


def rows(name: str) -> list[dict[str, str]]:
    file = DATA / "coherence" / name
    data = lzma.decompress(file.read_bytes()) if file.suffix == ".xz" else file.read_bytes()
    return list(csv.DictReader(StringIO(data.decode())))


def mathematics() -> bytes:
    """Grades → domains → clusters → standards, with 757 prerequisite edges between standards."""
    builder = PackageBuilder("mathematics", "Mathematics K–12: coherence map", NOTICE)
    for number, grade in enumerate(GRADES, 1):
        builder.item(
            f"grade-{grade}", "High school" if grade == "HS" else f"Grade {grade}", None, number, CFItemType="Grade"
        )
    domains = {row["id"]: row for row in rows("domains.csv")}
    for row in domains.values():
        values = {"humanCodingScheme": f"{row['grade']}.{row['code']}", "CFItemType": "Domain"}
        builder.item(f"domain-{row['id']}", row["name"], f"grade-{row['grade']}", int(row["id"]), **values)
    # Six clusters of the source have neither a domain nor a standard: nothing could be reached through them.
    clusters = {row["id"]: row for row in rows("clusters.csv") if row["domain_id"] in domains}
    for row in clusters.values():
        domain = domains[row["domain_id"]]
        code = f"{domain['grade']}.{domain['code']}.{row['letter']}"
        values = {"humanCodingScheme": code, "CFItemType": "Cluster"}
        builder.item(f"cluster-{row['id']}", row["name"], f"domain-{row['domain_id']}", ord(row["letter"]), **values)
    standards = rows("standards.csv.xz")
    known = {(row["cluster_id"], row["ordinal"]): row["id"] for row in standards}
    for row in standards:
        _standard(builder, row, clusters[row["cluster_id"]], domains, known)
    for edge in rows("prerequisite_edges.csv"):
        builder.associate("precedes", edge["from_id"], edge["to_id"])
    return builder.to_bytes()


def _standard(
    builder: PackageBuilder,
    row: dict[str, str],
    cluster: dict[str, str],
    domains: dict[str, dict[str, str]],
    known: dict[tuple[str, str], str],
) -> None:
    """A standard, or a part of one: "2.a" stands below "2" of the same cluster."""
    domain = domains[cluster["domain_id"]]
    statement = row["text_html"].strip()
    whole, _, letter = row["ordinal"].partition(".")
    above = known.get((cluster["id"], whole)) if letter else None
    builder.item(
        row["id"],
        statement,
        above or f"cluster-{cluster['id']}",
        ord(letter) if letter else int(whole),
        humanCodingScheme=f"{domain['grade']}.{domain['code']}.{cluster['letter']}.{row['ordinal']}",
        abbreviatedStatement=short(statement),
        CFItemType="Part of a standard" if letter else "Standard",
        educationLevel=[domain["grade"]],
    )


def short(statement: str, limit: int = 52) -> str:
    """The first words of a statement, for a column head."""
    text = re.split(r"[.;:(]|, e\.g\b", plain(statement))[0].strip()
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0].rstrip(",") + " …"


def of_groups(key: str, title: str, groups: Mapping[str, Iterable[str]], prefix: str) -> bytes:
    """A small framework of two levels, each statement a prerequisite of the next one of its group."""
    builder = PackageBuilder(key, title)
    for g, (group, statements) in enumerate(groups.items(), 1):
        builder.item(group, group, None, g, humanCodingScheme=f"{prefix}{g}", CFItemType="Group")
        before = None
        for s, statement in enumerate(statements, 1):
            name = f"{group}-{s}"
            values = {"humanCodingScheme": f"{prefix}{g}.{s}", "abbreviatedStatement": short(statement, 70)}
            builder.item(name, statement, group, s, CFItemType="Competency", **values)
            if before:
                builder.associate("precedes", before, name)
            before = name
    return builder.to_bytes()


def habits() -> bytes:
    return of_groups("habits", "Habits of learning", HABITS, "H")


def safety() -> bytes:
    return of_groups("safety", "Working safely on the track", SAFETY, "S")
