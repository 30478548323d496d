"""Classes to choose from: as many as a list holds, and a part of the name narrows them where there are more."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from learners.models import Section

MOST = 200


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """text: what was searched for; has_more: there are more than these."""

    sections: tuple[Section, ...] = ()
    text: str = ""
    has_more: bool = False

    @property
    def can_be_narrowed(self) -> bool:
        return self.has_more or bool(self.text)


def class_choice(rows: QuerySet[Section, Section], text: str, nearest: Q | None = None) -> ClassChoice:
    """Those in use whose title or code holds the text; without one only the nearest, where that is said. One query."""
    text = "".join(one for one in text if one.isprintable()).strip()[:100]
    rows = rows.filter(is_active=True)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(code__icontains=text))
    elif nearest is not None:
        rows = rows.filter(nearest)
    found: Any = list(rows.order_by("title", "id")[: MOST + 1])
    return ClassChoice(tuple(found[:MOST]), text, len(found) > MOST or nearest is not None)
