"""One line of the table of routes: the row of the matrix it is, the object in its address, a good answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.permissions.places import Places

STAFF = frozenset({"TCH", "SCH", "DST"})
ANYBODY = STAFF | {"LRN", "GRD"}
EVERYBODY = ANYBODY | {"MEN"}
Address = Callable[[Places, str], str]
Data = Callable[[Places, str], Any]


@dataclass(frozen=True)
class Entry:
    """One route and method.

    `what`: the object whose kinds are tried ("" for none); `address` makes the path of a kind. `good` is the status
    where the role reaches the object, `none` that of a list without any object in reach.
    """

    name: str
    resource: str
    action: str
    roles: frozenset[str]
    address: Address
    what: str = ""
    kinds_of: str = ""
    method: str = "GET"
    good: int = 200
    data: Data | None = None
    is_api: bool = False
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> str:
        return self.kinds_of or self.what

    def __str__(self) -> str:
        return f"{self.method} {self.name}" + (f" by {self.ids}" if self.ids else "")


def page(name: str, row: tuple[str, str], roles: frozenset[str], address: Address, **values: Any) -> Entry:
    return Entry(name, *row, roles, address, **values)


def api(name: str, row: tuple[str, str], address: Address, **values: Any) -> Entry:
    return Entry(name, *row, frozenset({"INT"}), address, is_api=True, **values)


def own(places: Places, what: str) -> str:
    return places.ids[what]["own"]
