"""Invitations that wait, and one that reached somebody else."""

from learners.invitations import invite_class, invite_guardian, not_me
from learners.models import GuardianLink, Learner
from tenancy.actor import Actor


def add_people(actor: Actor) -> None:
    """For three learners who have no guardian with an account."""
    linked = GuardianLink.objects.filter(status="verified", member__user__isnull=False).values("learner_id")
    learners = list(Learner.objects.filter(is_active=True).exclude(id__in=linked).order_by("folded_name", "id")[:3])
    if len(learners) < 3:
        return
    invite_guardian(actor, learner=learners[0], email="guardian.one@example.org", relationship="mother")
    wrong = invite_guardian(actor, learner=learners[1], email="old.address@example.org")
    not_me(code=wrong.code)
    invite_class(actor, learners=learners[2:])
