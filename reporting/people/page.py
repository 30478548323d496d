"""What the pages of people show. Fixed numbers of queries; nothing that the actor could not open one by one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from learners.models import Enrolment, GuardianLink, Learner, MentorLink, School, SchoolPost, Section, SectionStaff
from learners.posts import roles_to_give, schools_of
from learners.reach import running
from learners.rolls import folded
from reporting.people.class_choice import ClassChoice, class_choice
from tenancy.actor import DST, GRD, LRN, MEN, Actor
from tenancy.errors import NotFound
from tenancy.models import Member, RoleGrant

ACCOUNTS, FIELDS = "Staff and guardian accounts", "Learner directory fields"
WHO = ("learners", "staff", "guardians", "mentors")
OF_ROLE = {"guardians": GRD, "mentors": MEN}
AT_HOME = (GRD, MEN, LRN)
ON_A_PAGE = 50
LONGEST_QUERY = 80
TEACHING = {"TCH", "AST"}
ROLES: dict[str, Any] = dict(RoleGrant.Role.choices)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list. `about`: grade and school, roles, or children."""

    public_id: UUID
    name: str
    about: str
    email: str
    is_here: bool
    has_account: bool


@dataclass(frozen=True, slots=True)
class People:
    who: str
    query: str
    rows: tuple[Row, ...]
    page: int
    has_more: bool
    schools: tuple[School, ...]
    school: UUID | None


def people_page(actor: Actor, *, who: str, query: str, school: UUID | None, page: int) -> People:
    """Three queries for learners, four for others."""
    who, query = who if who in WHO else "learners", query[:LONGEST_QUERY].replace("\x00", "").strip()
    page = max(1, min(page, 10_000))
    schools = tuple(schools_of(actor))
    chosen = next((one for one in schools if one.public_id == school), None)
    read = _learners if who == "learners" else _members
    found = read(actor, who, query, chosen, slice((page - 1) * ON_A_PAGE, page * ON_A_PAGE + 1))
    return People(
        who,
        query,
        tuple(found[:ON_A_PAGE]),
        page,
        len(found) > ON_A_PAGE,
        schools,
        chosen.public_id if chosen else None,
    )


def _learners(actor: Actor, _who: str, query: str, school: School | None, part: slice) -> list[Row]:
    rows = Learner.objects.visible_to(actor, FIELDS).select_related("home_school", "member")
    if query:
        text = folded(query, "")
        rows = rows.filter(Q(folded_name__contains=text) | Q(identifier=query))
    if school is not None:
        rows = rows.filter(home_school=school)
    return [
        Row(one.public_id, one.name, _place(one), one.identifier, one.is_active, _has_account(one.member))
        for one in rows.order_by("-is_active", "folded_name", "id")[part]
    ]


def _place(learner: Learner) -> str:
    school = learner.home_school.name if learner.home_school else ""
    return " · ".join(part for part in (learner.grade, school) if part)


def _has_account(member: Member | None) -> bool:
    return member is not None and member.user_id is not None


def _members(actor: Actor, who: str, query: str, school: School | None, part: slice) -> list[Row]:
    rows = Member.objects.visible_to(actor, ACCOUNTS)
    every = RoleGrant.objects.exclude(role__in=AT_HOME)
    if who in OF_ROLE:
        every = RoleGrant.objects.filter(role=OF_ROLE[who])
    rows = rows.filter(id__in=every.values("member_id"))
    for word in query.split()[:4]:
        rows = rows.filter(Q(given_name__icontains=word) | Q(family_name__icontains=word) | Q(email__icontains=word))
    if school is not None:
        here = SchoolPost.objects.filter(running(actor.today), school=school).values("member_id")
        kind = MentorLink if who == "mentors" else GuardianLink
        links = kind.objects.filter(learner__home_school=school).values("member_id")
        rows = rows.filter(Q(id__in=here) | Q(id__in=links))
    found = list(rows.order_by("family_name", "given_name", "id")[part])
    about = ABOUT[who](actor, found)
    return [
        Row(one.public_id, one.name, about.get(one.pk, ""), one.email, one.is_enabled, one.user_id is not None)
        for one in found
    ]


def _roles(actor: Actor, members: list[Member]) -> dict[int, str]:
    grants = RoleGrant.objects.filter(running(actor.today)).exclude(role__in=AT_HOME)
    found: dict[int, list[str]] = defaultdict(list)
    for key, role in grants.filter(member__in=members).order_by("role").values_list("member_id", "role"):
        found[key].append(str(ROLES.get(role, role)))
    return {key: ", ".join(names) for key, names in found.items()}


