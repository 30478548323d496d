"""Milestones in words for families, in the reader's language where somebody wrote them in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language, get_language_info

from competencies.models import CompetencyHomeWords
from milestones.models import HomeWords, Milestone
from reporting.planning.rights import MAKE
from tenancy.actor import Actor
from tenancy.errors import NotFound

BASE = "en"
FIELDS = ("title", "meaning", "help", "ask")


@dataclass(frozen=True, slots=True)
class HomeText:
    """`language`: of title and question; `meaning_in`, `help_in`: of those; "" where nothing was written.

    `reader`: the language that was looked for, to say openly where there is only another one.
    """

    title: str = ""
    meaning: str = ""
    help: str = ""
    ask: str = ""
    language: str = ""
    meaning_in: str = ""
    help_in: str = ""
    reader: str = ""

    @property
    def ideas(self) -> list[str]:
        """Help, line by line."""
        return [line for line in self.help.splitlines() if line.strip()]

    @property
    def other_language(self) -> str:
        """The name of the language of meaning or help, where it is not the reader's."""
        found = {self.meaning_in, self.help_in} - {"", self.reader}
        return get_language_info(min(found))["name_translated"] if found else ""


NOTHING = HomeText()


def home_texts(milestone_ids: Collection[int], *, only_titles: bool = False) -> dict[int, HomeText]:
    """{milestone: its words}: in the reader's language, else in English, else in whichever there is.

    What a milestone means and how to help come from its competencies where it has no words of its own in a language
    that is as near. Two queries, one for titles.
    """
    here, keys = (get_language() or BASE).split("-")[0], list(milestone_ids)
    own: dict[int, dict[str, HomeWords]] = {}
    for row in HomeWords.objects.filter(milestone_id__in=keys).order_by("id"):
        own.setdefault(row.milestone_id, {})[row.language] = row
    asked: dict[int, list[_Part]] = {} if only_titles else _of_competencies(keys, here)
    return {key: _text(own.get(key, {}), asked.get(key, []), here) for key in own.keys() | asked.keys()}


@dataclass(frozen=True, slots=True)
class _Part:
    """Words in one language. `place`: 0 for the milestone's own, then its competencies in their order."""

    rank: int
    place: int
    language: str
    meaning: str
    help: str


def _rank(language: str, here: str) -> int:
    return 0 if language == here else 1 if language == BASE else 2


def _of_competencies(keys: Sequence[int], here: str) -> dict[int, list[_Part]]:
    milestone, position = "competency__criteria__milestone_id", "competency__criteria__position"
    rows = CompetencyHomeWords.objects.filter(**{f"{milestone}__in": keys}).order_by(position, "id")
    found: dict[int, list[_Part]] = {}
    for key, place, language, *words in rows.values_list(milestone, position, "language", "meaning", "ideas"):
        found.setdefault(key, []).append(_Part(_rank(language, here), 1 + place, language, *words))
    return found


def _text(own: Mapping[str, HomeWords], asked: Sequence[_Part], here: str) -> HomeText:
    parts = [_Part(_rank(row.language, here), 0, row.language, row.meaning, row.help) for row in own.values()]
    parts = sorted([*parts, *asked], key=lambda one: (one.rank, one.place))
    meaning = next((one for one in parts if one.meaning), None)
    help_ = next((one for one in parts if one.help), None)
    best = min(own.values(), key=lambda row: _rank(row.language, here), default=None)
    return HomeText(
        title=best.title if best else "", ask=best.ask if best else "", language=best.language if best else "",
        meaning=meaning.meaning if meaning else "", meaning_in=meaning.language if meaning else "",
        help=help_.help if help_ else "", help_in=help_.language if help_ else "", reader=here,
    )  # fmt: skip


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
