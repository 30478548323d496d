"""Writes of policies: a published version is never edited, a new one follows it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from competencies.models import Competency, Framework, Policy, PolicyVersion, Rating, Scale
from competencies.selectors import engine_policy
from status_engine import PolicyErrors
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid

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
) -> PolicyVersion:
    """The next version of the policy of this place: the tenant, a framework or a competency.

    `ratings`: (points, word, is it the one flagged as meeting). Raises Invalid naming each field and what to use.
    """
    if sum(is_meeting for _, _, is_meeting in ratings) != 1:
        text = "Flag exactly one rating as meeting: levels follow the flag"
        raise Invalid([{"field": "ratings", "code": "one_meeting", "message": text}])
    possible = points_possible if points_possible is not None else max(points for points, _, _ in ratings)
    try:
        engine_policy(dict(rule), possible, [(points, is_meeting) for points, _, is_meeting in ratings], None)
    except PolicyErrors as error:
        problems = [{"field": field, "code": "invalid", "message": message} for field, message in error.errors]
        raise Invalid(problems) from error
    policy, _ = Policy.objects.get_or_create(framework=framework, competency=competency, defaults={"name": name})
    newest = Policy.objects.select_for_update(no_key=True).get(pk=policy.pk).versions.order_by("-number").first()
    scale = Scale.objects.create(name=name, points_possible=Decimal(str(possible)))
    Rating.objects.bulk_create(
        [
            Rating(scale=scale, points=Decimal(str(points)), word=word, is_meeting=is_meeting)
            for points, word, is_meeting in ratings
        ]
    )
    number = newest.number + 1 if newest else 1
    version: PolicyVersion = PolicyVersion.objects.create(
        policy=policy, number=number, scale=scale, rule=dict(rule), reason=reason
    )
    record_audit(actor, "policy.published", target=policy, detail={"version": number})
    return version
