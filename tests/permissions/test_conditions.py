"""One rule, two questions: lists and single reads agree, for every model, row of the matrix and role."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps

from api.keys import SCOPES
from learners.models import Learner, Section
from tenancy.access import can, may_at_all, visible_q, would_gain
from tenancy.actor import Actor
from tenancy.base import TenantModel
from tenancy.context import tenant_context
from tenancy.models import Tenant
from tenancy.rules import RULES
from tenancy.selectors import actor_for_user
from tests.permissions.matrix import MATRIX, REFUSED, ROLES, reached
from tests.permissions.places import Places

MODELS: list[Any] = [model for model in apps.get_models() if issubclass(model, TenantModel)]
EVERY_SCOPE = frozenset(code[2:] for rules in MATRIX.values() for code in rules["INT"] if code.startswith("S:"))


def actor_of(places: Places, role: str) -> Actor:
    tenant: Tenant = places.home.tenant
    if role == "ANON":
        return Actor(tenant.pk, places.home.system.today, roles=frozenset({"ANON"}))
    if role.startswith("INT"):
        limited = frozenset({places.home.school.pk}) if role == "INT1" else None
        today = places.home.system.today
        return Actor(tenant.pk, today, roles=frozenset({"INT"}), scopes=EVERY_SCOPE, school_ids=limited)
    role, _, step = role.partition("+")
    found = actor_for_user(tenant, places.home.users[role])
    assert found is not None
    return replace(found, has_stepped_up=bool(step))


CALLERS = ("ANON", *ROLES, *(f"{role}+STEP" for role in ROLES), "INT", "INT1")


def role_of(caller: str) -> str:
    return "INT" if caller == "INT1" else caller.removesuffix("+STEP")


def test_matrix_is_read_the_same_way_twice() -> None:
    """The product's rules are the matrix without what is refused and without roles that come later."""
    assert set(RULES) == set(MATRIX)
    for key, rules in MATRIX.items():
        for role, codes in rules.items():
            refused = bool(REFUSED.intersection(codes)) or role not in {"ANON", *ROLES, "INT"}
            assert RULES[key].get(role) == (None if refused else codes), (key, role)


@pytest.mark.parametrize("code", sorted(REFUSED - {"never"}))
def test_conditions_that_come_later_are_refused(places: Places, code: str) -> None:
    """A right that needs a caseload, a request or a support grant is no right yet."""
    met = [(key, role) for key, rules in MATRIX.items() for role, codes in rules.items() if code in codes]
    assert met or code == "CASE"
    with tenant_context(places.home.tenant.pk):
        for (resource, action), role in met:
            if role in (*ROLES, "INT"):
                actor = actor_of(places, role)
                assert not may_at_all(actor, resource, action), (resource, action, role)
                for model in (Learner, Section):
                    assert not model.objects.visible_to(actor, resource, action).exists()


def test_fresh_proof_is_needed_where_the_matrix_says_so(places: Places) -> None:
    """STEP opens the right and nothing else; a second person is no right where no model says what a proposal is."""
    met = [(key, role) for key, rules in MATRIX.items() for role, codes in rules.items() if "STEP" in codes]
    assert len([1 for _, role in met if role in ROLES]) > 20
    with tenant_context(places.home.tenant.pk):
        for key, role in met:
            if role in ROLES:
                assert not may_at_all(actor_of(places, role), *key)
                assert would_gain(actor_of(places, role), *key)
                stepped = actor_of(places, f"{role}+STEP")
                assert may_at_all(stepped, *key)
                assert not would_gain(stepped, *key)
                if "DUAL" in MATRIX[key][role]:
                    assert not Learner.objects.visible_to(stepped, *key).exists()


@pytest.mark.parametrize("role", ["AST", "SPC", "CUR", "ANL", "REC", "SUP", "", "tch", "DST "])
def test_roles_that_come_later_see_nothing(places: Places, role: str) -> None:
    with tenant_context(places.home.tenant.pk):
        actor = replace(actor_of(places, "DST"), roles=frozenset({role}))
        for resource, action in RULES:
            assert not may_at_all(actor, resource, action)
            assert not Learner.objects.visible_to(actor, resource, action).exists()


