"""In words: what is no longer in use, and what took its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from milestones.models import Milestone
from milestones.retired import Retired, retired_in


@dataclass(frozen=True, slots=True)
class Gone:
    """`sentences`: one per retired competency; `ended_on`, `parts`: of a milestone that is over."""

    sentences: tuple[str, ...]
    ended_on: date | None
    parts: tuple[tuple[UUID, str], ...]


def sentence(one: Retired) -> str:
    if not one.replaced_by:
        return _("%(name)s is no longer in use.") % {"name": one.name}
    values = {"name": one.name, "others": ", ".join(one.replaced_by)}
    return _("%(name)s is no longer in use. In its place: %(others)s.") % values


def sentences(retired: Iterable[Retired]) -> tuple[str, ...]:
    return tuple(sentence(one) for one in retired)


def gone_of(milestone_id: int, ended_on: date | None) -> Gone:
    """One query, one more for a milestone that has ended."""
    parts: tuple[tuple[UUID, str], ...] = ()
    if ended_on is not None:
        rows = Milestone.objects.filter(split_from_id=milestone_id).order_by("id")
        parts = tuple(
            (key, f"{code} {title}".strip()) for key, code, title in rows.values_list("public_id", "code", "title")
        )
    return Gone(sentences(retired_in([milestone_id]).get(milestone_id, ())), ended_on, parts)
