"""What the pages of roster imports show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import StaleMark
from integrations.models import RosterImport, RosterImportRow
from integrations.roster_pages.keeping import MOST_LEAVING, UNDO_FOR, State, can_undo, is_large_loss
from integrations.roster_pages.watching import UNHEARD_AFTER
from learners.models import Dimension
from reporting.csv_cells import csv_text
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.models import RoleGrant

READ = ("Background job (state, error list)", "read")
SHOWN, SENSITIVE = 100, "sensitive"
FIELDS: dict[str, Any] = {
    "given_name": _("given name"), "family_name": _("family name"), "email": _("email"),
    "preferred_name": _("preferred name"), "pronouns": _("pronouns"), "identifier": _("number"), "grade": _("grade"),
    "home_school_id": _("school"), "sensitive": _("sensitive fields"),
}  # fmt: skip
TABLES: dict[str, Any] = {
    "tenancy_member": _("the person"), "tenancy_rolegrant": _("a role"), "learners_school": _("the school"),
    "learners_term": _("the term"), "learners_course": _("the course"), "learners_section": _("the class"),
    "learners_learner": _("the learner's record"), "learners_schoolpost": _("a post at a school"),
    "learners_guardianlink": _("a guardian"), "learners_enrolment": _("a place in a class"),
    "learners_sectionstaff": _("an assignment to a class"), "learners_demographics": _("sensitive fields"),
}  # fmt: skip
SHOWS = ("all", "problems", "look", "changed", "new", "leaves")
ROLES = dict(RoleGrant.Role.choices)


@dataclass(frozen=True, slots=True)
class Page:
    """One import. `rows`: people of the preview, as they were stored, with words; `levels`: (done, all) or None.
    `is_unheard`: somebody works at it, or did, and has not been heard of for a while."""

    one: RosterImport
    is_working: bool
    problems: list[dict[str, Any]]
    files: list[str]
    rows: list[dict[str, Any]]
    rows_in_all: int
    show: str
    losing: list[dict[str, Any]]
    losing_in_all: int
    saves: int
    is_large_loss: bool
    most_leaving: int
    can_undo: bool
    undo_until: datetime | None
    levels: tuple[int, int] | None
    kept: list[tuple[str, Any]]
    is_unheard: bool

    @property
    def figures(self) -> dict[str, Any]:
        figures: dict[str, Any] = self.one.figures
        return figures


def imports_list(actor: Actor) -> list[RosterImport]:
    """The newest fifty. One query."""
    return list(RosterImport.objects.visible_to(actor, *READ).order_by("-made_at", "-id")[:50])


def visible_import(actor: Actor, public_id: UUID) -> RosterImport:
    """Raises NotFound."""
    one: RosterImport | None = RosterImport.objects.visible_to(actor, *READ).filter(public_id=public_id).first()
    if one is None:
        raise NotFound
    return one


def import_page(one: RosterImport, show: str = "all") -> Page:
    """At most four queries."""
    show = show if show in SHOWS else "all"
    rows = RosterImportRow.objects.filter(roster_import=one)
    losing = [row.detail for row in rows.filter(what="look").order_by("position")[:SHOWN]]
    wanted = rows.filter(what=show) if show in {"look", "changed", "new", "leaves"} else rows
    shown = [] if show == "problems" else list(wanted.order_by("position")[:SHOWN])
    figures = one.figures
    files = sorted({problem["file"] for problem in one.problems if problem.get("cells")})
    return Page(
        one=one, is_working=one.state in {State.CHECKING, State.SAVING, State.UNDOING},
        problems=[{**problem, "at": f"p{n}"} for n, problem in enumerate(one.problems[:SHOWN])], files=files,
        rows=[_words(row.what, row.detail) for row in shown],
        rows_in_all=figures.get("new", 0) + figures.get("changed", 0) + figures.get("leaving", 0), show=show,
        losing=losing, losing_in_all=figures.get("losing", 0),
        saves=max(0, figures.get("people", 0)), is_large_loss=is_large_loss(figures), most_leaving=MOST_LEAVING,
        can_undo=can_undo(one), undo_until=one.saved_at + UNDO_FOR - timedelta(days=1) if one.saved_at else None,
        levels=_levels(one), kept=[(row["name"], TABLES.get(row["what"], row["what"])) for row in one.kept],
        is_unheard=one.heard_at is not None and one.heard_at < timezone.now() - timedelta(seconds=UNHEARD_AFTER),
    )  # fmt: skip


def _levels(one: RosterImport) -> tuple[int, int] | None:
    """How many levels that waited after the import are worked out: none is missed where others came since."""
    waited = one.figures.get("levels", 0)
    if one.state not in {State.SAVED, State.UNDONE} or not waited:
        return None
    since = one.undone_at or one.saved_at
    left = StaleMark.objects.filter(marked_at__lte=since, parked_at=None).count() if since else 0
    return (max(0, waited - left), waited) if left else None


def _words(what: str, detail: dict[str, Any]) -> dict[str, Any]:
    fields = [(FIELDS.get(name, name), old, _labels(new) if name == SENSITIVE else new)
              for name, old, new in detail["fields"]]  # fmt: skip
    roles = [(sign, ROLES.get(role, role)) for sign, role in detail["roles"]]
    return {**detail, "what": what, "fields": fields, "roles": roles}


def _labels(names: str) -> str:
    """Of sensitive fields which ones change, and not to what."""
    return ", ".join(str(Dimension(name).label) for name in names.split(", "))


def problem_rows(one: RosterImport, file: str) -> str:
    """The rows of one file that could not be saved, as they came, and what is wrong with each. Raises NotFound."""
    rows = [problem for problem in one.problems if problem["file"] == file and problem.get("cells")]
    head = one.headers.get(file.removesuffix(".csv"))
    if not rows or head is None:
        raise NotFound
    width = len(head)
    cells = [[*(row["cells"] + [""] * width)[:width], row["message"]] for row in rows]
    return csv_text([*head, "problem"], cells)
