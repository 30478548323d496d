"""What becomes of the form of a rule: tried out, saved, or shown again with what is wrong."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from interventions.models import Rule
from interventions.rules import change_rule, create_rule, draft_rule, said
from reporting.form_problems import add_problems
from reporting.rules.forms import RuleForm
from reporting.rules.page import changeable_rule
from reporting.rules.what_if import WhatIf, what_if
from reporting.rules.words import sentence
from tenancy.actor import Actor
from tenancy.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Outcome:
    """saved: the rule; tried: whom it would have flagged; mine: what was typed, where somebody else was faster."""

    saved: Rule | None = None
    tried: WhatIf | None = None
    mine: str = ""


def make(actor: Actor, form: RuleForm, do: str) -> Outcome:
    if not form.is_valid():
        return Outcome()
    data = form.cleaned_data
    about: dict[str, Any] = {"reason": form.reason, "action": data["action"], "audience": data["audience"]}
    try:
        if do == "try":
            rule = draft_rule(actor, **about, place=form.place_of, says=form.says)
            return Outcome(tried=what_if(actor, rule))
        return Outcome(saved=create_rule(actor, **about, place=form.place_of, says=form.says))
    except (Invalid, Conflict) as error:
        add_problems(form, error)
        return Outcome()


def alter(actor: Actor, form: RuleForm, rule_id: UUID, version: int, do: str) -> Outcome:
    if not form.is_valid():
        return Outcome()
    try:
        typed = said(changeable_rule(actor, rule_id), form.says)
        if do == "try":
            return Outcome(tried=tried(actor, typed))
        return Outcome(saved=change_rule(actor, rule_id=rule_id, version=version, says=form.says))
    except Invalid as error:
        add_problems(form, error)
        return Outcome()
    except Conflict:
        return Outcome(mine=sentence(typed))


def tried(actor: Actor, rule: Rule) -> WhatIf:
    """As if it were on."""
    rule.is_active = True
    return what_if(actor, rule)
