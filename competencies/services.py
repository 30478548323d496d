"""Publishing: a published version is never edited, a new one follows it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from competencies.content import Content, check_content
from competencies.models import Competency, Framework, Policy, PolicyVersion, Rating, Scale
from tenancy.actor import Actor
from tenancy.audit import record_audit

FOUR_LEVELS = ((1, "Beginning", False), (2, "Developing", False), (3, "Meets", True), (4, "Mastery", False))
# Newer work counts more; one lucky piece is not enough.
DEFAULT_RULE = {
    "method": "ewma",
    "weight": 0.65,
    "mastery_at": 3.6,
    "gates": {"meets": {"min_pieces": 2}, "mastery": {"min_tasks": 2}},
}


@transaction.atomic
def publish_policy(
    actor: Actor,
    *,
    name: str,
    rule: Mapping[str, Any],
    ratings: Sequence[tuple[float, str, bool]] = FOUR_LEVELS,
    points_possible: float | None = None,
    framework: Framework | None = None,
    competency: Competency | None = None,
    reason: str = "",
    in_force_from: datetime | None = None,
) -> PolicyVersion:
    """The next version of the policy of this place: for the system itself, people propose and approve.

    `in_force_from`: by default now; a tenant that brings older evidence names the day its rule began.
    `ratings`: (points, word, is it the one flagged as meeting). Raises Invalid naming each field and what to use.
    """
    possible = points_possible if points_possible is not None else max(points for points, _, _ in ratings)
    words = tuple((Decimal(str(points)), word, is_meeting) for points, word, is_meeting in ratings)
    content = Content(dict(rule), Decimal(str(possible)), words)
    check_content(content)
    policy, _ = Policy.objects.get_or_create(
        school=None, framework=framework, competency=competency, defaults={"name": name}
    )
    return publish_version(actor, policy=policy, content=content, reason=reason, in_force_from=in_force_from)


@transaction.atomic
def publish_version(
    actor: Actor,
    *,
    policy: Policy,
    content: Content,
    reason: str,
    in_force_from: datetime | None = None,
    applies_to_past: bool = True,
    proposed_by_id: int | None = None,
) -> PolicyVersion:
    """The next version of a policy. `content` has been checked.

    Where it applies to the past it is not announced yet: the job above marks the levels it concerns once it is in
    force, and says so.
    """
    newest = Policy.objects.select_for_update(no_key=True).get(pk=policy.pk).versions.order_by("-number").first()
    scale = Scale.objects.create(name=policy.name, points_possible=content.points_possible)
    Rating.objects.bulk_create(
        [
            Rating(scale=scale, points=points, word=word, is_meeting=is_meeting)
            for points, word, is_meeting in content.ratings
        ]
    )
    version: PolicyVersion = PolicyVersion.objects.create(
        policy=policy,
        number=newest.number + 1 if newest else 1,
        scale=scale,
        rule=dict(content.rule),
        reason=reason,
        in_force_from=in_force_from or timezone.now(),
        applies_to_past=applies_to_past,
        is_announced=not applies_to_past,
        proposed_by_id=proposed_by_id,
        approved_by_id=actor.member_id if proposed_by_id is not None else None,
    )
    record_audit(actor, "policy.published", target=policy, detail={"version": version.number})
    return version
