"""What holds already and what is missing for the next level: the teacher's checklist, as it was released."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from milestones.models import Release
from reporting.sentences import change_sentence, checks_of
from tenancy.actor import Actor


@dataclass(frozen=True, slots=True)
class Steps:
    """holds: what the learner can show already; missing: what is not there yet; change: the smallest next step."""

    holds: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    change: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.holds or self.missing)


def steps_by_milestone(actor: Actor, learner_id: int, milestone_ids: Collection[UUID | None]) -> dict[UUID, Steps]:
    """{milestone: its checklist} of what was released to the learner. One query."""
    wanted = [one for one in milestone_ids if one is not None]
    rows = Release.objects.visible_to(actor, "Explanation of a level", "read").filter(
        learner_id=learner_id, milestone__public_id__in=wanted
    )
    return {key: steps_of(why) for key, why in rows.values_list("milestone__public_id", "explanation")}


def steps_of(explanation: Mapping[str, Any] | None) -> Steps:
    """Of an explanation as it was frozen with a release; nothing where there was none."""
    holds: list[str] = []
    missing: list[str] = []
    change: list[str] = []
    for criterion in (explanation or {}).get("criteria", ()):
        why = criterion.get("explanation")
        if not why or not why.get("next_level"):
            continue
        for check in checks_of(why):
            (holds if check.is_met else missing).append(check.text)
        change.append(change_sentence(why["change"], why["policy"]["scale"]))
    return Steps(*(tuple(dict.fromkeys(some)) for some in (holds, missing, change)))
