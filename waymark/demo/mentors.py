"""Somebody outside of school who follows a few learners of the sample: an adviser, or a supervisor of the company."""

from datetime import timedelta

from learners.mentors import let_follow
from learners.models import Learner
from tenancy.actor import Actor
from tenancy.models import Member

PEOPLE = {"school.example": ("Soledad", "Marsh", "adviser"), "northlight.example": ("Priya", "Nair", "supervisor")}
FOLLOWED, MONTHS = 3, 6


def add_mentors(system: Actor) -> None:
    """Before accounts are opened: they get one like everybody with an address."""
    staff = Member.objects.exclude(email="").order_by("id").values_list("email", flat=True)
    domain = next((one.partition("@")[2] for one in staff if one.partition("@")[2] in PEOPLE), "")
    if not domain:
        return
    given, family, kind = PEOPLE[domain]
    email = f"{given}.{family}@{domain}".lower()
    member = Member.objects.create(given_name=given, family_name=family, email=email)
    until = system.today + timedelta(days=30 * MONTHS)
    learners = list(Learner.objects.filter(is_active=True).order_by("id"))
    for learner in learners[:: max(len(learners) // FOLLOWED, 1)][:FOLLOWED]:
        let_follow(system, learner=learner, member=member, kind=kind, until=until)
