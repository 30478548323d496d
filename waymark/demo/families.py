"""What families and learners of the sample schools read: words for home, narratives, cheers, notes on goals."""

from dataclasses import replace

from interventions.home_choice import choose_home
from learners.models import GuardianLink, Learner, SectionStaff
from milestones.goal_notes import add_note, change_note
from milestones.home_words import write_home_words
from milestones.models import PERSONAL, Milestone, Release, newest_release
from milestones.narratives import keep_phrase, release_narrative, write_narrative
from milestones.recognition import cheer
from status_engine import Level
from tenancy.actor import DST, GRD, LRN, TCH, Actor
from tenancy.models import Member, RoleGrant, User
from waymark.demo.home_words import add_home_words

FAMILIES, MILESTONES = 6, 3
ASK = {
    "en": "How do you know that it is right?", "es": "¿Cómo sabes que está bien?", "ar": "كيف تعرف أن هذا صحيح؟",
}  # fmt: skip
WORDS = (
    (
        "{name} asks good questions in the small group and helps others draw their ideas. Several steps are sure now. "
        "Next we practise explaining why they work. At home it helps to ask for one example a day."
    ),
    (
        "{name} finishes what was begun, also when it gets hard. The last weeks show steady growth. "
        "Next comes using it in tasks that look new at first."
    ),
)
PHRASES = (
    "{learner} explains steps to others in clear words.", "Next, {learner} practises explaining why the steps work.",
    "At home it helps to ask {learner} for one example a day.",
)  # fmt: skip
CHEERS = ("We are proud of how you explained it to your brother.", "You did not give up. Well done.")


def add_families(system: Actor) -> None:
    """Deterministic; through the services, as the people who would have done it."""
    lead = _lead(system)
    add_home_words(lead)
    links = GuardianLink.objects.filter(status=GuardianLink.Status.VERIFIED, learner__is_active=True)
    rows = list(links.exclude(member__user=None).select_related("member", "learner").order_by("member_id", "id"))
    for n, link in enumerate(rows[:: max(len(rows) // FAMILIES, 1)][:FAMILIES]):
        _questions(lead, link.learner)
        _narrative(system, link.learner, n)
        _at_home(system, link.member, link.learner, n)
        _goal_notes(system, link.learner)


def _lead(system: Actor) -> Actor:
    """Who writes for families: somebody of the district."""
    grant = RoleGrant.objects.filter(role=DST).select_related("member").order_by("id").first()
    return _as(system, grant.member, DST) if grant else system


def _questions(lead: Actor, learner: Learner) -> None:
    """For what the learner has reached lately."""
    shown = Release.objects.filter(newest_release(), learner=learner, milestone__learner=None, level__gte=Level.MEETS)
    for release in shown.select_related("milestone").order_by("-released_at", "-id")[:MILESTONES]:
        for language, text in ASK.items():
            write_home_words(lead, milestone=release.milestone, language=language, ask=text)


def _narrative(system: Actor, learner: Learner, n: int) -> None:
    staff = SectionStaff.objects.filter(section__enrolments__learner=learner, section__is_active=True)
    one = staff.select_related("member", "section").order_by("id").first()
    if one is None:
        return
    teacher = _as(system, one.member, TCH)
    name = learner.preferred_name or learner.given_name
    text = WORDS[n % len(WORDS)].format(name=name)
    draft = write_narrative(teacher, learner=learner, section=one.section, text=text)
    release_narrative(teacher, narrative_id=draft.public_id, version=draft.version)
    if n == 0:
        for phrase in PHRASES:
            keep_phrase(teacher, text=phrase, is_shared=True)


def _at_home(system: Actor, member: Member, learner: Learner, n: int) -> None:
    guardian = replace(_as(system, member, GRD), user_id=member.user_id)
    cheer(guardian, learner=learner, text=CHEERS[n % len(CHEERS)])
    language = ("", "es", "ar")[n % 3]
    if language and User.objects.filter(pk=member.user_id or 0, language="").exists():
        choose_home(guardian, language=language, wants_messages=True, weekday=4, hour=18, by_mail=True)


def _goal_notes(system: Actor, learner: Learner) -> None:
    if learner.member is None:
        return
    actor = _as(system, learner.member, LRN)
    goal = Milestone.objects.visible_to(actor, PERSONAL).filter(learner=learner, proposal="confirmed").first()
    if goal is None:
        return
    step = add_note(actor, learner=learner, milestone_id=goal.public_id, kind="step", text="Ten minutes every day")
    change_note(actor, note_id=step.public_id, doing="tick")
    text = "It got easier once I drew it first."
    add_note(actor, learner=learner, milestone_id=goal.public_id, kind="check_in", text=text, is_shared=True)


def _as(system: Actor, member: Member, role: str) -> Actor:
    return replace(system, roles=frozenset({role}), member_id=member.pk, label=member.name)
