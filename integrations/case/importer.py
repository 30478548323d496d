"""Write an accepted CASE package into the open tenant (interop.md CASE-2 … CASE-7): all of it or nothing.

Rows are matched by identifier in lower case, so importing the same file again changes nothing, and a changed statement
is updated in place with its evidence, levels and milestones attached; what it said before is kept as a version.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from assessments.models import LearnerCompetency
from competencies.editing import version_of
from competencies.models import Association, Competency, CompetencyVersion, Framework, Prerequisite
from integrations.case.choices import with_choices
from integrations.case.links import Links, sort_links
from integrations.case.model import Association as CaseAssociation
from integrations.case.model import CasePackage, Document, Item, Link
from integrations.case.problems import PackageRejected, Problem
from integrations.case.tree import Tree, build_tree
from milestones.marks import mark_after
from milestones.models import Criterion

Counts = dict[str, Counter[str]]
BATCH = 2_000
LONGEST = 255
WORDING = ("statement", "short_statement", "code", "education_levels", "is_retired")


@dataclass(slots=True)
class CaseReport:
    """`counts`: {type: {created, updated, unchanged, retired, removed}}; `problems`: warnings with their JSON path."""

    framework_id: str = ""
    title: str = ""
    counts: Counts = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def count(self, kind: str, outcome: str, number: int = 1) -> None:
        self.counts.setdefault(kind, Counter())[outcome] += number


@transaction.atomic
def import_package(package: CasePackage) -> CaseReport:
    """Create or update the framework. Raises PackageRejected for text that has no room, with every place."""
    _check_lengths(package)
    tree, links = build_tree(package), sort_links(package)
    report = CaseReport(title=package.document.title)
    report.problems = [*package.warnings, *tree.warnings]
    framework = _write_framework(package.document, report)
    report.framework_id = str(framework.public_id)
    keys = _write_items(framework, package, tree, report)
    _write_associations(framework, package.associations, keys, report)
    _write_prerequisites(links, keys, report)
    _retire_missing(framework, set(keys), report)
    return report


def _check_lengths(package: CasePackage) -> None:
    problems = [
        Problem(
            f"$.CFItems[{item.place}].{name}", "too_long", f"{name} has {len(text)} characters. Shorten it to {LONGEST}"
        )
        for item in package.items
        for name, text in (
            ("humanCodingScheme", item.human_coding_scheme),
            ("listEnumeration", item.list_enumeration),
            ("CFItemType", item.item_type),
        )
        if len(text) > LONGEST
    ]
    if problems:
        raise PackageRejected(problems)


def _upsert(row: models.Model, values: dict[str, Any]) -> bool:
    """Set what differs; whether anything did."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _write_framework(document: Document, report: CaseReport) -> Framework:
    values = {
        "identifier": document.identifier,
        "uri": document.uri,
        "title": document.title,
        "creator": document.creator,
        "publisher": document.publisher,
        "language": document.language[:35],
        "licence": document.license.title if document.license else "",
        "notes": document.notes,
        "last_changed_at": document.last_change,
        "extra": {
            "description": document.description,
            "subjects": list(document.subjects),
            "version": document.version,
            "adoption_status": document.adoption_status,
            "official_source_url": document.official_source_url,
            "framework_type": document.framework_type,
            "case_version": document.case_version,
            "package": _link(document.package),
            "extensions": dict(document.extensions),
        },
    }
    framework: Framework | None = Framework.objects.filter(identifier_key=document.key).select_for_update().first()
    if framework is None:
        report.count("frameworks", "created")
        created: Framework = Framework.objects.create(identifier_key=document.key, **values)
        return created
    if _upsert(framework, values):
        framework.save()
        report.count("frameworks", "updated")
    else:
        report.count("frameworks", "unchanged")
    return framework


def _link(link: Link | None) -> dict[str, Any] | None:
    return asdict(link) if link else None


