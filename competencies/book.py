"""Which policy version holds for which learner and competency, now or at any moment before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils import timezone

from competencies.models import Competency, PolicyVersion
from competencies.selectors import engine_policy
from status_engine import Policy as EnginePolicy
from tenancy.context import current_tenant_id

Ints = npt.NDArray[np.int64]
TENANT, SCHOOL, FRAMEWORK, COMPETENCY = range(4)
Place = tuple[int, int]
"""(which kind of place, its key); the tenant's own place has the key 0. A higher kind is nearer."""


class NoPolicy(LookupError):
    """A tenant without a published policy cannot have levels."""


@dataclass(frozen=True, slots=True)
class EffectivePolicy:
    """A policy version, ready for the engine."""

    version_id: int
    number: int
    name: str
    policy: EnginePolicy
    policy_id: int
    applies_to_past: bool


# A published version never changes: each process parses it once. The moment of publication is part of the key because
# a database that was made anew counts its keys from one again.
_parsed: dict[tuple[int, int, datetime], EffectivePolicy] = {}
MOST_PARSED = 5_000
Stamp = tuple[int, int, str]
"""(number of versions, the highest key, the newest moment of publication): versions are only ever added."""
_listed: dict[tuple[int, Stamp | None], list[tuple[Any, ...]]] = {}
NONE_PUBLISHED = "This tenant has no published policy. Publish one before recording evidence."


@dataclass(frozen=True)
class PolicyBook:
    """The version in force for every place of the tenant that has a policy. published: when each version was."""

    places: Mapping[Place, EffectivePolicy]
    published: Mapping[int, datetime] = field(default_factory=dict)

    @cached_property
    def by_version(self) -> dict[int, EffectivePolicy]:
        return {effective.version_id: effective for effective in self.places.values()}

    def versions(self, version_ids: Iterable[int]) -> dict[int, EffectivePolicy]:
        """Versions by key, whether in force or not: what older levels were judged under."""
        known = {key: self.published.get(key) for key in version_ids}
        later = [key for key, published_at in known.items() if published_at is None]
        rows = PolicyVersion.objects.filter(id__in=later).values_list("id", "published_at") if later else ()
        return _load([*((key, at) for key, at in known.items() if at is not None), *rows])

    @cached_property
    def has_schools(self) -> bool:
        """Whether the learner's home school matters at all."""
        return any(kind == SCHOOL for kind, _ in self.places)

    def nearest(
        self, *, competency: int | None = None, framework: int | None = None, school: int | None = None
    ) -> EffectivePolicy:
        """The policy of the competency, else of its framework, else of the school, else of the tenant."""
        wanted = ((COMPETENCY, competency), (FRAMEWORK, framework), (SCHOOL, school), (TENANT, 0))
        for kind, key in wanted:
            if key is not None and (kind, key) in self.places:
                return self.places[kind, key]
        raise NoPolicy(NONE_PUBLISHED)

    def version_ids(self, competency: Ints, framework: Ints, school: Ints) -> Ints:
        """The version that holds for each of n learners on a competency; 0 stands for none. int64[n] each."""
        version = np.full(len(competency), self.nearest().version_id if (TENANT, 0) in self.places else 0, np.int64)
        for kind, column in ((SCHOOL, school), (FRAMEWORK, framework), (COMPETENCY, competency)):
            held = {key: effective.version_id for (one, key), effective in self.places.items() if one == kind}
            if held:
                keys = np.array(sorted(held), np.int64)
                place = np.minimum(np.searchsorted(keys, column), len(keys) - 1)
                is_held = keys[place] == column
                version[is_held] = np.array([held[key] for key in keys.tolist()], np.int64)[place[is_held]]
        if (version == 0).any():
            raise NoPolicy(NONE_PUBLISHED)
        return version


def policy_book(at: datetime | None = None, stamp: Stamp | None = None) -> PolicyBook:
    """The versions in force at a moment, by default now. One query, and two more for versions not seen before.

    stamp: how the table of versions stands in this transaction; with it nothing is asked that was asked before.
    Before the tenant's first policy was in force, that first one stands in: evidence may be older than the first rule.
    """
    moment = at or timezone.now()
    chosen: dict[Place, tuple[int, datetime]] = {}
    published: dict[int, datetime] = {}
    for key, published_at, in_force_from, *place in _all_versions(stamp):
        where, published[key] = _place(*place), published_at
        if in_force_from <= moment or (where == (TENANT, 0) and where not in chosen):
            chosen[where] = (key, published_at)
    found = _load(chosen.values())
    return PolicyBook({place: found[key] for place, (key, _) in chosen.items()}, published)


def _all_versions(stamp: Stamp | None) -> list[tuple[Any, ...]]:
    key = (current_tenant_id(), stamp)
    if stamp is not None and key in _listed:
        return _listed[key]
    rows = PolicyVersion.objects.order_by("in_force_from", "number").values_list(
        "id", "published_at", "in_force_from", "policy__school_id", "policy__framework_id", "policy__competency_id"
    )
    found = list(rows)
    if stamp is not None:
        if len(_listed) >= MOST_PARSED:
            _listed.clear()
        _listed[key] = found
    return found


def frameworks_of(competency_ids: Iterable[int]) -> dict[int, int]:
    """{competency: its framework}. One query."""
    return dict(Competency.objects.filter(id__in=set(competency_ids)).values_list("id", "framework_id"))


def _place(school: int | None, framework: int | None, competency: int | None) -> Place:
    for kind, key in ((COMPETENCY, competency), (FRAMEWORK, framework), (SCHOOL, school)):
        if key is not None:
            return kind, key
    return TENANT, 0


def _load(wanted: Iterable[tuple[int, datetime]]) -> dict[int, EffectivePolicy]:
    tenant = current_tenant_id()
    keys = [(tenant, *one) for one in wanted]
    if len(_parsed) + len(keys) > MOST_PARSED:
        _parsed.clear()
    new = {key[1]: key for key in keys if key not in _parsed}
    if new:
        rows = PolicyVersion.objects.filter(id__in=list(new)).select_related("policy", "scale")
        for version in rows.prefetch_related("scale__ratings"):
            _parsed[new[version.pk]] = _effective(version)
    return {key[1]: _parsed[key] for key in keys}


def _effective(version: PolicyVersion) -> EffectivePolicy:
    ratings = sorted((float(rating.points), rating.is_meeting) for rating in version.scale.ratings.all())
    policy = engine_policy(version.rule, float(version.scale.points_possible), ratings, version.number)
    return EffectivePolicy(
        version.pk, version.number, version.policy.name, policy, version.policy_id, version.applies_to_past
    )
