"""What the pages of sensitive fields show."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from learners.demographics import demographics_of, kept_dimensions, known_of
from learners.models import Dimension, Ethnicity, Learner, Sex
from tenancy.actor import Actor

WORDS: dict[str, dict[Any, Any]] = {
    Dimension.SEX: dict(Sex.choices),
    Dimension.ETHNICITY: dict(Ethnicity.choices),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """known: of how many learners something of it is kept."""

    name: str
    label: str
    is_kept: bool
    known: int


def choices(wanted: Collection[str] | None = None) -> list[Choice]:
    """Every field, with what is ticked (`wanted`, or what is kept). Two queries."""
    kept, known = kept_dimensions(), known_of()
    ticked = kept if wanted is None else wanted
    return [Choice(one.value, str(one.label), one.value in ticked, known[one.value]) for one in Dimension]


def value_words(dimension: str, value: Any) -> str:
    """A value as people say it."""
    if value in ("", None):
        return _("Not known")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(WORDS.get(dimension, {}).get(value, value))


def fields_of(actor: Actor, learner: Learner) -> list[tuple[str, str]]:
    """(label, value) of what is kept of the learner."""
    values = demographics_of(actor, learner=learner)
    return [(str(Dimension(name).label), value_words(name, value)) for name, value in values.items()]
