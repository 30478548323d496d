"""Words for what a policy says and evidence is: methods, kinds, why a piece did not count."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

METHODS: dict[str, Callable[[dict[str, Any]], str]] = {
    "highest": lambda p: _("The best piece counts."),
    "latest": lambda p: _("The newest piece counts."),
    "mean": lambda p: _("The average of all pieces counts."),
    "weighted_mean": lambda p: _("The average of all pieces counts, each with its weight."),
    "ewma": lambda p: (
        _("Newer pieces count more: each new one makes %(share)d%% of the value.") % {"share": _percent(p)}
    ),
    "last_vs_rest": lambda p: (
        _("The newest piece makes %(share)d%% of the value, the average of all others the rest.")
        % {"share": _percent(p)}
    ),
    "n_times": lambda p: (
        ngettext("Meets has to be shown %(n)d time.", "Meets has to be shown %(n)d times.", int(p.get("n", 1)))
        % {"n": int(p.get("n", 1))}
    ),
    "m_of_n": lambda p: (
        ngettext(
            "Meets has to be shown in %(m)d of the newest %(n)d piece.",
            "Meets has to be shown in %(m)d of the newest %(n)d pieces.",
            int(p["n"]),
        )
        % {"m": int(p["m"]), "n": int(p["n"])}
    ),
    "mode": lambda p: (
        _("The rating shown most often counts; of equally frequent ones the highest.")
        if p["tie"] == "highest"
        else _("The rating shown most often counts; of equally frequent ones the one shown last.")
    ),
    "median": lambda p: (
        _("The middle one of the newest %(r)d pieces counts.") % {"r": int(p["r"])}
        if "r" in p
        else _("The middle one of all pieces counts.")
    ),
    "mean_of_top": lambda p: (
        ngettext("The best piece counts.", "The average of the best %(r)d pieces counts.", int(p["r"]))
        % {"r": int(p["r"])}
    ),
    "drop_lowest": lambda p: (
        ngettext(
            "The average counts, without the lowest piece.",
            "The average counts, without the lowest %(d)d pieces.",
            int(p["d"]),
        )
        % {"d": int(p["d"])}
    ),
    "power_law": lambda p: _("A learning curve drawn through all pieces counts, read off at the newest one."),
    "best_fit": lambda p: _(
        "The line that fits all pieces best counts (average, straight line or learning curve), "
        "read off at the newest one."
    ),
    "bkt": lambda p: _("What counts is how likely it is that the skill is known, judged from right and wrong pieces."),
}
IGNORED: dict[str, Callable[[int], str]] = {
    "withdrawn": lambda n: ngettext("%(n)d piece was withdrawn", "%(n)d pieces were withdrawn", n),
    "hidden": lambda n: ngettext("%(n)d piece is hidden", "%(n)d pieces are hidden", n),
    "with_hints": lambda n: ngettext(
        "%(n)d piece was done with hints: it is shown but does not count",
        "%(n)d pieces were done with hints: they are shown but do not count",
        n,
    ),
    "not_judged": lambda n: ngettext("%(n)d piece waits to be judged", "%(n)d pieces wait to be judged", n),
    "null": lambda n: ngettext("%(n)d piece has no score", "%(n)d pieces have no score", n),
    "self_assessment": lambda n: ngettext(
        "%(n)d self-assessment is shown but does not count", "%(n)d self-assessments are shown but do not count", n
    ),
    "not_latest_attempt": lambda n: ngettext(
        "%(n)d earlier attempt does not count", "%(n)d earlier attempts do not count", n
    ),
    "not_best_attempt": lambda n: ngettext(
        "%(n)d weaker attempt does not count", "%(n)d weaker attempts do not count", n
    ),
    "outside_window": lambda n: ngettext(
        "%(n)d piece is older than the evidence that is looked at",
        "%(n)d pieces are older than the evidence that is looked at",
        n,
    ),
    "duplicate": lambda n: ngettext("%(n)d piece came twice", "%(n)d pieces came twice", n),
}


def _percent(parameters: dict[str, Any]) -> int:
    return round(100 * float(parameters.get("weight", 0)))
