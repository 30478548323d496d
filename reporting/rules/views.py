"""Rules. Each view: parse, one call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions.models import Reason, Rule
from interventions.rules import switch_rule
from reporting.pages import PageRequest, page_errors
from reporting.rules.forms import RuleForm, offered_to
from reporting.rules.page import READ, TO_CHANGE, changeable_rule, line_of, readable_rule, rules_page
from reporting.rules.words import has_usual, house_sentence, parts_of, sentence, then, where
from reporting.rules.writing import Outcome, alter, make, tried
from tenancy.actor import DST, SCH
from tenancy.errors import NotFound
from tenancy.gate import requires

MAKERS = frozenset({SCH, DST})


@require_GET
@requires(*READ)
@page_errors
def rules(request: PageRequest) -> HttpResponse:
    return render(request, "rules/rules.html", {"page": rules_page(request.actor)})


@require_GET
@requires(*READ)
@page_errors
def rule(request: PageRequest, rule_id: UUID) -> HttpResponse:
    one = readable_rule(request.actor, rule_id)
    line = line_of(request.actor, one)
    found = tried(request.actor, one) if request.GET.get("try") == "1" else None
    return render(request, "rules/rule.html", {"rule": one, "line": line, "tried": found})


@require_http_methods(["GET", "POST"])
@requires(*TO_CHANGE, roles=MAKERS)
@page_errors
def new(request: PageRequest) -> HttpResponse:
    form = RuleForm(offered_to(request.actor), _reason(request), _sent(request))
    outcome = make(request.actor, form, request.POST.get("do", ""))
    if outcome.saved is None:
        return _form(request, form, None, outcome)
    messages.success(request, _("The rule is made. Today follows within the hour, on school days."))
    return redirect("rule", rule_id=outcome.saved.public_id)


@require_http_methods(["GET", "POST"])
@requires(*TO_CHANGE, roles=MAKERS)
@page_errors
def edit(request: PageRequest, rule_id: UUID) -> HttpResponse:
    one = changeable_rule(request.actor, rule_id)
    form = RuleForm(offered_to(request.actor), one.reason, _sent(request), one)
    outcome = alter(request.actor, form, rule_id, _version(request), request.POST.get("do", ""))
    if outcome.saved is None:
        return _form(request, form, one, outcome)
    messages.success(request, _("Saved. Today follows within the hour, on school days."))
    return redirect("rule", rule_id=rule_id)


@require_POST
@requires(*TO_CHANGE, roles=MAKERS)
@page_errors
def switch(request: PageRequest, rule_id: UUID) -> HttpResponse:
    is_active = request.POST.get("on") == "1"
    switch_rule(request.actor, rule_id=rule_id, version=_version(request), is_active=is_active)
    messages.success(request, _("The rule is on.") if is_active else _("The rule is off. It stays here."))
    return redirect("rule", rule_id=rule_id)


def _reason(request: PageRequest) -> str:
    reason = request.GET.get("reason", "")
    if reason not in Reason.values:
        raise NotFound
    return reason


def _sent(request: PageRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _version(request: PageRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _form(request: PageRequest, form: RuleForm, one: Rule | None, outcome: Outcome) -> HttpResponse:
    parts = [{"text": part.text, "field": form[part.box] if part.box else None} for part in parts_of(form.reason)]
    context = {
        "form": form,
        "rule": one,
        "parts": parts,
        "numbers": [form[name] for name in form.numbers],
        "rest": [field for field in form if field.name not in form.numbers],
        "title": Reason(form.reason).label,
        "has_usual": has_usual(form.reason),
        "house": house_sentence(form.reason),
        "then": then(one) if one else "",
        "where": where(one) if one else "",
        "theirs": sentence(one) if one else "",
        "mine": outcome.mine,
        "tried": outcome.tried,
    }
    return render(request, "rules/form.html", context, status=422 if form.errors else 409 if outcome.mine else 200)
