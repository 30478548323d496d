"""Learners by hand: made, changed, leaving; their places in classes; guardians whose access ends."""

import unicodedata
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learners.models import Enrolment, GuardianLink, Learner, School, Section
from learners.reach import running
from learners.signals import learner_moved, places_changed
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, NotFound, problem
from tenancy.models import Member

LONGEST = {"given_name": 150, "family_name": 150, "preferred_name": 150, "pronouns": 60, "identifier": 100, "grade": 20}
NAMES = {
    "given_name": gettext_lazy("given name"), "family_name": gettext_lazy("family name"),
    "preferred_name": gettext_lazy("preferred name"), "pronouns": gettext_lazy("pronouns"),
    "identifier": gettext_lazy("number"), "grade": gettext_lazy("grade"),
}  # fmt: skip


def folded(given: str, family: str) -> str:
    """Family name first, lower-case, without accents: what lists are sorted by and searches look for."""
    parts = unicodedata.normalize("NFD", f"{family} {given}".strip().lower())
    bare = "".join(character for character in parts if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", bare)[:320]


@transaction.atomic
def save_learner(actor: Actor, *, learner: Learner | None, school: School | None, **texts: str) -> Learner:
    """Make a learner, or change the directory fields. Raises Invalid: no name, too long, a number that is used."""
    values = {name: " ".join(texts.get(name, "").replace("\x00", "").split()) for name in LONGEST}
    problems = [
        problem(name, _("The %(what)s has %(n)d characters. Shorten it to %(most)d")
                % {"what": NAMES[name], "n": len(values[name]), "most": most}, "too_long")
        for name, most in LONGEST.items() if len(values[name]) > most
    ]  # fmt: skip
    if not values["given_name"]:
        problems.append(problem("given_name", _("Enter the given name, like Ana"), "empty"))
    if school is None:
        problems.append(problem("school", _("Choose a school from the list"), "unknown"))
    others = Learner.objects.filter(identifier=values["identifier"], is_active=True)
    other = others.exclude(pk=learner.pk if learner else None).first() if values["identifier"] else None
    if other is not None:
        text = _("Student number %(number)s is already used by %(name)s. Give this learner another number")
        problems.append(problem("identifier", text % {"number": values["identifier"], "name": other.name}, "used"))
    if problems:
        raise Invalid(problems)
    row = learner or Learner()
    schools = {row.home_school_id, school.pk if school else None}
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name, value in values.items():
        setattr(row, name, value)
    row.folded_name, row.home_school = folded(row.given_name, row.family_name), school
    row.save()
    _tell(schools)
    if learner is not None and len(schools) > 1:
        learner_moved.send(sender=Learner, learner_id=row.pk)
    record_audit(actor, "learner.changed" if learner else "learner.made", target=row, detail={"fields": changed})
    return row


@transaction.atomic
def leave(actor: Actor, *, learner: Learner) -> None:
    """The learner has left: places end today, the record and all evidence stay."""
    if not Learner.objects.filter(pk=learner.pk, is_active=True).update(is_active=False):
        raise NotFound
    places = _running(actor, learner)
    schools = set(places.values_list("section__school_id", flat=True)) | {learner.home_school_id}
    ended = places.update(ends_on=actor.today, is_withdrawn=True)
    _tell(schools)
    record_audit(actor, "learner.left", target=learner, detail={"places": ended})


@transaction.atomic
def come_back(actor: Actor, *, learner: Learner) -> None:
    """A learner who had left is here again, without places."""
    if Learner.objects.filter(pk=learner.pk, is_active=False).update(is_active=True):
        _tell({learner.home_school_id})
        record_audit(actor, "learner.came_back", target=learner)


@transaction.atomic
def enrol(actor: Actor, *, learner: Learner, section: Section) -> None:
    """A place in the class from today on. Raises Invalid for somebody who has left, or is there already."""
    if not learner.is_active:
        raise Invalid([problem("section", _("%(name)s has left") % {"name": learner.name}, "left")])
    place = {"begins_on": actor.today, "ends_on": None, "is_withdrawn": False}
    row, is_new = Enrolment.objects.get_or_create(learner=learner, section=section, defaults=place)
    if not is_new:
        if _running(actor, learner).filter(pk=row.pk).exists():
            text = _("%(name)s is in %(title)s already") % {"name": learner.name, "title": section.title}
            raise Invalid([problem("section", text, "there")])
        Enrolment.objects.filter(pk=row.pk).update(**place)
    _tell({section.school_id})
    record_audit(actor, "enrolment.made", target=learner, detail={"section": str(section.public_id)})


@transaction.atomic
def end_enrolment(actor: Actor, *, learner: Learner, section: Section) -> None:
    """At once; where it has ended already nothing changes. What was learnt there stays."""
    if _running(actor, learner).filter(section=section).update(ends_on=actor.today, is_withdrawn=True):
        _tell({section.school_id})
        record_audit(actor, "enrolment.ended", target=learner, detail={"section": str(section.public_id)})


@transaction.atomic
def end_link(actor: Actor, *, learner: Learner, member: Member) -> None:
    """The guardian sees this child no longer, from the next request on. Raises NotFound where there is no link."""
    open_ones = (GuardianLink.Status.VERIFIED, GuardianLink.Status.UNVERIFIED)
    rows = GuardianLink.objects.filter(learner=learner, member=member, status__in=open_ones)
    if not rows.update(status=GuardianLink.Status.ENDED, ends_on=actor.today):
        raise NotFound
    record_audit(actor, "guardian_link.ended", target=learner, detail={"member": str(member.public_id)})


def _tell(schools: set[int | None]) -> None:
    """Who counts what is learnt where has to look again."""
    places_changed.send(sender=Learner, school_ids=sorted(key for key in schools if key is not None))


def _running(actor: Actor, learner: Learner) -> Any:
    return Enrolment.objects.filter(running(actor.today), learner=learner, is_withdrawn=False)