@pytest.mark.parametrize("caller", CALLERS)
def test_can_and_visible_to_agree(places: Places, caller: str) -> None:
    """For each model and each way in which the matrix treats this caller: the list is what single questions allow."""
    with tenant_context(places.home.tenant.pk):
        actor = actor_of(places, caller)
        role = role_of(caller)
        by_codes = {RULES[key].get(role): key for key in sorted(RULES)}
        if caller.endswith("+STEP"):  # a fresh proof changes nothing where none is asked for
            by_codes = {codes: key for codes, key in by_codes.items() if codes and "STEP" in codes}
        for model in MODELS:
            ids = list(model.objects.order_by("id").values_list("id", flat=True))
            if not ids:
                continue
            rows = list(model.objects.filter(id__in={ids[0], ids[-1]}))  # often one in reach and one that is not
            for resource, action in by_codes.values():
                visible = model.objects.filter(visible_q(model, actor, resource, action))
                listed = set(visible.values_list("id", flat=True))
                for row in rows:
                    allowed = can(actor, resource, action, row)
                    assert allowed == (row.pk in listed), (model, resource, action)
                    assert not allowed or may_at_all(actor, resource, action)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("model", [Learner, Section], ids=["learner", "section"])
def test_reach_is_what_the_matrix_says(places: Places, caller: str, model: Any) -> None:
    """Every row of the matrix over people and sections, against the second reading."""
    what = model.__name__.lower()
    role = role_of(caller)
    names = {places.ids[what][kind]: kind for kind in places.ids[what]}
    with tenant_context(places.home.tenant.pk):
        actor = actor_of(places, caller)
        for resource, action in RULES:
            codes = MATRIX[resource, action][role]
            if set(codes) & {"MINE", "PUB", "WIN", "AGG"}:
                continue  # conditions of evidence, releases and aggregates: no meaning here, and refused
            expected = reached(
                resource, action, role, what, scopes=EVERY_SCOPE, one_school=caller == "INT1",
                has_stepped_up=caller.endswith("+STEP"),
            )  # fmt: skip
            rows = model.objects.visible_to(actor, resource, action).values_list("public_id", flat=True)
            found = {names[str(row)] for row in rows}
            assert found == set(expected or ()), (resource, action)


@pytest.mark.parametrize("code", ["MINE", "PUB", "WIN", "AGG", "NEW"])
def test_code_without_a_meaning_for_a_model_refuses(places: Places, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr("tenancy.access.RULES", {("X", "read"): {"DST": ("TEN", code), "TCH": (code,)}})
    with tenant_context(places.home.tenant.pk):
        for caller in ("DST", "TCH"):
            assert not Learner.objects.visible_to(actor_of(places, caller), "X").exists()


def test_token_needs_its_scope(places: Places) -> None:
    """Scopes do not imply each other; a name that starts alike is another scope."""
    with tenant_context(places.home.tenant.pk):
        for scope in (*SCOPES, "", "learners", "learners.read ", "*", "LEARNERS.READ"):
            actor = replace(actor_of(places, "INT"), scopes=frozenset({scope}))
            seen = Learner.objects.visible_to(actor, "Learner directory fields").exists()
            assert seen == (scope == "learners.read"), scope


def test_roles_of_a_page_do_not_widen_each_other(places: Places) -> None:
    """Holding LRN or GRD never widens a staff role: what is added is the union, nothing more."""
    with tenant_context(places.home.tenant.pk):
        teacher = actor_of(places, "TCH")
        both = replace(teacher, roles=frozenset({"TCH", "GRD", "LRN"}))
        for resource, action in RULES:
            one = set(Learner.objects.visible_to(teacher, resource, action).values_list("id", flat=True))
            two = set(Learner.objects.visible_to(both, resource, action).values_list("id", flat=True))
            assert one <= two
            tenant_wide = {"TEN", "YES"}.intersection(*[MATRIX[resource, action][r] for r in ("GRD", "LRN")])
            assert one == two or tenant_wide, (resource, action)


def test_unknown_row_of_the_matrix_raises(places: Places) -> None:
    with tenant_context(places.home.tenant.pk), pytest.raises(KeyError):
        Learner.objects.visible_to(actor_of(places, "DST"), "Learner directory fields", "delete")
