"""Every method and gate of the engine as a sentence, with `{name}` where a number stands.

The editor puts a box there, the reading view the number: one sentence for both. A test holds that each key of the
engine has its sentence.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

Sentence = Callable[[int], str]
"""The sentence for a count, where its words depend on one."""
PLACE = re.compile(r"\{(\w+)\}")

METHODS: Mapping[str, Sentence] = {
    "highest": lambda n: _("The best piece counts."),
    "latest": lambda n: _("The newest piece counts."),
    "mean": lambda n: _("The average of all pieces counts."),
    "weighted_mean": lambda n: _("The average of all pieces counts, each with its weight."),
    "ewma": lambda n: _("Newer pieces count more: each new one makes {weight} % of the value."),
    "last_vs_rest": lambda n: _("The newest piece makes {weight} % of the value, the average of all others the rest."),
    "n_times": lambda n: ngettext(
        "Meets has to be shown {n} time; then the average of those pieces counts.",
        "Meets has to be shown {n} times; then the average of those pieces counts.",
        n,
    ),
    "m_of_n": lambda n: _("Meets has to be shown in {m} of the newest {n} pieces."),
    "mode": lambda n: _("The rating shown most often counts, of equally frequent ones the {tie} one."),
    "median": lambda n: _("The middle one of the newest {r} pieces counts (left empty: of all pieces)."),
    "mean_of_top": lambda n: ngettext("The best {r} piece counts.", "The average of the best {r} pieces counts.", n),
    "drop_lowest": lambda n: ngettext(
        "The average counts, without the lowest {d} piece.", "The average counts, without the lowest {d} pieces.", n
    ),
    "power_law": lambda n: _("A learning curve drawn through all pieces counts, read off at the newest one."),
    "best_fit": lambda n: _(
        "The line that fits all pieces best counts (average, straight line or learning curve), read off at the newest "
        "one."
    ),
    "bkt": lambda n: _(
        "How likely it is that the skill is known counts: {p0} % known before the first piece, {t} % learned with each "
        "piece, {s} % slips, {g} % lucky guesses."
    ),
}
# The parameter whose number decides the plural.
COUNTED = {"n_times": "n", "mean_of_top": "r", "drop_lowest": "d"}
# Where an optional box is empty.
WITHOUT: Mapping[str, Promise] = {"median": gettext_lazy("The middle one of all pieces counts.")}

GATES: Mapping[str, Sentence] = {
    "min_pieces": lambda n: ngettext("{needed} piece of evidence or more", "{needed} pieces of evidence or more", n),
    "min_tasks": lambda n: ngettext("{needed} independent task or more", "{needed} independent tasks or more", n),
    "min_forms": lambda n: ngettext("{needed} form or more", "{needed} different forms or more", n),
    "min_kinds": lambda n: ngettext("{needed} kind of work or more", "{needed} kinds of work or more", n),
    "required_kinds": lambda n: _("Work of these kinds: {needed}"),
    "k_of_last_n_at_or_above": lambda n: _("{k} of the newest {n} pieces at {level} or above"),
    "within_days": lambda n: ngettext(
        "A piece that is at most {needed} day old", "A piece that is at most {needed} days old", n
    ),
    "prerequisites_met": lambda n: _("What comes before it {needed}"),
}
ATTEMPTS: Mapping[str, Promise] = {
    "all": gettext_lazy("Every attempt counts"),
    "latest_per_task": gettext_lazy("The newest attempt at each task counts"),
    "best_per_task": gettext_lazy("The best attempt at each task counts"),
}
ORDERS: Mapping[str, Promise] = {
    "occurred_at": gettext_lazy("In the order of the days the work was done"),
    "due_at": gettext_lazy("In the order of the days the work was due"),
    "recorded_at": gettext_lazy("In the order of the days the work was recorded"),
}
WINDOWS: Mapping[str, Sentence] = {
    "all": lambda n: _("All evidence is looked at"),
    "term": lambda n: _("Evidence of this term is looked at"),
    "days": lambda n: ngettext(
        "Evidence of the last {days} day is looked at", "Evidence of the last {days} days is looked at", n
    ),
    "pieces": lambda n: ngettext(
        "The newest {pieces} piece is looked at", "The newest {pieces} pieces are looked at", n
    ),
}


def parts(sentence: str) -> list[tuple[str, str]]:
    """(text, name of the place after it) in order; the last name is empty."""
    pieces = [*PLACE.split(sentence), ""]
    return list(zip(pieces[::2], pieces[1::2], strict=True))


def filled(sentence: str, values: Mapping[str, Any]) -> str:
    """The sentence with its numbers. Raises KeyError for a place without one."""
    return PLACE.sub(lambda found: str(values[found[1]]), sentence)
