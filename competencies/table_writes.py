"""Saving what a table of competencies changes: all that the plan says, in one transaction, with versions kept."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from competencies.editing import lock_framework, version_of
from competencies.models import Competency, CompetencyVersion, Framework, Prerequisite, PrerequisiteChoice
from competencies.outline import number_tree
from competencies.prerequisites import free_circles
from competencies.signals import prerequisites_changed
from competencies.table_rows import ACTIVE, RETIRED, Change, Fault, Plan, TableRow
from competencies.tables import make_plan
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, problem
from tenancy.ids import uuid7

BATCH = 1_000
LAST = 10_000_000  # behind every sibling, until the tree is numbered


@transaction.atomic
def save_table(
    actor: Actor, *, framework: Framework, rows: Sequence[TableRow], faults: Sequence[Fault] = (),
    only_good: bool = False, seen: str | None = None, reason: str = "",
) -> Plan:  # fmt: skip
    """Write what the table says. `seen`: the digest of the preview that was read.

    Raises Invalid while there are problems and not `only_good`, Conflict where the framework changed since the preview.
    Nothing is written then.
    """
    framework = lock_framework(framework)
    plan = make_plan(framework, rows, faults)
    if seen is not None and seen != plan.digest:
        text = _("The framework was changed since this preview was made. Look at it again, then save")
        raise Conflict(text, code="edited")
    if plan.faults and not only_good:
        raise Invalid([problem(fault.column, fault.message, fault.code) for fault in plan.faults])
    if plan.good:
        _Writing(actor, framework, plan, reason).write()
    return plan


class _Writing:
    def __init__(self, actor: Actor, framework: Framework, plan: Plan, reason: str) -> None:
        self.actor, self.framework, self.plan, self.reason = actor, framework, plan, reason
        self.now = timezone.now()
        self.key_of: dict[int, int] = {}  # node of a new row → key

    def write(self) -> None:
        self._create()
        self._change()
        self._connect([*self.plan.new, *self.plan.changed])
        number_tree(self.framework.pk)
        counts = {"created": len(self.plan.new), "changed": len(self.plan.changed), "left_out": self.plan.left_out}
        record_audit(self.actor, "framework.table_saved", target=self.framework, detail=counts)

    def _key(self, node: int | None) -> int | None:
        return self.key_of[node] if node is not None and node < 0 else node

    def _create(self) -> None:
        """First all rows, then their places: a parent may stand further down in the file."""
        made = []
        for change in self.plan.new:
            row, identifier = change.row, change.row.identifier or str(uuid7())
            made.append(
                Competency(
                    framework=self.framework, identifier=identifier, identifier_key=identifier.lower(),
                    code=row.code or "", statement=row.statement or "", short_statement=row.short_statement or "",
                    family_statement=row.family_statement or "", item_type=row.item_type or "",
                    education_levels=list(row.grades or ()), is_draft=row.state not in {ACTIVE, RETIRED},
                    is_retired=row.state == RETIRED, position=LAST + row.number, last_changed_at=self.now,
                )
            )  # fmt: skip
        saved = Competency.objects.bulk_create(made, batch_size=BATCH)
        self.key_of = {change.node: one.pk for change, one in zip(self.plan.new, saved, strict=True)}
        placed = []
        for change, one in zip(self.plan.new, saved, strict=True):
            if change.parent is not None:
                one.parent_id = self._key(change.parent)
                placed.append(one)
        Competency.objects.bulk_update(placed, ["parent"], batch_size=BATCH)

    def _change(self) -> None:
        changes = {change.node: change for change in self.plan.changed}
        locked = Competency.objects.select_for_update(no_key=True).filter(id__in=changes.keys()).order_by("id")
        rows: list[Competency] = list(locked)
        old: list[CompetencyVersion] = []
        for one in rows:
            before = version_of(one, self.reason, self.actor.member_id)
            self._apply(one, changes[one.pk])
            if before.state != Competency.State.DRAFT:
                one.version = before.number + 1
                old.append(before)
            if not self.framework.is_from_elsewhere:
                one.last_changed_at = self.now
        CompetencyVersion.objects.bulk_create(old, batch_size=BATCH)
        names = [
            "code", "statement", "short_statement", "family_statement", "item_type", "education_levels", "parent",
            "position", "is_draft", "is_retired", "version", "last_changed_at",
        ]  # fmt: skip
        Competency.objects.bulk_update(rows, names, batch_size=BATCH)

    def _apply(self, one: Competency, change: Change) -> None:
        for name, _old, new in change.fields:
            if name in {"code", "statement", "short_statement", "family_statement", "item_type"}:
                setattr(one, name, new)
            elif name == "grades":
                one.education_levels = list(change.row.grades or ())
            elif name == "parent":
                one.parent_id, one.position = self._key(change.parent), LAST + change.row.number
            elif name == "state":
                one.is_draft, one.is_retired = False, new == RETIRED

    def _connect(self, changes: Sequence[Change]) -> None:
        """Exactly the prerequisites that the rows name."""
        wanted = {
            (self._key(change.node) or 0): [self._key(node) or 0 for node in change.before]
            for change in changes
            if change.before is not None
        }
        rows = Prerequisite.objects.filter(after_id__in=wanted.keys(), before__framework_id=self.framework.pk)
        have = {(row.before_id, row.after_id): row.pk for row in rows}
        asked = {(before, after) for after, of in wanted.items() for before in of}
        fresh, gone = sorted(asked - have.keys()), sorted(have.keys() - asked)
        Prerequisite.objects.filter(id__in=[have[ends] for ends in gone]).delete()
        edges = [Prerequisite(before_id=before, after_id=after) for before, after in fresh]
        Prerequisite.objects.bulk_create(edges, batch_size=BATCH)
        if self.framework.is_from_elsewhere:
            self._keep_choices(fresh, gone)
        if gone:
            free_circles()
        if fresh or gone:
            prerequisites_changed.send(sender=Competency, competency_ids={after for _, after in (*fresh, *gone)})

    def _keep_choices(self, fresh: Sequence[tuple[int, int]], gone: Sequence[tuple[int, int]]) -> None:
        for ends, is_wanted in ((fresh, True), (gone, False)):
            for before, after in ends:
                values = {"is_wanted": is_wanted, "chosen_at": self.now, "chosen_by_id": self.actor.member_id}
                PrerequisiteChoice.objects.update_or_create(before_id=before, after_id=after, defaults=values)
