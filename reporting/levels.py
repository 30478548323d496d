"""How the five levels look and are called on staff, family and learner pages."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from status_engine import Level


@dataclass(frozen=True, slots=True)
class LevelWords:
    """`key` is the machine name in markup and API; `letter` at most two characters."""

    key: str
    letter: Promise
    name: Promise
    plain: Promise


WORDS: dict[int, LevelWords] = {
    Level.NOT_STARTED: LevelWords(
        "not-started", _("N"), _("Not started"), _("No work collected yet. Often the class has not begun.")
    ),
    Level.BEGINNING: LevelWords("beginning", _("B"), _("Beginning"), _("First tries, with help.")),
    Level.DEVELOPING: LevelWords(
        "developing",
        _("D"),
        _("Developing"),
        _("Does part of it alone. Growing, and not yet steady. A normal part of learning, not a failing mark."),
    ),
    Level.MEETS: LevelWords(
        "meets", _("M"), _("Meets"), _("Does it alone, more than once, and can explain it. This is the goal.")
    ),
    Level.MASTERY: LevelWords(
        "mastery", _("M+"), _("Mastery"), _("Uses it in new situations. A bonus beyond the goal.")
    ),
}
ALL_WORDS = tuple(WORDS[level] for level in sorted(WORDS))