def _item_values(item: Item) -> dict[str, Any]:
    return {
        "identifier": item.identifier,
        "uri": item.uri,
        "statement": item.full_statement,
        "short_statement": item.abbreviated_statement,
        "code": item.human_coding_scheme,
        "list_enumeration": item.list_enumeration,
        "item_type": item.item_type,
        "education_levels": list(item.education_level),
        "notes": item.notes,
        "last_changed_at": item.last_change,
        "is_retired": False,
        "extra": {
            "alternative_label": item.alternative_label,
            "concept_keywords": list(item.concept_keywords),
            "subjects": list(item.subjects),
            "language": item.language,
            "item_type_link": _link(item.item_type_link),
            "licence": _link(item.license),
            "extensions": dict(item.extensions),
        },
    }


def _write_items(framework: Framework, package: CasePackage, tree: Tree, report: CaseReport) -> dict[str, int]:
    """{item key: id}. Parents are set in a second step: a parent may be new itself."""
    known = {row.identifier_key: row for row in Competency.objects.filter(framework_id=framework.pk)}
    items = package.items_by_key()
    fresh = [
        Competency(framework=framework, identifier_key=key, **_item_values(item))
        for key, item in items.items()
        if key not in known
    ]
    new_keys = {row.identifier_key for row in fresh}
    known.update({row.identifier_key: row for row in Competency.objects.bulk_create(fresh, batch_size=BATCH)})
    changed: list[Competency] = []
    old: list[CompetencyVersion] = []
    for order, node in enumerate(tree.nodes):
        row = known[node.key]
        said = None if node.key in new_keys else [getattr(row, name) for name in WORDING]
        before = version_of(row, _("Its owner published it anew"), None)
        places = {
            "parent_id": known[node.parent].pk if node.parent else None,
            "position": node.position,
            "tree_order": order,
            "depth": node.depth,
        }
        if _upsert(row, {**_item_values(items[node.key]), **places}):
            changed.append(row)
        if said is not None and said != [getattr(row, name) for name in WORDING]:
            _keep(row, before, old)
    CompetencyVersion.objects.bulk_create(old, batch_size=BATCH)
    names = [
        f.name
        for f in Competency._meta.local_concrete_fields
        if f.name not in {"id", "tenant", "framework", "public_id"}
    ]
    Competency.objects.bulk_update(changed, names, batch_size=500)
    updated = [row for row in changed if row.identifier_key not in new_keys]
    report.count("competencies", "created", len(new_keys))
    report.count("competencies", "updated", len(updated))
    report.count("competencies", "unchanged", len(items) - len(new_keys) - len(updated))
    return {key: known[key].pk for key in items}


def _keep(row: Competency, before: CompetencyVersion, old: list[CompetencyVersion]) -> None:
    """As an edit by hand does: a draft leaves nothing behind."""
    if before.state != Competency.State.DRAFT:
        row.version = before.number + 1
        old.append(before)


def _write_associations(
    framework: Framework, associations: tuple[CaseAssociation, ...], keys: dict[str, int], report: CaseReport
) -> None:
    known = {row.identifier_key: row for row in Association.objects.filter(framework_id=framework.pk)}
    fresh: list[Association] = []
    changed: list[Association] = []
    for one in associations:
        values = {
            "identifier": one.identifier,
            "uri": one.uri,
            "kind": one.type,
            "origin_id": keys.get(one.origin.key),
            "destination_id": keys.get(one.destination.key),
            "origin_node": asdict(one.origin),
            "destination_node": asdict(one.destination),
            "sequence_number": one.sequence_number,
            "extra": {"notes": one.notes, "grouping": _link(one.grouping), "extensions": dict(one.extensions)},
        }
        row = known.pop(one.key, None)
        if row is None:
            fresh.append(Association(framework=framework, identifier_key=one.key, **values))
        elif _upsert(row, values):
            changed.append(row)
    Association.objects.bulk_create(fresh, batch_size=BATCH)
    names = [
        "identifier",
        "uri",
        "kind",
        "origin",
        "destination",
        "origin_node",
        "destination_node",
        "sequence_number",
        "extra",
    ]
    Association.objects.bulk_update(changed, names, batch_size=500)
    Association.objects.filter(id__in=[row.pk for row in known.values()]).delete()
    report.count("associations", "created", len(fresh))
    report.count("associations", "updated", len(changed))
    report.count("associations", "removed", len(known))
    report.count("associations", "unchanged", len(associations) - len(fresh) - len(changed))


