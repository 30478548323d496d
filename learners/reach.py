"""What the condition codes of the access matrix mean for people: whom does this actor reach, today?

Every code becomes a `Q` over sub-queries, so it can be joined with others and never doubles a row. Dates are compared
with the tenant's own today: an assignment that ends today ends at local midnight.
"""

from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from tenancy.actor import SCH, Actor
from tenancy.base import Scopes

# Rule 12 of the access rules: how long after its end an enrolment still counts for the school.
SCHOOL_AFTER_END = timedelta(days=365)


def model(name: str) -> Any:
    """The model, looked up late: these functions are named in the class bodies of the models themselves."""
    return apps.get_model("learners", name)


def ids(rows: Any, field: str) -> QuerySet[Any, Any]:
    """A sub-query of one column."""
    column: QuerySet[Any, Any] = rows.values(field)
    return column


def running(today: date) -> Q:
    """Begun and not over."""
    return (Q(begins_on=None) | Q(begins_on__lte=today)) & (Q(ends_on=None) | Q(ends_on__gte=today))


def my_section_ids(actor: Actor) -> QuerySet[Any, Any]:
    """Sections to which the actor is assigned today."""
    rows = model("SectionStaff").objects.filter(running(actor.today), member_id=actor.member_id)
    return ids(rows.filter(section__is_active=True), "section_id")


def my_school_ids(actor: Actor) -> QuerySet[Any, Any]:
    """Schools that the actor administers today."""
    return ids(
        model("SchoolPost").objects.filter(running(actor.today), member_id=actor.member_id, role=SCH),
        "school_id",
    )


def administered_school_ids(actor: Actor) -> list[int]:
    """The same as a list, for what is not compared in SQL."""
    return [row["school_id"] for row in my_school_ids(actor).order_by("school_id")]


def my_work_school_ids(actor: Actor) -> QuerySet[Any, Any]:
    """Schools for which the actor holds any staff role today."""
    return ids(model("SchoolPost").objects.filter(running(actor.today), member_id=actor.member_id), "school_id")


def my_children_ids(actor: Actor) -> QuerySet[Any, Any]:
    """Learners to whom the actor has a verified, unexpired, unrestricted guardian link."""
    if actor.children is not None:
        return ids(model("Learner").objects.filter(id__in=actor.children), "id")
    rows = model("GuardianLink").objects.filter(member_id=actor.member_id, status="verified")
    return ids(rows.filter(Q(ends_on=None) | Q(ends_on__gte=actor.today)), "learner_id")


def my_mentee_ids(actor: Actor) -> QuerySet[Any, Any]:
    """Learners whom the actor follows today as a mentor, adviser or supervisor."""
    rows = model("MentorLink").objects.filter(running(actor.today), member_id=actor.member_id)
    return ids(rows.filter(learner__is_active=True), "learner_id")


def my_learner_ids(actor: Actor) -> QuerySet[Any, Any]:
    """The actor's own learner record."""
    return ids(model("Learner").objects.filter(member_id=actor.member_id).exclude(member_id=None), "id")


def learner_ids_in_sections(actor: Actor) -> QuerySet[Any, Any]:
    rows = model("Enrolment").objects.filter(running(actor.today), is_withdrawn=False)
    return ids(rows.filter(section_id__in=my_section_ids(actor)), "learner_id")


def classmate_ids(actor: Actor) -> QuerySet[Any, Any]:
    """Learners who share a section with the actor's own learner record today."""
    rows = model("Enrolment").objects.filter(running(actor.today), is_withdrawn=False, learner__is_active=True)
    mine = my_learner_ids(actor)
    return ids(rows.filter(section_id__in=_sections_of(mine, actor.today)).exclude(learner_id__in=mine), "learner_id")


def _of_schools(actor: Actor, school_ids: Any) -> Q:
    recent = Q(ends_on=None) | Q(ends_on__gte=actor.today - SCHOOL_AFTER_END)
    enrolled = model("Enrolment").objects.filter(recent, section__school_id__in=school_ids).values("learner_id")
    return Q(id__in=enrolled) | Q(home_school_id__in=school_ids)


def learner_ids_of_schools(actor: Actor, school_ids: Any) -> QuerySet[Any, Any]:
    return ids(model("Learner").objects.filter(_of_schools(actor, school_ids)), "id")