def _children(actor: Actor, members: list[Member]) -> dict[int, str]:
    return _learners_of(GuardianLink.objects.visible_to(actor).filter(member__in=members, status="verified"))


def _followed(actor: Actor, members: list[Member]) -> dict[int, str]:
    return _learners_of(MentorLink.objects.visible_to(actor).filter(running(actor.today), member__in=members))


def _learners_of(links: Any) -> dict[int, str]:
    found: dict[int, list[str]] = defaultdict(list)
    for link in links.select_related("learner").order_by("learner__folded_name"):
        found[link.member_id].append(link.learner.name)
    return {key: ", ".join(names) for key, names in found.items()}


ABOUT = {"staff": _roles, "guardians": _children, "mentors": _followed}


@dataclass(frozen=True, slots=True)
class Post:
    """A role that runs: at a school, or of the whole district."""

    role: str
    name: Any
    school: School | None
    may_end: bool


@dataclass(frozen=True, slots=True)
class Person:
    member: Member
    last_sign_in: datetime | None
    posts: tuple[Post, ...]
    assignments: tuple[SectionStaff, ...]
    children: tuple[GuardianLink, ...]
    is_oneself: bool
    roles: tuple[tuple[str, Any], ...]
    schools: tuple[School, ...]
    choice: ClassChoice


def visible_member(actor: Actor, public_id: UUID, resource: str = ACCOUNTS, action: str = "read") -> Member:
    """Raises NotFound. A right that is not about accounts (roles, assignments) reaches whoever is seen."""
    rows = Member.objects.visible_to(actor, ACCOUNTS, "read").select_related("user")
    if (resource, action) == (ACCOUNTS, "create, suspend, end sessions"):
        rows = Member.objects.visible_to(actor, resource, action).select_related("user")
    member: Member | None = rows.filter(public_id=public_id).first()
    if member is None:
        raise NotFound
    return member


def person_page(actor: Actor, public_id: UUID, text: str = "") -> Person:
    """Eight queries. Raises NotFound."""
    member = visible_member(actor, public_id)
    schools = tuple(schools_of(actor))
    gives = roles_to_give(actor)
    rows = SchoolPost.objects.filter(running(actor.today), member=member).select_related("school")
    posts = [Post(p.role, ROLES.get(p.role, p.role), p.school, p.role in gives and p.school in schools) for p in rows]
    placed = {post.role for post in posts}
    grants = RoleGrant.objects.filter(running(actor.today), member=member).order_by("role")
    posts += [Post(g.role, ROLES.get(g.role, g.role), None, False) for g in grants if g.role not in placed]
    assignments = SectionStaff.objects.filter(running(actor.today), member=member).select_related("section__school")
    links = GuardianLink.objects.visible_to(actor).filter(member=member, status="verified").select_related("learner")
    works_at = [post.school.pk for post in posts if post.school is not None and post.role in TEACHING]
    choice = ClassChoice()
    if TEACHING & {post.role for post in posts}:
        choice = class_choice(Section.objects.visible_to(actor), text, Q(school__in=works_at) if works_at else None)
    return Person(
        member=member, last_sign_in=member.user.last_login if member.user else None, posts=tuple(posts),
        assignments=tuple(assignments.order_by("section__title")),
        children=tuple(links.order_by("learner__folded_name")),
        is_oneself=member.pk == actor.member_id, roles=tuple((role, ROLES[role]) for role in gives), schools=schools,
        choice=choice,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    learner: Learner
    enrolments: tuple[Enrolment, ...]
    links: tuple[GuardianLink, ...]
    mentors: tuple[MentorLink, ...]
    choice: ClassChoice
    today: date


def learner_record(actor: Actor, learner: Learner, text: str = "") -> Record:
    """Four queries."""
    places = Enrolment.objects.filter(running(actor.today), learner=learner, is_withdrawn=False)
    links = GuardianLink.objects.visible_to(actor).filter(learner=learner).select_related("member")
    mentors = MentorLink.objects.visible_to(actor).filter(running(actor.today), learner=learner)
    sections = Section.objects.visible_to(actor)
    nearest = Q(school_id=learner.home_school_id) if learner.home_school_id is not None else None
    if not actor.has(DST) and nearest is not None:
        sections, nearest = sections.filter(nearest), None
    return Record(
        learner, tuple(places.select_related("section__school").order_by("section__title")),
        tuple(links.order_by("status", "member__family_name", "id")),
        tuple(mentors.select_related("member").order_by("member__family_name", "id")),
        class_choice(sections, text, nearest),
        actor.today,
    )  # fmt: skip
