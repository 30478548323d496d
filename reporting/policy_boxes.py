"""The boxes in the sentences of a policy: what may stand in them, how it is shown, and what to say when it is wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from status_engine.needed import MAX_NEEDED
from status_engine.parameters import MAX_TIMES, TIES
from status_engine.policy import STALLED_AFTER
from status_engine.scale import MAX_POINTS_POSSIBLE
from status_engine.window import MAX_DAYS, MAX_PIECES

WHOLE, DAYS, PERCENT, POINTS, CHOICE = "whole", "days", "percent", "points", "choice"
Text = str | Promise
LONGEST = 12  # characters that are read of a number
PLAIN_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")


class Wrong(ValueError):
    """What to say at the box."""


@dataclass(frozen=True)
class Box:
    """One number or choice in a sentence. low, high: as shown (a percent from 1 to 99); example: what a message offers.

    is_optional: may stay empty. choices: (value, words).
    """

    label: Text
    kind: str = WHOLE
    low: int = 1
    high: int = MAX_NEEDED
    example: str = "2"
    is_optional: bool = False
    choices: Sequence[tuple[str, Text]] = ()

    def read(self, text: str) -> Any:
        """The value as the engine reads it, None for an empty optional box. Raises Wrong."""
        text = text.strip()
        if self.kind == CHOICE:
            return self._chosen(text)
        if not text and self.is_optional:
            return None
        number = read_number(text)
        if number is None or not self.low <= number <= self.high or (self._is_whole and number % 1):
            raise Wrong(self.fix)
        if self.kind == PERCENT:
            return float(number / 100)
        return int(number) if self._is_whole else float(number)

    def show(self, value: Any) -> str:
        """The text that `read` reads."""
        if value is None:
            return ""
        if self.kind == CHOICE:
            return str(value)
        number = Decimal(str(value))
        if self.kind == PERCENT and number <= 1:  # a percent may be stored as a share or as it was typed
            number *= 100
        return f"{number.normalize():f}"

    @property
    def fix(self) -> str:
        """What to do about a wrong value."""
        values = {"low": self.low, "high": f"{self.high:,}".replace(",", "\u202f"), "example": self.example}
        return {
            WHOLE: _("Enter a whole number from %(low)s to %(high)s, like %(example)s"),
            DAYS: _("Enter a whole number of days from %(low)s to %(high)s, like %(example)s"),
            PERCENT: _("Enter a percent from %(low)s to %(high)s, like %(example)s"),
            POINTS: _("Enter a number from %(low)s to %(high)s, like %(example)s"),
            CHOICE: _("Choose one from the list"),
        }[self.kind] % values

    @property
    def _is_whole(self) -> bool:
        return self.kind in {WHOLE, DAYS}

    def _chosen(self, text: str) -> str | None:
        if text not in {value for value, _words in self.choices}:
            raise Wrong(self.fix)
        return text or None


def read_number(text: str) -> Decimal | None:
    """A plain decimal number, with a point or a comma; None for anything else."""
    if len(text) > LONGEST or not PLAIN_NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:  # digits of another script
        return None


LEVEL_CHOICES = (
    ("", gettext_lazy("this level")),
    *zip(
        ("developing", "meets", "mastery"),
        (gettext_lazy("Developing"), gettext_lazy("Meets"), gettext_lazy("Mastery")),
        strict=True,
    ),
)
TIE_WORDS: Mapping[str, Text] = {"latest": gettext_lazy("newest"), "highest": gettext_lazy("highest")}

# By parameter of a method.
PARAMETERS: Mapping[str, Box] = {
    "weight": Box(gettext_lazy("share of the newest piece in percent"), PERCENT, 1, 99, "65"),
    "n": Box(gettext_lazy("how many"), WHOLE, 1, MAX_TIMES, "3"),
    "m": Box(gettext_lazy("how many times"), WHOLE, 1, MAX_TIMES, "2"),
    "r": Box(gettext_lazy("how many pieces"), WHOLE, 1, MAX_TIMES, "3"),
    "d": Box(gettext_lazy("how many pieces are left out"), WHOLE, 1, MAX_TIMES, "1"),
    "tie": Box(gettext_lazy("of equally frequent ones"), CHOICE, choices=tuple((t, TIE_WORDS[t]) for t in TIES)),
    "p0": Box(gettext_lazy("known before the first piece, in percent"), PERCENT, 1, 99, "30"),
    "t": Box(gettext_lazy("learned with each piece, in percent"), PERCENT, 0, 99, "15"),
    "s": Box(gettext_lazy("slips in percent"), PERCENT, 1, 98, "10"),
    "g": Box(gettext_lazy("lucky guesses in percent"), PERCENT, 1, 98, "20"),
}
# By gate; a gate with several boxes names each.
COUNT = Box(gettext_lazy("at least how many"), is_optional=True)
GATES: Mapping[str, Mapping[str, Box]] = {
    "min_pieces": {"needed": COUNT},
    "min_tasks": {"needed": COUNT},
    "min_forms": {"needed": COUNT},
    "min_kinds": {"needed": Box(gettext_lazy("at least how many"), WHOLE, 1, 6, "2", is_optional=True)},
    "k_of_last_n_at_or_above": {
        "k": Box(gettext_lazy("how many"), is_optional=True),
        "n": Box(gettext_lazy("of the newest how many"), example="3", is_optional=True),
        "level": Box(gettext_lazy("at which level"), CHOICE, choices=LEVEL_CHOICES),
    },
    "within_days": {"needed": Box(gettext_lazy("days"), DAYS, 1, MAX_DAYS, "60", is_optional=True)},
    "prerequisites_met": {
        "needed": Box(
            gettext_lazy("prerequisites"),
            CHOICE,
            choices=(
                ("", gettext_lazy("does not matter")),
                ("advice", gettext_lazy("is shown as advice")),
                ("gate", gettext_lazy("has to be met")),
            ),
        )
    },
}
WINDOWS: Mapping[str, Box] = {
    "days": Box(gettext_lazy("days"), DAYS, 1, MAX_DAYS, "90"),
    "pieces": Box(gettext_lazy("pieces"), WHOLE, 1, MAX_PIECES, "5"),
}
EXPIRES = Box(gettext_lazy("Days after which a piece no longer counts for the conditions"), DAYS, 1, MAX_DAYS, "365",
              is_optional=True)  # fmt: skip
STALLED = Box(
    gettext_lazy("Days in one level before we say “stalled”"), DAYS, *STALLED_AFTER, example="14", is_optional=True
)
SCORE = Box(gettext_lazy("points"), POINTS, 0, MAX_POINTS_POSSIBLE, "4")
CUT = Box(gettext_lazy("points"), POINTS, 0, MAX_POINTS_POSSIBLE, "3", is_optional=True)
