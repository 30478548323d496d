"""What stands beside a learner's milestone for staff: what was given, asked, and who works with them."""

from dataclasses import dataclass

from interventions.giving import GIVE
from interventions.models import PeerPair, ResourceUse
from interventions.peer_matches import PROPOSE
from reporting.asking.page import Asked, asked_of
from reporting.learner_page import LearnerMilestone
from reporting.library.giving_page import given_to
from reporting.tutoring.page import pairs_of
from tenancy.access import may_at_all
from tenancy.actor import Actor


@dataclass(frozen=True, slots=True)
class HelpBeside:
    given: tuple[ResourceUse, ...]
    asked: tuple[Asked, ...]
    pairs: tuple[PeerPair, ...]
    may_give: bool
    may_pair: bool


def help_beside(actor: Actor, page: LearnerMilestone) -> HelpBeside | None:
    """Four queries; None for a past day, which is about what was shown then."""
    if page.moment is not None:
        return None
    learner_id, milestone_id = page.learner_pk, page.milestone_pk
    return HelpBeside(
        given=tuple(given_to(actor, learner_id, [milestone_id])),
        asked=tuple(asked_of(actor, learner_id, milestone_id)),
        pairs=tuple(pairs_of(actor, learner_id, milestone_id)),
        may_give=may_at_all(actor, *GIVE),
        may_pair=may_at_all(actor, *PROPOSE),
    )
