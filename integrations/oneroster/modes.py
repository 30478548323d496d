"""Which of the files about people a bundle sends in full, and the day it is imported (interop.md OR-6)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from integrations.oneroster.bundle import Bundle
from integrations.oneroster.schema import Mode


@dataclass(frozen=True, slots=True)
class Modes:
    """`full_…`: the file is bulk, so it tells also by what it leaves out. `today` is the tenant's own date."""

    full_users: bool
    full_roles: bool
    full_seats: bool
    today: date

    @classmethod
    def of(cls, bundle: Bundle, today: date) -> Modes:
        """The modes of a bundle; roles of a 1.1 bundle are part of its users."""
        users, roles, seats = (bundle.mode(name) is Mode.BULK for name in ("users", "roles", "enrollments"))
        return cls(users, roles, seats, today)

    def values(self) -> dict[str, Any]:
        """The parameters of statements; `yesterday` is the end of what may not be used any more."""
        return {**asdict(self), "yesterday": self.today - timedelta(days=1)}
