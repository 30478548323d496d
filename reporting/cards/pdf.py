"""Reports of a term as accessible PDF (PDF/UA-1), set by typst from templates/cards/card.typ.

What people wrote reaches the template as data (`sys.inputs`), never as part of its source: a name with `#`, `*` or `<`
is a name. Fonts as for certificates.
"""

import json
from datetime import datetime, time
from functools import lru_cache
from typing import Any, cast

import typst
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from reporting.cards.card import Card
from reporting.levels import ALL_WORDS
from tenancy.errors import Refused

FOLDER = settings.BASE_DIR / "templates" / "cards"
FONTS = settings.BASE_DIR / "templates" / "recognition" / "fonts"


def card_pdf(card: Card) -> bytes:
    """The file. Raises Refused where a name has a letter that no font here has: PDF/UA wants every letter shown."""
    made_on = datetime.combine(card.as_of, time())
    try:
        made: bytes | list[bytes] | None = typst.compile(
            FOLDER / "card.typ", root=FOLDER, font_paths=_fonts(), format="pdf", pdf_standards=["ua-1"],
            sys_inputs={"data": json.dumps(card_data(card))}, timestamp=int(made_on.timestamp()),
        )  # fmt: skip
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        words = _("A letter of %(name)s is in none of the fonts of this server. Ask who runs it to install a font "
                  "with these letters, like Noto Sans; then download again.")  # fmt: skip
        raise Refused(words % {"name": card.learner.name}) from error
    return cast("bytes", made)  # a PDF is one file


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Looked up once: the fonts of the machine are many."""
    return typst.Fonts(font_paths=[FONTS])


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
