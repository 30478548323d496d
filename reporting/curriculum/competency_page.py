"""One competency: wordings, place, what comes before and after, other frameworks, rubrics, milestones, versions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from competencies.models import Association, Competency, CompetencyVersion, Prerequisite, Rubric
from competencies.statements import plain
from milestones.models import Milestone
from reporting.curriculum.browse import state_of
from reporting.curriculum.rights import READ, competencies_for, visible_competency
from tenancy.actor import Actor
from tenancy.selectors import member_names

KINDS: dict[str, tuple[str | Promise, str | Promise]] = {
    # CASE association → how it reads from its origin, and from its destination
    "exactMatchOf": (_("Says the same as"), _("Says the same as")),
    "isPeerOf": (_("Stands beside"), _("Stands beside")),
    "isPartOf": (_("Is part of"), _("Has as a part")),
    "isRelatedTo": (_("Is related to"), _("Is related to")),
    "replacedBy": (_("Is replaced by"), _("Replaces")),
    "exemplar": (_("Has as an example"), _("Is an example of")),
    "hasSkillLevel": (_("Has the skill level"), _("Is the skill level of")),
    "isTranslationOf": (_("Is a translation of"), _("Is translated as")),
    "isChildOf": (_("Stands below"), _("Stands above")),
    "precedes": (_("Comes before"), _("Comes after")),
}
MOST = 100


@dataclass(frozen=True, slots=True)
class Linked:
    """A competency as a link. `framework` only where it is another one."""

    public_id: UUID
    code: str
    text: str
    state: str
    framework: str = ""


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """`linked` where the other end is here; else its `title`, with `address` where that is one of the web."""

    kind: str | Promise
    linked: Linked | None
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    number: int
    statement: str
    family_statement: str
    code: str
    reason: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class CompetencyPage:
    competency: Competency
    path: tuple[Linked, ...]
    children: tuple[Linked, ...]
    before: tuple[Linked, ...]
    after: tuple[Linked, ...]
    crosswalks: tuple[Crosswalk, ...]
    rubrics: tuple[tuple[str, int], ...]
    milestones: tuple[tuple[str, str, int], ...]  # code, title, level that it asks for
    versions: tuple[VersionRow, ...]


def competency_page(actor: Actor, competency_id: UUID) -> CompetencyPage:
    """Nine queries at most, whatever its size. Raises NotFound."""
    one = visible_competency(actor, competency_id)
    tree = _near(actor, one)
    edges = list(
        Prerequisite.objects.filter(Q(before_id=one.pk) | Q(after_id=one.pk)).values_list("before_id", "after_id")
    )
    links = list(Association.objects.filter(Q(origin_id=one.pk) | Q(destination_id=one.pk)).order_by("id")[: MOST * 2])
    linked = _linked(actor, one, {key for edge in edges for key in edge} - {one.pk}, links)
    return CompetencyPage(
        competency=one,
        path=tuple(tree[0]),
        children=tuple(tree[1]),
        before=_in_order(linked, [before for before, after in edges if after == one.pk]),
        after=_in_order(linked, [after for before, after in edges if before == one.pk]),
        crosswalks=tuple(_crosswalks(one, links, linked)),
        rubrics=tuple(
            Rubric.objects.visible_to(actor)
            .filter(Q(competency_id=one.pk) | Q(criteria__competency_id=one.pk), state="active")
            .distinct().order_by("title", "id").values_list("title", "version")[:MOST]
        ),
        milestones=tuple(
            Milestone.objects.visible_to(actor, *READ)
            .filter(criteria__competency_id=one.pk, is_active=True, section=None)
            .order_by("title", "id").values_list("code", "title", "criteria__required_level")[:MOST]
        ),
        versions=tuple(_versions(one)),
    )  # fmt: skip


def _near(actor: Actor, one: Competency) -> tuple[list[Linked], list[Linked]]:
    """(from the top down to its parent, its children): one query over the framework's tree."""
    rows = competencies_for(actor).filter(framework_id=one.framework_id).order_by("tree_order", "id")
    fields = ("id", "parent_id", "public_id", "code", "short_statement", "is_draft", "is_retired")
    tree = {row[0]: row for row in rows.values_list(*fields)}
    path: list[int] = []
    step: int | None = one.parent_id
    while step is not None and step in tree and len(path) < 50:
        path.append(step)
        step = tree[step][1]
    children = [row[0] for row in tree.values() if row[1] == one.pk]
    wanted = [*path, *children]
    statements = dict(Competency.objects.filter(id__in=wanted).values_list("id", "statement")) if wanted else {}

    def linked(key: int) -> Linked:
        _, _, public_id, code, short, is_draft, is_retired = tree[key]
        return Linked(public_id, code, short or plain(statements.get(key, "")), state_of(is_draft, is_retired))

    return [linked(key) for key in reversed(path)], [linked(key) for key in children[:MOST]]


def _linked(
    actor: Actor, one: Competency, keys: set[int], links: Iterable[Association]
) -> dict[int | str, tuple[int, Linked]]:
    """{key, and identifier in lower case: (place in the curriculum, link)} of the other ends. One query."""
    identifiers: set[str] = set()
    for link in links:
        keys |= {end for end in (link.origin_id, link.destination_id) if end and end != one.pk}
        identifiers |= {str(node.get("identifier", "")).lower() for node in (link.origin_node, link.destination_node)}
    rows = competencies_for(actor).filter(Q(id__in=keys) | Q(identifier_key__in=identifiers - {one.identifier_key, ""}))
    found: dict[int | str, tuple[int, Linked]] = {}
    for row in rows.select_related("framework").order_by("framework_id", "tree_order", "id"):
        other = row.framework.title if row.framework_id != one.framework_id else ""
        shown = Linked(row.public_id, row.code, row.short_statement or plain(row.statement), row.state, other)
        found[row.pk] = (len(found), shown)
        found.setdefault(row.identifier_key, found[row.pk])
    return found


def _in_order(linked: dict[int | str, tuple[int, Linked]], keys: list[int]) -> tuple[Linked, ...]:
    return tuple(link for _, link in sorted((linked[key] for key in keys if key in linked), key=lambda pair: pair[0]))


def _crosswalks(
    one: Competency, links: Iterable[Association], linked: dict[int | str, tuple[int, Linked]]
) -> Iterable[Crosswalk]:
    """Associations to other frameworks, and those inside that are neither the tree nor an order."""
    for link in links:
        is_origin = link.origin_id == one.pk
        node = link.destination_node if is_origin else link.origin_node
        end = link.destination_id if is_origin else link.origin_id
        key: int | str = end or str(node.get("identifier", "")).lower()
        other = linked.get(key)
        if link.kind in {"isChildOf", "precedes"} and (end or key == one.framework.identifier_key):
            continue
        words = KINDS.get(link.kind, (link.kind.removeprefix("ext:"),) * 2)
        title, address = str(node.get("title", "")), web_address(str(node.get("uri", "")))
        yield Crosswalk(words[0 if is_origin else 1], other[1] if other else None, title or address, address)


def web_address(uri: str) -> str:
    """The address, if a browser may be sent there; else nothing."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    return uri if parts.scheme in {"http", "https"} and parts.hostname else ""


def _versions(one: Competency) -> list[VersionRow]:
    rows = list(CompetencyVersion.objects.filter(competency_id=one.pk).order_by("-number")[:MOST])
    people = member_names(row.changed_by_id for row in rows)
    return [
        VersionRow(
            row.number, row.statement, row.family_statement, row.code, row.reason, row.changed_at,
            people.get(row.changed_by_id or 0, ""),
        )
        for row in rows
    ]  # fmt: skip
