"""Why a level is what it is, in one line made of stored facts: for files, where asking the engine would cost minutes.

A milestone of several criteria is told by its lowest one: the lowest level, then the lowest value. As of a past day the
criteria are those of today, with what was known of them then.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from competencies.book import policy_book
from milestones.flags import SET_BY_TEACHER, Stand
from milestones.models import CompetencyStatus
from milestones.past import Past, keys_of
from milestones.selectors import Wanted
from reporting.levels import WORDS
from status_engine import Level, Scale


@dataclass(frozen=True, slots=True)
class Known:
    """What stands on one competency of a learner, with the scale under which it was judged."""

    level: int
    value: float | None
    pieces: int
    scale: Scale | None = None


NONE = Known(0, None, 0)
Knowns = Mapping[tuple[int, int], Known]


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one learner on one milestone. pieces: counted on all criteria; lowest: (code, what is known); of: criteria."""

    pieces: int
    lowest_code: str
    lowest: Known
    of: int

    @property
    def value(self) -> float | None:
        return self.lowest.value


def known_now(learner_ids: Collection[int], competency_ids: Collection[int]) -> Knowns:
    """One query, and those of the policies."""
    found = CompetencyStatus.objects.filter(learner_id__in=learner_ids, competency_id__in=competency_ids)
    rows = list(found.values_list("learner_id", "competency_id", "level", "value", "pieces", "policy_version_id"))
    versions = policy_book().versions({row[-1] for row in rows})
    return {
        (learner, competency): Known(
            level, None if value is None else float(value), pieces, versions[version].policy.scale
        )
        for learner, competency, level, value, pieces, version in rows
    }


def known_then(past: Past) -> Knowns:
    """No query."""
    values = [None if np.isnan(one) else round(float(one), 2) for one in past.judged.value]
    scales = [past.policies[version].policy.scale for version in past.judged.version.tolist()]
    rows = zip(keys_of(past.pairs), past.level.tolist(), values, past.judged.pieces.tolist(), scales, strict=True)
    return {key: Known(int(level), value, int(pieces), scale) for key, level, value, pieces, scale in rows}


def facts_of(learner: int, criteria: Iterable[Wanted], knowns: Knowns) -> Facts:
    known = [(one.code, knowns.get((learner, one.competency_id), NONE)) for one in criteria]
    code, lowest = min(known, key=lambda row: (row[1].level, row[1].value or 0), default=("", NONE))
    return Facts(sum(one.pieces for _code, one in known), code, lowest, len(known))


def reason_line(stand: Stand, flags: Collection[str], facts: Facts) -> str:
    """One sentence without a level of anybody else."""
    if SET_BY_TEACHER in flags:
        rule = WORDS[stand.computed_level].name
        return _("Set by a teacher or met under an earlier goal. The rule says %(level)s.") % {"level": rule}
    if not facts.pieces:
        return _("No evidence yet.")
    if stand.level == Level.MASTERY:
        return _("Nothing is missing: this is the highest level.")
    if facts.of == 1:
        return _next_of(facts.lowest)
    text = _("Lowest of %(n)d criteria: %(code)s. %(why)s")
    return text % {"n": facts.of, "code": facts.lowest_code, "why": _next_of(facts.lowest)}


def _next_of(known: Known) -> str:
    """What keeps it from the next level: the value, or some other condition of the rule."""
    if not known.pieces:
        return _("No evidence yet.")
    if known.level == Level.MASTERY:
        return _("Nothing is missing: this is the highest level.")
    following = Level(max(known.level + 1, Level.DEVELOPING))
    values = {"level": WORDS[following].name, "n": known.pieces, "value": f"{known.value or 0:.2f}"}
    if known.value is None or known.scale is None:
        text = ngettext(
            "The %(n)d piece so far is not enough for %(level)s.",
            "The %(n)d pieces so far are not enough for %(level)s.",
            known.pieces,
        )
        return text % values
    cut = known.scale.cut_of(following)
    if known.value < cut:
        text = ngettext(
            "%(level)s begins at %(cut)s. The value is %(value)s, from %(n)d piece.",
            "%(level)s begins at %(cut)s. The value is %(value)s, from %(n)d pieces.",
            known.pieces,
        )
        return text % {**values, "cut": f"{cut:g}"}
    text = ngettext(
        "The value %(value)s, from %(n)d piece, is enough for %(level)s. Another condition of the rule is missing.",
        "The value %(value)s, from %(n)d pieces, is enough for %(level)s. Another condition of the rule is missing.",
        known.pieces,
    )
    return text % values
