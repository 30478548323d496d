"""Views that somebody keeps, and cohorts: the writes of the reports."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from learners.models import School, Section
from reporting.models import Cohort, CohortPlace, SavedView
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, NotFound, problem
from tenancy.models import Member

LONGEST, LONGEST_ABOUT, MOST_VIEWS = 80, 1000, 30
NO_CONTROL = str.maketrans("", "", "\x00")


@transaction.atomic
def save_view(actor: Actor, *, name: str, path: str, query: str) -> SavedView:
    """Keep the filters of a report under a name; the same name again keeps the new ones. Raises Invalid."""
    name = " ".join(name.translate(NO_CONTROL).split())
    if not 0 < len(name) <= LONGEST:
        text = _("Enter a name of at most %(most)d characters, like Grade 7 mathematics") % {"most": LONGEST}
        raise Invalid([problem("name", text)])
    mine = SavedView.objects.filter(member_id=actor.member_id)
    if mine.exclude(name=name).count() >= MOST_VIEWS:
        raise Invalid([problem("name", _("You keep %(most)d views. Delete one first") % {"most": MOST_VIEWS})])
    member = Member.objects.get(pk=actor.member_id)
    values = {"path": path[:200], "query": query[:500]}
    view: SavedView = SavedView.objects.update_or_create(member=member, name=name, defaults=values)[0]
    return view


def saved_views(actor: Actor) -> list[SavedView]:
    """The actor's own."""
    return list(SavedView.objects.filter(member_id=actor.member_id).order_by("name"))


@transaction.atomic
def delete_view(actor: Actor, *, public_id: object) -> None:
    """Raises NotFound for a view that is not the actor's own."""
    if not SavedView.objects.filter(member_id=actor.member_id, public_id=public_id).delete()[0]:
        raise NotFound


@transaction.atomic
def save_cohort(
    actor: Actor, *, name: str, about: str = "", target: int | None = None, target_on: date | None = None
) -> Cohort:
    """Make a cohort; the same name again changes it. Raises Invalid."""
    name, about = " ".join(name.translate(NO_CONTROL).split()), about.translate(NO_CONTROL).strip()
    problems = []
    if not 0 < len(name) <= 100:
        problems.append(problem("name", _("Enter a name of at most 100 characters, like Reading pilot")))
    if len(about) > LONGEST_ABOUT:
        problems.append(problem("about", _("Shorten the description to %(most)d characters") % {"most": LONGEST_ABOUT}))
    if target is not None and not 1 <= target <= 100:
        problems.append(problem("target", _("Enter a share from 1 to 100 percent")))
    if problems:
        raise Invalid(problems)
    values = {"about": about, "target": target, "target_on": target_on, "is_active": True}
    cohort: Cohort = Cohort.objects.update_or_create(
        name=name, defaults=values, create_defaults={**values, "made_by_id": actor.member_id}
    )[0]
    record_audit(actor, "cohort.saved", target=cohort)
    return cohort


@transaction.atomic
def add_place(
    actor: Actor, *, cohort: Cohort, begins_on: date, section: Section | None = None, school: School | None = None,
    grade: str = "",
) -> CohortPlace:  # fmt: skip
    """A class, or a grade of a school, joins on a day; a second time the day is the new one. Raises Invalid."""
    if (section is None) == (school is None or not grade.strip()):
        raise Invalid([problem("place", _("Choose a class, or a school and a grade"))])
    place: CohortPlace = CohortPlace.objects.update_or_create(
        cohort=cohort, section=section, school=None if section else school, grade="" if section else grade.strip()[:20],
        defaults={"begins_on": begins_on},
    )[0]  # fmt: skip
    record_audit(actor, "cohort.place_added", target=cohort)
    return place


@transaction.atomic
def remove_place(actor: Actor, *, place: CohortPlace) -> None:
    record_audit(actor, "cohort.place_removed", target=place.cohort)
    place.delete()