def learner_scopes(path: str = "") -> Scopes:
    """Codes for Learner itself, or for rows with a key to it: `learner_scopes("learner")`."""
    field = f"{path}_id__in" if path else "id__in"
    return {
        "SELF": lambda actor: Q(**{field: my_learner_ids(actor)}),
        "LINK": lambda actor: Q(**{field: my_children_ids(actor)}),
        "MENT": lambda actor: Q(**{field: my_mentee_ids(actor)}),
        "SEC": lambda actor: Q(**{field: learner_ids_in_sections(actor)}),
        "PEER": lambda actor: Q(**{field: classmate_ids(actor)}),
        "SCH": lambda actor: Q(**{field: learner_ids_of_schools(actor, my_school_ids(actor))}),
        "SCHOOLS": lambda actor: Q(**{field: learner_ids_of_schools(actor, list(actor.school_ids or ()))}),
    }


def _sections_of(learner_ids: QuerySet[Any, Any], today: date) -> QuerySet[Any, Any]:
    rows = model("Enrolment").objects.filter(running(today), is_withdrawn=False, learner_id__in=learner_ids)
    return ids(rows, "section_id")


def section_scopes(path: str = "") -> Scopes:
    """Codes for Section itself, or for rows with a key to it."""
    field = f"{path}_id__in" if path else "id__in"
    school = f"{path}__school_id__in" if path else "school_id__in"
    return {
        "SELF": lambda actor: Q(**{field: _sections_of(my_learner_ids(actor), actor.today)}),
        "LINK": lambda actor: Q(**{field: _sections_of(my_children_ids(actor), actor.today)}),
        "SEC": lambda actor: Q(**{field: my_section_ids(actor)}),
        "SCH": lambda actor: Q(**{school: my_school_ids(actor)}),
        "SCHOOLS": lambda actor: Q(**{school: list(actor.school_ids or ())}),
    }


def section_child_scopes() -> Scopes:
    return section_scopes("section")


def enrolment_scopes() -> Scopes:
    """An enrolment is seen by who sees its section; by learner and guardian only where it is their own."""
    return {
        **section_scopes("section"),
        **{k: v for k, v in learner_scopes("learner").items() if k in {"SELF", "LINK"}},
    }


def school_scopes() -> Scopes:
    def of(learner_ids: QuerySet[Any, Any], actor: Actor) -> Q:
        sections = model("Section").objects.filter(id__in=_sections_of(learner_ids, actor.today))
        home = model("Learner").objects.filter(id__in=learner_ids).exclude(home_school_id=None)
        return Q(id__in=sections.values("school_id")) | Q(id__in=home.values("home_school_id"))

    return {
        "SELF": lambda actor: of(my_learner_ids(actor), actor),
        "LINK": lambda actor: of(my_children_ids(actor), actor),
        "SCH": lambda actor: Q(id__in=my_work_school_ids(actor)),
        "SCHOOLS": lambda actor: Q(id__in=list(actor.school_ids or ())),
        "AGG": lambda actor: Q(),  # schools named beside suppressed figures
    }


def team_scopes() -> Scopes:
    """Things of a school's team: whoever works there today."""
    return {
        "SCH": lambda actor: Q(school_id__in=my_work_school_ids(actor)),
        "SCHOOLS": lambda actor: Q(school_id__in=list(actor.school_ids or ())),
    }


def guardian_link_scopes() -> Scopes:
    """Guardians see their own links only: never who else is linked to the child."""
    return {**learner_scopes("learner"), "LINK": lambda actor: Q(member_id=actor.member_id, status="verified")}


def member_scopes() -> Scopes:
    """Codes for people: who works at a school of the actor's, teaches there, or guards or follows a learner there."""

    def of_schools(actor: Actor, mine: Any) -> Q:
        posts = model("SchoolPost").objects.filter(school_id__in=mine)
        staff = model("SectionStaff").objects.filter(section__school_id__in=mine)
        learners = learner_ids_of_schools(actor, mine)
        links, mentors = (model(n).objects.filter(learner_id__in=learners) for n in ("GuardianLink", "MentorLink"))
        return reduce(or_, (Q(id__in=ids(rows, "member_id")) for rows in (posts, staff, links, mentors)))

    return {
        "SCH": lambda actor: of_schools(actor, my_school_ids(actor)),
        "SCHOOLS": lambda actor: of_schools(actor, list(actor.school_ids or ())),
    }
