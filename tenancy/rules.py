"""The access matrix, read once from `permissions.csv` (the machine-readable form of the access rules)."""

import csv
from collections.abc import Mapping
from pathlib import Path

from tenancy.actor import ROLES_IN_USE

# Conditions whose machinery does not exist yet (caseloads, support grants, requests): whatever depends on them is
# refused until it does. DUAL is refused by every model that does not say in SCOPES what a proposal is.
NOT_YET = frozenset({"BG", "CASE", "REQ", "MASK"})

Rules = Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]


def load(path: Path) -> Rules:
    """{(resource, action): {role: conditions that must all hold}}; a refused role is absent."""
    rules: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            roles = rules.setdefault((row["resource"], row["action"]), {})
            codes = tuple(row["condition"].split("+"))
            if row["role"] in ROLES_IN_USE and codes != ("never",) and not NOT_YET.intersection(codes):
                roles[row["role"]] = codes
    return rules


RULES: Rules = load(Path(__file__).with_name("permissions.csv"))


def conditions(resource: str, action: str, role: str) -> tuple[str, ...] | None:
    """Condition codes under which the role may do it, or None. Raises KeyError for a row that is not in the table."""
    return RULES[resource, action].get(role)
