"""SMART hints in words: one voice for teachers, a simpler one for learners."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from milestones.smart import ATTAINABLE, DATED, MEASURABLE, RELEVANT, SPECIFIC, Hint

NAMES = {
    SPECIFIC: _("Specific"), MEASURABLE: _("Measurable"), ATTAINABLE: _("Attainable"), RELEVANT: _("Relevant"),
    DATED: _("Dated"),
}  # fmt: skip
QUESTIONS = {
    SPECIFIC: _("What exactly?"), MEASURABLE: _("How will you know?"), ATTAINABLE: _("Can you do it?"),
    RELEVANT: _("Why does it matter?"), DATED: _("Until when?"),
}  # fmt: skip
FOR_TEACHERS = {
    "short": _("“%(word)s” is very short. Say what somebody does who has reached it."),
    "vague": _("“%(word)s” means something else to everybody. Say what can be seen or counted: %(instead)s."),
    "nothing": _("Nothing measures it yet. Choose a competency and its level, or a figure and its target."),
    "no_slack": _("100 % leaves no room for one bad day. 95 % is as ambitious and can be reached."),
    "all_mastery": _("Every criterion asks for Mastery. Meets is the goal for everybody; Mastery is beyond it."),
    "mastery": _("Mastery is beyond the goal for everybody. Meets first may be the better step."),
    "soon": _("The date is less than a week away. Is there time to learn it and to show it twice?"),
    "why": _("It does not say what it is for. One sentence helps learners and families to care."),
    "no_date": _("It has no date. With one, everybody knows when to look at it again."),
}
FOR_LEARNERS = {
    "short": _("Say a little more: what will people see you do?"),
    "vague": _("“%(word)s” is hard to check. Write what people can see or count, like: %(instead)s."),
    "nothing": _("How will you and your teacher know that you did it? Choose something below, or ask your teacher."),
    "no_slack": _("100 % leaves no room for one bad day. How about 95 %?"),
    "all_mastery": _("Mastery is very high. Meets is a great goal, and Mastery can come after it."),
    "mastery": _("Mastery is very high. Meets is a great goal, and Mastery can come after it."),
    "soon": _("That is very soon. Do you have enough time to practise and to show it?"),
    "why": _("Write one sentence about why you want this. It helps on hard days."),
    "no_date": _("Choose a day. Then you know when to look at it together."),
}


@dataclass(frozen=True, slots=True)
class HintWords:
    name: str
    text: str


def in_words(hints: Sequence[Hint], *, for_learner: bool = False) -> list[HintWords]:
    names, texts = (QUESTIONS, FOR_LEARNERS) if for_learner else (NAMES, FOR_TEACHERS)
    return [
        HintWords(
            str(names[one.letter]),
            str(texts[one.code]) % {"word": one.word, "instead": ", ".join(f"“{w}”" for w in one.instead)}
            if one.word
            else str(texts[one.code]).replace("%%", "%"),
        )
        for one in hints
    ]
