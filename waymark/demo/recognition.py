"""Good words and certificates of some learners of the sample district who sign in."""

from dataclasses import replace

from learners.models import Learner, SectionStaff
from milestones.certificates import issue_certificate
from milestones.models import Milestone, Release, newest_release
from milestones.recognition import moderate, say
from status_engine import Level
from tenancy.actor import Actor
from tenancy.models import Member

OF_TEACHERS = (
    "You waited until everybody at the table had found their own way, and then asked how they did it.",
    "You found the mistake in your own drawing and said so before anybody else saw it.",
    "You kept trying on Thursday when the first two ways did not work.",
)
OF_PEERS = (
    "Thank you for explaining the number line to me.",
    "You made room for me in the group.",
    "Your question helped all of us.",
)
LEARNERS = 12


def add_recognition(actor: Actor) -> None:
    """A teacher's word for each, a peer's for every second one, one of them waiting; a certificate each."""
    for n, learner in enumerate(_shown()):
        teacher = _teacher(actor, learner)
        if teacher is None:
            continue
        say(teacher, learner=learner, text=OF_TEACHERS[n % len(OF_TEACHERS)])
        peer = _classmate(actor, learner)
        if peer is not None:
            word = say(peer, learner=learner, text=OF_PEERS[n % len(OF_PEERS)], is_from_peer=True)
            if n % 2 == 0:
                moderate(teacher, shout_out=word, state="shown")
        milestone = _reached(learner)
        if milestone is not None:
            issue_certificate(teacher, learner=learner, milestone=milestone)


def _shown() -> list[Learner]:
    """Learners from every grade, and the children of guardians from every grade."""
    learners = Learner.objects.exclude(member=None).exclude(member__user=None).order_by("member_id")
    children = Learner.objects.filter(guardian_links__status="verified").order_by("guardian_links__member_id")
    found = {row.pk: row for rows in (learners, children) for row in _spread(list(rows))}
    return list(found.values())


def _spread(rows: list[Learner]) -> list[Learner]:
    return rows[:: max(len(rows) // LEARNERS, 1)][:LEARNERS]


def _teacher(actor: Actor, learner: Learner) -> Actor | None:
    staff = SectionStaff.objects.filter(section__enrolments__learner_id=learner.pk).select_related("member")
    one = staff.order_by("id").first()
    return _as(actor, one.member) if one else None


def _classmate(actor: Actor, learner: Learner) -> Actor | None:
    rows = Learner.objects.filter(enrolments__section__enrolments__learner_id=learner.pk).exclude(member=None)
    one = rows.exclude(pk=learner.pk).select_related("member").order_by("id").first()
    return _as(actor, one.member) if one and one.member else None


def _as(actor: Actor, member: Member) -> Actor:
    return replace(actor, member_id=member.pk, label=member.name)


def _reached(learner: Learner) -> Milestone | None:
    rows = Release.objects.filter(
        newest_release(), learner_id=learner.pk, level__gte=Level.MEETS, milestone__is_active=True
    )
    best = rows.select_related("milestone").order_by("-level", "id").first()
    return best.milestone if best else None
