"""Reports of a term as accessible PDF, set from templates/cards/card.typ."""

from datetime import datetime, time
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from reporting.cards.card import Card
from reporting.levels import ALL_WORDS
from reporting.typesetting import TEMPLATES, pdf_of


def card_pdf(card: Card) -> bytes:
    """The file. Raises Refused where a name has a letter that no font here has."""
    made_at = datetime.combine(card.as_of, time())
    return pdf_of(TEMPLATES / "cards" / "card.typ", card_data(card), name=card.learner.name, made_at=made_at)


def card_data(card: Card) -> dict[str, Any]:
    """The texts of the report, by the names that the template asks for."""
    day = date_format(card.as_of, "j F Y")
    period = {"from": date_format(card.term.starts_on, "j F Y"), "to": date_format(card.term.ends_on, "j F Y")}
    about = [text for text in (_("Grade %(grade)s") % {"grade": card.learner.grade} if card.learner.grade else "",
                               card.learner.identifier) if text]  # fmt: skip
    return {
        "title": card.title, "school": card.school, "name": card.learner.name, "about": about,
        "term": card.term.title, "period": _("%(from)s to %(to)s") % period,
        "as_of": _("Levels as the school had released them on %(day)s.") % {"day": day},
        "nothing": _("Nothing was released in this term yet."),
        "heads": [_("Milestone"), _("Level"), _("Since")],
        "parts": [
            {
                "title": part.title or _("Milestones"),
                "at_goal": _("%(n)d of %(all)d at the goal") % {"n": part.at_goal, "all": len(part.lines)},
                "lines": [
                    {"code": line.code, "title": line.title, "letter": str(line.word.letter),
                     "level": str(line.word.name), "key": line.word.key, "on": date_format(line.on, "j M Y")}
                    for line in part.lines
                ],
            }
            for part in card.parts
        ],
        "words_title": _("In the teacher’s words"),
        "words": [{"heading": one.heading, "text": one.text, "by": one.by} for one in card.words],
        "levels_title": _("What the five levels mean"),
        "levels": [{"letter": str(w.letter), "name": str(w.name), "plain": str(w.plain), "key": w.key}
                   for w in ALL_WORDS],
        "page": _("Page"), "summary": _("Levels of a learner at the end of a term"),
        "lang": (get_language() or "en").split("-")[0], "dir": "rtl" if get_language_bidi() else "ltr",
    }  # fmt: skip
