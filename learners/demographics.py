"""Which sensitive fields a tenant keeps of its learners, and what is kept of one. Closed until a tenant opens it."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from learners.models import Demographics, Dimension, Ethnicity, KeptDimension, Learner, Sex
from learners.signals import dimension_dropped
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, problem

NOTHING: Mapping[str, Any] = {
    "sex": "", "ethnicity": "", "language": "", "support_plan": None, "free_meals": None,
}  # fmt: skip
CHOICES: Mapping[str, Collection[Any]] = {
    "sex": ("", *Sex.values), "ethnicity": ("", *Ethnicity.values), "support_plan": (None, True, False),
    "free_meals": (None, True, False),
}  # fmt: skip
LONGEST = 40


def kept_dimensions() -> list[str]:
    """What the open tenant keeps, in the order of `Dimension`. One query."""
    kept = set(KeptDimension.objects.values_list("dimension", flat=True))
    return [one for one in Dimension.values if one in kept]


def known_of() -> dict[str, int]:
    """{dimension: of how many learners something is kept}. One query."""
    counts = {name: Count("id", filter=~Q(**{name: empty})) for name, empty in NOTHING.items()}
    found: dict[str, int] = Demographics.objects.aggregate(**counts)
    return found


@transaction.atomic
def keep_dimensions(actor: Actor, *, dimensions: Collection[str], may_delete: bool) -> None:
    """Keep these from now on, and nothing else: what is kept of the others is deleted, at once and for good.

    Raises Invalid for an unknown one, Conflict where something would be deleted and `may_delete` is not said.
    """
    wanted = set(dimensions)
    if wanted - set(Dimension.values):
        raise Invalid([problem("dimensions", _("Choose fields from the list"), "unknown")])
    before = set(KeptDimension.objects.select_for_update().values_list("dimension", flat=True))
    dropped, added = sorted(before - wanted), sorted(wanted - before)
    known = known_of()
    if not may_delete and any(known[name] for name in dropped):
        raise Conflict(_("Say that what is kept of these fields may be deleted"))
    for name in dropped:
        Demographics.objects.update(**{name: NOTHING[name]})
        dimension_dropped.send(sender=KeptDimension, dimension=name)
    KeptDimension.objects.filter(dimension__in=dropped).delete()
    Demographics.objects.filter(**NOTHING).delete()
    KeptDimension.objects.bulk_create([KeptDimension(dimension=name) for name in added])
    if dropped or added:
        detail = {"added": added, "dropped": {name: known[name] for name in dropped}}
        record_audit(actor, "settings.sensitive_fields_kept", detail=detail)


def demographics_of(actor: Actor, *, learner: Learner) -> dict[str, Any]:
    """{dimension: value} of what the tenant keeps of this learner, with an entry in the audit trail. Three queries."""
    row = Demographics.objects.visible_to(actor).filter(learner=learner).first()
    record_audit(actor, "learner.sensitive_fields_seen", target=learner)
    return {name: getattr(row, name) if row else NOTHING[name] for name in kept_dimensions()}


@transaction.atomic
def save_demographics(actor: Actor, *, learner: Learner, values: Mapping[str, Any]) -> None:
    """Set what is kept of a learner. Raises Invalid for a field that the tenant does not keep, or a strange value."""
    kept = kept_dimensions()
    clean = {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in values.items()}
    for name, value in clean.items():
        if name not in kept or (name in CHOICES and value not in CHOICES[name]):
            raise Invalid([problem(name, _("Choose a value from the list"), "unknown")])
        if isinstance(value, str) and len(value) > LONGEST:
            text = _("The home language has %(n)d characters. Shorten it to %(most)d")
            raise Invalid([problem(name, text % {"n": len(value), "most": LONGEST}, "too_long")])
    row = Demographics.objects.select_for_update().filter(learner=learner).first() or Demographics(learner=learner)
    changed = [name for name, value in clean.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, clean[name])
    if changed:
        row.from_roster = False
        row.save()
        record_audit(actor, "learner.sensitive_fields_changed", target=learner, detail={"fields": changed})
