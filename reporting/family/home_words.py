"""Milestones in words for families, in the reader's language where somebody wrote them in it."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language

from milestones.models import HomeWords, Milestone
from reporting.planning.rights import MAKE
from tenancy.actor import Actor
from tenancy.errors import NotFound

BASE = "en"
FIELDS = ("title", "meaning", "help", "ask")


@dataclass(frozen=True, slots=True)
class HomeText:
    """`language`: what it is written in; "" where nothing was written."""

    title: str = ""
    meaning: str = ""
    help: str = ""
    ask: str = ""
    language: str = ""


NOTHING = HomeText()


def home_texts(milestone_ids: Collection[int]) -> dict[int, HomeText]:
    """{milestone: its words}: in the reader's language, else in English, else in whichever there is. One query."""
    here = (get_language() or BASE).split("-")[0]
    rows = HomeWords.objects.filter(milestone_id__in=list(milestone_ids)).order_by("id")
    found: dict[int, tuple[int, HomeText]] = {}
    for row in rows:
        rank = 0 if row.language == here else 1 if row.language == BASE else 2
        if row.milestone_id not in found or rank < found[row.milestone_id][0]:
            text = HomeText(row.title, row.meaning, row.help, row.ask, row.language)
            found[row.milestone_id] = rank, text
    return {key: text for key, (_, text) in found.items()}


def language_of(asked: str) -> str:
    """One of the languages that pages are offered in; English for anything else."""
    return asked if asked in dict(settings.LANGUAGES) else BASE


def words_to_edit(actor: Actor, milestone_id: UUID, language: str) -> tuple[Milestone, dict[str, str], list[str]]:
    """(a milestone that the actor may change, its words in this language, languages written). Raises NotFound."""
    rows = Milestone.objects.visible_to(actor, *MAKE).filter(is_active=True, learner=None)
    milestone: Milestone | None = rows.filter(public_id=milestone_id).first()
    if milestone is None:
        raise NotFound
    found = {row.language: row for row in HomeWords.objects.filter(milestone=milestone)}
    row = found.get(language)
    start = {name: getattr(row, name) for name in FIELDS} if row else {}
    return milestone, start, sorted(found)
