"""Who could explain a milestone to a learner: classmates who have reached it and have room for one more."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from interventions.models import PeerPair
from interventions.models.tutoring import PEER
from learners.models import Enrolment, Learner, Section
from learners.reach import running
from milestones.models import Milestone, MilestoneStatus
from status_engine import Level
from tenancy.actor import Actor

READ, PROPOSE, AGREE = ((PEER, action) for action in ("read", "propose, record, end", "agree, leave"))
# Explaining helps who explains as long as it does not become a second job. A question that waits for its answer holds
# a place, too: nobody is asked by three teachers at once.
MOST_AT_ONCE = 2
ASK_AGAIN_AFTER = timedelta(days=30)
State = PeerPair.State
OPEN = (State.ASKED, State.RUNNING)


@dataclass(frozen=True, slots=True)
class Match:
    """helps: in how many open pairs they explain now. No level: having reached it is all that counts."""

    learner: Learner
    section: int
    helps: int


def matches(actor: Actor, learner: Learner, milestone: Milestone) -> list[Match]:
    """Those at mastery, else those who meet the goal; whoever helps fewest first. Six queries."""
    sections = _shared_sections(actor, learner)
    levels = dict(
        MilestoneStatus.objects.filter(
            milestone=milestone, learner_id__in=list(sections), level__gte=Level.MEETS
        ).values_list("learner_id", "level")
    )
    load, said_no = loads(levels), _said_not_now(milestone)
    free = [key for key in levels if load[key] < MOST_AT_ONCE and key not in said_no]
    best = max((levels[key] for key in free), default=Level.MEETS)
    people = Learner.objects.visible_to(actor, *PROPOSE).filter(
        id__in=[key for key in free if levels[key] == best], is_active=True
    )
    # Only somebody with an account can say yes.
    found = [Match(one, sections[one.pk], load[one.pk]) for one in people.exclude(member=None)]
    return sorted(found, key=lambda one: (one.helps, one.learner.folded_name, one.learner.pk))


def loads(learner_ids: dict[int, int] | list[int]) -> Counter[int]:
    """In how many open pairs each of them explains."""
    rows = PeerPair.objects.filter(tutor_id__in=list(learner_ids), state__in=OPEN)
    return Counter(rows.values_list("tutor_id", flat=True))


def said_not_now(learner: Learner, milestone: Milestone) -> PeerPair | None:
    """The learner's own "not now" of the last thirty days: they are not asked again before."""
    rows = _lately(milestone).filter(learner=learner, ended_by_id=learner.member_id).exclude(ended_by_id=None)
    found: PeerPair | None = rows.order_by("-ended_at").first()
    return found


def _lately(milestone: Milestone) -> Any:
    return PeerPair.objects.filter(
        milestone=milestone, state=State.DECLINED, ended_at__gte=timezone.now() - ASK_AGAIN_AFTER
    )


def _said_not_now(milestone: Milestone) -> set[int]:
    """Tutors who said so themselves, not those whose partner did."""
    rows = _lately(milestone).select_related("tutor")
    return {one.tutor_id for one in rows if one.ended_by_id is not None and one.ended_by_id == one.tutor.member_id}


def _shared_sections(actor: Actor, learner: Learner) -> dict[int, int]:
    """{classmate: a class of the actor's that both are in today}. Two queries: one is planned as a join of all."""
    mine = Section.objects.visible_to(actor, "Section", "read").filter(enrolments__learner=learner)
    ids = list(mine.values_list("id", flat=True).distinct())
    rows = Enrolment.objects.filter(running(actor.today), is_withdrawn=False, section_id__in=ids)
    found: dict[int, int] = {}
    here: dict[int, list[int]] = defaultdict(list)
    for section, who in rows.order_by("section_id").values_list("section_id", "learner_id"):
        here[section].append(who)
    for section, people in here.items():
        if learner.pk in people:
            for who in people:
                found.setdefault(who, section)
    found.pop(learner.pk, None)
    return found
