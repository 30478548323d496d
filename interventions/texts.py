"""What may be written: length, and characters that can be stored. In one place for requests, resources and sessions."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from assessments.pieces import not_storable
from tenancy.actor import Actor
from tenancy.errors import Invalid, problem

Problems = list[dict[str, str]]
MOST_MINUTES = 480
OLDEST_SESSION = timedelta(days=60)


def text_problems(field: str, text: str, most: int, required: str = "") -> Problems:
    """required: the sentence where nothing was written; without it the text may be empty."""
    if required and not text:
        return [problem(field, required)]
    if len(text) > most:
        return [problem(field, _("This has %(n)d characters. Shorten it to %(most)d") % {"n": len(text), "most": most})]
    if not_storable(text, has_lines=True):
        return [problem(field, _("The text contains a control character. Type it again"))]
    return []


def minutes_problems(minutes: int | None, *, is_needed: bool = True) -> Problems:
    if (minutes is None and is_needed) or (minutes is not None and not 1 <= minutes <= MOST_MINUTES):
        text = _("Enter the minutes as a number from 1 to %(most)s") % {"most": MOST_MINUTES}
        return [problem("minutes", text)]
    return []


def session_day_problems(actor: Actor, on: date | None) -> Problems:
    if on is None:
        return [problem("on", _("Enter the day, like 19 Nov 2026"))]
    if on > actor.today:
        return [problem("on", _("This day is to come. Log a session after it has been"))]
    if on < actor.today - OLDEST_SESSION:
        return [problem("on", _("This day is more than 60 days ago. Check the date"))]
    return []


def check(*problems: dict[str, str]) -> None:
    """Raises Invalid with all of them."""
    if problems:
        raise Invalid(list(problems))