def _write_prerequisites(links: Links, keys: dict[str, int], report: CaseReport) -> None:
    known = {(row.before_id, row.after_id): row for row in Prerequisite.objects.filter(after_id__in=keys.values())}
    fresh: list[Prerequisite] = []
    changed: list[Prerequisite] = []
    given = {(keys[edge.before], keys[edge.after]): edge.is_in_cycle for edge in links.prerequisites}
    wanted = with_choices(given, keys.values())
    for ends, is_in_cycle in wanted.items():
        row = known.pop(ends, None)
        if row is None:
            fresh.append(Prerequisite(before_id=ends[0], after_id=ends[1], is_in_cycle=is_in_cycle))
        elif _upsert(row, {"is_in_cycle": is_in_cycle}):
            changed.append(row)
    for edge in links.prerequisites:
        if edge.is_in_cycle:
            text = "This prerequisite lies on a cycle. It is kept and ignored for readiness"
            report.problems.append(Problem(f"$.CFAssociations[{edge.identifiers[0]}]", "prerequisite_cycle", text))
    Prerequisite.objects.bulk_create(fresh, batch_size=BATCH)
    Prerequisite.objects.bulk_update(changed, ["is_in_cycle"], batch_size=500)
    Prerequisite.objects.filter(id__in=[row.pk for row in known.values()]).delete()
    mark_after({row.after_id for row in [*fresh, *changed, *known.values()]})
    report.count("prerequisites", "created", len(fresh))
    report.count("prerequisites", "updated", len(changed))
    report.count("prerequisites", "removed", len(known))
    report.count("prerequisites", "unchanged", len(wanted) - len(fresh) - len(changed))


def _retire_missing(framework: Framework, present: set[str], report: CaseReport) -> None:
    """Items that the newer package leaves out: retired where something points at them, removed where nothing does."""
    rows = Competency.objects.filter(framework_id=framework.pk).values_list("id", "identifier_key")
    missing = [pk for pk, key in rows if key not in present]
    if not missing:
        return
    pointed = {
        *LearnerCompetency.objects.filter(competency_id__in=missing).values_list("competency_id", flat=True),
        *Criterion.objects.filter(competency_id__in=missing).values_list("competency_id", flat=True),
        *CompetencyVersion.objects.filter(competency_id__in=missing).values_list("competency_id", flat=True),
    }
    used = list(Competency.objects.filter(id__in=pointed))
    unused = list(Competency.objects.filter(id__in=set(missing) - pointed))
    newly = [row for row in used if not row.is_retired]
    old: list[CompetencyVersion] = []
    for row in newly:
        _keep(row, version_of(row, _("Its owner left it out of the framework"), None), old)
        row.is_retired = True
    CompetencyVersion.objects.bulk_create(old, batch_size=BATCH)
    Competency.objects.bulk_update(newly, ["is_retired", "version"], batch_size=500)
    Competency.objects.filter(parent_id__in=[row.pk for row in unused]).update(parent=None)
    Competency.objects.filter(id__in=[row.pk for row in unused]).delete()
    report.retired, report.removed = [row.identifier for row in newly], [row.identifier for row in unused]
    for kind, gone in (("retired", newly), ("removed", unused)):
        report.count("competencies", kind, len(gone))
        report.problems += [_gone(row, kind) for row in gone]


def _gone(row: Competency, kind: str) -> Problem:
    text = f'"{row.code or row.identifier}" is not in this package any more. It was {kind}'
    return Problem("$.CFItems", f"item_{kind}", text)
