"""Reads of the policy pages: the list of places, one policy with its history, its draft."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from competencies.content import Content, content_of_version
from competencies.models import POLICY, Policy, PolicyDraft, PolicyVersion
from reporting.policy_reading import Line, lines_of
from tenancy.access import can, may_at_all
from tenancy.actor import Actor
from tenancy.base import TenantQuerySet
from tenancy.errors import NotFound
from tenancy.selectors import member_names

READ = (POLICY, "read")
DRAFT = (POLICY, "draft, preview effect")
PUBLISH = (POLICY, "publish, apply to past evidence")


@dataclass(frozen=True, slots=True)
class VersionRow:
    number: int
    in_force_from: datetime
    is_in_force: bool
    is_coming: bool
    applies_to_past: bool
    reason: str
    proposed_by: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One place of the list. `draft`: "", "draft" or "proposed"."""

    public_id: UUID
    name: str
    place: str
    order: tuple[int, str]
    in_force: VersionRow | None
    coming: VersionRow | None
    draft: str


@dataclass(frozen=True, slots=True)
class DraftRow:
    """Where the draft is. `may_approve`: this very person may, once identity is proved again."""

    edited_at: datetime
    edited_by: str
    is_proposed: bool
    has_lapsed: bool
    proposed_by: str


@dataclass(frozen=True, slots=True)
class PolicyPage:
    policy: Policy
    place: str
    lines: tuple[Line, ...]
    versions: tuple[VersionRow, ...]
    in_force: VersionRow | None
    draft: DraftRow | None
    may_draft: bool


def place_words(policy: Policy) -> tuple[int, str]:
    """(order among places, name of the place). `school`, `framework` and `competency` have been fetched."""
    if policy.competency is not None:
        return 3, str(policy.competency)
    if policy.framework is not None:
        return 2, policy.framework.title
    if policy.school is not None:
        return 1, policy.school.name
    return 0, _("The whole district")


def policy_list(actor: Actor) -> list[PolicyRow]:
    """Three queries, whatever the number of places."""
    policies = list(_policies(actor, READ))
    versions: dict[int, list[PolicyVersion]] = {}
    for version in PolicyVersion.objects.order_by("in_force_from", "number").defer("rule"):
        versions.setdefault(version.policy_id, []).append(version)
    drafts = {draft.policy_id: draft for draft in PolicyDraft.objects.defer("rule", "ratings")}
    rows = [_row(policy, versions.get(policy.pk, []), drafts.get(policy.pk)) for policy in policies]
    return sorted(rows, key=lambda row: row.order)


def _row(policy: Policy, versions: list[PolicyVersion], draft: PolicyDraft | None) -> PolicyRow:
    rows = _version_rows(versions, {})
    order = place_words(policy)
    return PolicyRow(
        policy.public_id,
        policy.name,
        order[1],
        order,
        next((row for row in rows if row.is_in_force), None),
        next((row for row in rows if row.is_coming), None),
        "" if draft is None else "proposed" if draft.is_proposed else "draft",
    )


def policy_page(actor: Actor, public_id: UUID) -> PolicyPage:
    """Raises NotFound."""
    policy = visible_policy(actor, public_id, READ)
    versions = list(policy.versions.select_related("scale").order_by("in_force_from", "number"))
    draft = policy.drafts.first()
    people = member_names(
        [version.proposed_by_id for version in versions]
        + [version.approved_by_id for version in versions]
        + ([draft.edited_by_id, draft.proposed_by_id] if draft else [])
    )
    rows = _version_rows(versions, people)
    in_force = next((v for v, row in zip(versions, rows, strict=True) if row.is_in_force), None)
    return PolicyPage(
        policy=policy,
        place=place_words(policy)[1],
        lines=tuple(lines_of(content_of_version(in_force))) if in_force else (),
        versions=tuple(reversed(rows)),
        in_force=next((row for row in rows if row.is_in_force), None),
        draft=draft_row(draft, people) if draft else None,
        may_draft=may_at_all(actor, *DRAFT) and can(actor, *DRAFT, policy),
    )


def draft_row(draft: PolicyDraft, people: dict[int | None, str]) -> DraftRow:
    return DraftRow(
        edited_at=draft.edited_at,
        edited_by=people.get(draft.edited_by_id or 0, ""),
        is_proposed=draft.is_proposed,
        has_lapsed=draft.proposed_at is not None and not draft.is_proposed,
        proposed_by=people.get(draft.proposed_by_id or 0, ""),
    )


def visible_policy(actor: Actor, public_id: UUID, right: tuple[str, str]) -> Policy:
    """Raises NotFound for a place at which the actor may not do it."""
    found: Policy | None = _policies(actor, right).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def draft_of(actor: Actor, public_id: UUID) -> PolicyDraft:
    """The draft of a policy that the actor may work on. Raises NotFound."""
    policy = visible_policy(actor, public_id, DRAFT)
    draft: PolicyDraft | None = policy.drafts.first()
    if draft is None:
        raise NotFound
    draft.policy = policy
    return draft


def content_in_force(policy: Policy) -> tuple[Content | None, int]:
    """(what holds at this place now, its version's number); (None, 0) for a place without a version in force."""
    rows = policy.versions.filter(in_force_from__lte=timezone.now()).select_related("scale")
    version = rows.prefetch_related("scale__ratings").order_by("-in_force_from", "-number").first()
    return (content_of_version(version), version.number) if version else (None, 0)


def _policies(actor: Actor, right: tuple[str, str]) -> TenantQuerySet[Policy]:
    rows: TenantQuerySet[Policy] = Policy.objects.visible_to(actor, *right)
    return rows.select_related("school", "framework", "competency")


def _version_rows(versions: list[PolicyVersion], people: dict[int | None, str]) -> list[VersionRow]:
    """In the order in which they come into force; the last one that has begun is in force."""
    now = timezone.now()
    begun = [version.pk for version in versions if version.in_force_from <= now]
    return [
        VersionRow(
            number=version.number,
            in_force_from=version.in_force_from,
            is_in_force=bool(begun) and version.pk == begun[-1],
            is_coming=version.in_force_from > now,
            applies_to_past=version.applies_to_past,
            reason=version.reason,
            proposed_by=people.get(version.proposed_by_id or 0, ""),
            approved_by=people.get(version.approved_by_id or 0, ""),
        )
        for version in versions
    ]
