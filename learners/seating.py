"""The order in which a teacher sees a class."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from learners.models import Learner, SeatingPlace, Section
from tenancy.actor import Actor
from tenancy.audit import record_audit


@transaction.atomic
def set_seating(actor: Actor, *, section: Section, learners: Sequence[Learner], wanted: Mapping[str, str]) -> None:
    """Put the learners in order. wanted: {"place-<public id>": number}; equal numbers stay in the order they had, and
    whoever has no number comes last."""

    def number(learner: Learner) -> int:
        text = wanted.get(f"place-{learner.public_id}", "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else len(learners) + 1

    ordered = sorted(learners, key=number)
    Section.objects.select_for_update(no_key=True).get(pk=section.pk)
    SeatingPlace.objects.filter(section_id=section.pk).delete()
    SeatingPlace.objects.bulk_create(
        [SeatingPlace(section=section, learner=learner, position=n) for n, learner in enumerate(ordered)]
    )
    record_audit(actor, "section.seated", target=section)
