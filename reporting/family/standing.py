"""How it goes in a subject, in two words: the one rule behind the status that families read. Pure, no database.

Counted over the milestones of the subject whose level was shared with the family, and nothing else. In this order:

| status | when |
|---|---|
| Just starting | fewer than three levels are shared, or nothing is past Beginning and fewer than two are past their day |
| Needs a hand | at least two milestones are past their target date and under the goal, and they are more than a third of those past their date |
| Ahead | nine of ten or more are at the goal, and a third or more are beyond it |
| On track | everything else: Developing is a normal part of learning, however long it lasts |

Never compared with other learners. `reason` says which line it was, and tests name it.
"""  # noqa: E501 - a table

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from status_engine import Level

FEWEST, FEWEST_OPEN = 3, 2


class Standing(StrEnum):
    JUST_STARTING = "starting"
    NEEDS_A_HAND = "hand"
    AHEAD = "ahead"
    ON_TRACK = "track"


NAMES: dict[Standing, Promise] = {
    Standing.JUST_STARTING: _("Just starting"), Standing.NEEDS_A_HAND: _("Needs a hand"), Standing.AHEAD: _("Ahead"),
    Standing.ON_TRACK: _("On track"),
}  # fmt: skip
ICONS = {
    Standing.JUST_STARTING: "sparkles", Standing.NEEDS_A_HAND: "handshake", Standing.AHEAD: "star",
    Standing.ON_TRACK: "check",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Status:
    standing: Standing
    reason: str

    @property
    def name(self) -> Promise:
        return NAMES[self.standing]

    @property
    def icon(self) -> str:
        return ICONS[self.standing]

    @property
    def needs_a_hand(self) -> bool:
        return self.standing == Standing.NEEDS_A_HAND


def status_of(levels: Sequence[int], past_date: Sequence[int]) -> Status:
    """levels: of every shared milestone, 0…4; past_date: of those among them whose target date is over."""
    if len(levels) < FEWEST:
        return Status(Standing.JUST_STARTING, "few")
    at_goal = sum(level >= Level.MEETS for level in levels)
    open_ones = sum(level < Level.MEETS for level in past_date)
    if open_ones >= FEWEST_OPEN and 3 * open_ones > len(past_date):
        return Status(Standing.NEEDS_A_HAND, "past_date")
    if max(levels) <= Level.BEGINNING:
        return Status(Standing.JUST_STARTING, "begun")
    beyond = sum(level == Level.MASTERY for level in levels)
    if 10 * at_goal >= 9 * len(levels) and 3 * beyond >= len(levels):
        return Status(Standing.AHEAD, "beyond")
    return Status(Standing.ON_TRACK, "going")
