"""The short forms around a draft: where a new policy holds, and what a proposal says. Messages say what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from assessments.pieces import not_storable
from competencies.content import Content
from competencies.drafts import create_place, propose, save_draft
from competencies.models import Competency, Framework, Policy, PolicyDraft
from learners.models import School
from learners.reach import my_school_ids
from milestones.trials import ask_trial
from reporting.form_problems import problems_of
from reporting.pages import read_uuid
from reporting.policy_form import Problems, read_form
from reporting.policy_pages import DRAFT
from tenancy.access import can
from tenancy.actor import DST, Actor
from tenancy.errors import Conflict, Invalid, NotFound

LONGEST_NAME = 100
NEVER = datetime(1, 1, 1, tzinfo=UTC)
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of the editor's form. `theirs`: somebody saved in between, and this is what they saved."""

    problems: Problems
    mine: Content | None = None
    theirs: PolicyDraft | None = None


def save_editor(actor: Actor, draft: PolicyDraft, values: Mapping[str, str]) -> Saved:
    """Reads the form and saves it whole or not at all; then asks for a trial if that was wanted."""
    content, problems = read_form(values)
    if content is None:
        return Saved(problems)
    try:
        saved = save_draft(actor, draft=draft, content=content, seen=read_moment(values.get("seen", "")))
    except Conflict as error:
        if error.code != "edited":
            raise
        return Saved({}, content, PolicyDraft.objects.get(pk=draft.pk))
    if values.get("then") == "trial":
        ask_trial(actor, draft=saved)
    return Saved({})


def read_moment(text: str) -> datetime:
    """The moment in a hidden field; a time that never was for anything else."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found is not None and found.tzinfo is not None else NEVER


@dataclass(frozen=True, slots=True)
class Places:
    """Where the actor may make a policy of its own."""

    schools: tuple[School, ...]
    frameworks: tuple[Framework, ...]


def places_for(actor: Actor) -> Places:
    """Two queries."""
    schools = School.objects.filter(is_active=True, kind="school", policies=None)
    if not actor.has(DST):
        schools = schools.filter(id__in=my_school_ids(actor))
    frameworks = Framework.objects.filter(policies=None) if actor.has(DST) else Framework.objects.none()
    return Places(tuple(schools.order_by("name", "id")), tuple(frameworks.order_by("title", "id")))


@transaction.atomic
def create_from_form(actor: Actor, values: Mapping[str, str]) -> tuple[Policy | None, Problems]:
    """Raises NotFound for a place at which the actor may not have one, Conflict where there is one already."""
    name, kind = values.get("name", "").strip(), values.get("kind", "")
    problems: Problems = {}
    if not name or len(name) > LONGEST_NAME or not_storable(name):
        problems["name"] = _("Enter a name of at most %(most)d characters, like Grades 6–8") % {"most": LONGEST_NAME}
    place = _place(values, kind, problems)
    if problems or place is None:
        return None, problems
    policy = create_place(actor, name=name, **place)
    if not can(actor, *DRAFT, policy):
        raise NotFound
    return policy, {}


def _place(values: Mapping[str, str], kind: str, problems: Problems) -> dict[str, int] | None:
    found: Any = None
    if kind == "school":
        found = School.objects.filter(public_id=_uuid(values.get("school", ""))).first()
        problems |= {} if found else {"school": _("Choose a school from the list")}
    elif kind == "framework":
        found = Framework.objects.filter(public_id=_uuid(values.get("framework", ""))).first()
        problems |= {} if found else {"framework": _("Choose a framework from the list")}
    elif kind == "competency":
        found = _competency(values.get("competency", "").strip(), problems)
    else:
        problems["kind"] = _("Choose where the policy holds")
    return None if found is None else {f"{kind}_id": found.pk}


def _competency(code: str, problems: Problems) -> Competency | None:
    rows = [] if not code or not_storable(code) else list(Competency.objects.filter(code=code).order_by("id")[:2])
    if len(rows) == 1:
        found: Competency = rows[0]
        return found
    if rows:
        problems["competency"] = _("Several competencies have the code “%(code)s”. Use one with a code of its own")
    else:
        problems["competency"] = _("No competency has the code “%(code)s”. Copy it from its framework, like 7.RP.A.1")
    problems["competency"] %= {"code": code[:60]}
    return None


def propose_from_form(actor: Actor, draft: PolicyDraft, values: Mapping[str, str]) -> Problems:
    """Raises Conflict where the draft has changed since the page was opened."""
    day, problems = _day(values)
    reason = values.get("reason", "").strip()
    if not_storable(reason, has_lines=True):
        problems["reason"] = _("The reason contains a control character. Type it again")
    if problems:
        return problems
    try:
        propose(
            actor,
            draft=draft,
            seen=read_moment(values.get("seen", "")),
            in_force_on=day,
            applies_to_past=values.get("applies_to_past") == "on",
            reason=reason,
        )
    except Invalid as error:
        return problems_of(error)
    return {}


def _day(values: Mapping[str, str]) -> tuple[date | None, Problems]:
    if values.get("when", "at_once") == "at_once":
        return None, {}
    try:
        day = parse_date(values.get("in_force_on", "").strip())
    except ValueError:
        day = None
    return day, {} if day else {"in_force_on": _("Enter the day it comes into force, like 2027-08-23")}


def _uuid(text: str) -> UUID:
    return read_uuid(text) or NOBODY
