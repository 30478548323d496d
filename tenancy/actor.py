"""Who is asking: one person or machine, in exactly one tenant, with one set of roles."""

from dataclasses import dataclass, field
from datetime import date

ANON, LRN, GRD, TCH, SCH, DST, INT = "ANON", "LRN", "GRD", "TCH", "SCH", "DST", "INT"
MEN = "MEN"  # follows named learners and only reads: decision 0022
# The other roles of design/permissions.md come with the issues that need them and are refused until then.
ROLES_IN_USE = frozenset({ANON, LRN, GRD, MEN, TCH, SCH, DST, INT})


@dataclass(frozen=True, slots=True)
class Actor:
    """`today` is the tenant's own date: assignments and enrolments begin and end at its midnight.

    `school_ids` limits a machine client to some schools; None means all of the tenant. `has_stepped_up`: the person
    proved again in the last 15 minutes that it is them (condition STEP). `unread`: messages that wait for them.
    `children`: only where several guardians are written to at once: whom their links reach, read just before.
    """

    tenant_id: int
    today: date
    roles: frozenset[str] = frozenset()
    member_id: int | None = None
    user_id: int | None = None
    token_id: int | None = None
    scopes: frozenset[str] = frozenset()
    school_ids: frozenset[int] | None = None
    has_stepped_up: bool = False
    label: str = field(default="", compare=False)
    unread: int = field(default=0, compare=False)
    children: frozenset[int] | None = None

    def has(self, role: str) -> bool:
        return role in self.roles
