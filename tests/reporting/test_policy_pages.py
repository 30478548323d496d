"""Policies through HTTP: editing, trying out, proposing, and approving by a second person."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from competencies.models import Policy, PolicyDraft, PolicyVersion
from milestones.models import PolicyTrial
from milestones.trials import run_trials
from tenancy.context import tenant_context
from tenancy.models import AuditEntry
from tenancy.selectors import local_today
from tests.builders import Cast, World, add_member
from tests.stepping import step_up

REASON = "Two tasks were too few to be sure of a level."


@pytest.fixture
def home(cast: Cast) -> World:
    add_member_in(cast.home, "DST", "DST2")
    return cast.home


def add_member_in(world: World, role: str, key: str) -> None:
    with tenant_context(world.tenant.pk):
        add_member(world, role, key)


def client_of(world: World, key: str, *, stepped: bool = True) -> Client:
    client = Client()
    client.force_login(world.users[key])
    if stepped:
        step_up(client, world.users[key])
    return client


def tenant_policy(world: World) -> Policy:
    with tenant_context(world.tenant.pk):
        found: Policy = Policy.objects.get(school=None, framework=None, competency=None)
        return found


def address(policy: Policy, end: str = "") -> str:
    return f"/policies/{policy.public_id}/{end}"


def fields_of(html: str) -> dict[str, str]:
    """What a browser would send for the editor's form as it came."""
    form = html[html.index('class="stack policy-form"') :]
    form = form[: form.index("</form>")]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        values = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if values.get("type") in {"radio", "checkbox"} and " checked" not in tag:
            continue
        if values["name"] != "csrfmiddlewaretoken":
            found[values["name"]] = unescape(values.get("value", "on"))
    for select in re.findall(r"<select.*?</select>", form, flags=re.S):
        name = re.search(r'name="([^"]*)"', select)
        chosen = re.search(r'value="([^"]*)" selected', select) or re.search(r'value="([^"]*)"', select)
        assert name
        assert chosen
        found[name[1]] = unescape(chosen[1])
    return found


def open_draft(world: World, client: Client, policy: Policy) -> dict[str, str]:
    assert client.post(address(policy, "draft/open/")).status_code == 302
    page = client.get(address(policy, "draft/"))
    assert page.status_code == 200
    return fields_of(page.content.decode())


def save(client: Client, policy: Policy, values: dict[str, str], **changes: str) -> Any:
    return client.post(address(policy, "draft/"), {**values, **changes})


def tried(world: World, client: Client, policy: Policy, **changes: str) -> dict[str, str]:
    """An open draft with these changes, tried out."""
    values = open_draft(world, client, policy)
    assert save(client, policy, values, then="trial", **changes).status_code == 302
    run_trials(world.tenant.pk)
    return fields_of(client.get(address(policy, "draft/")).content.decode())


def propose(client: Client, policy: Policy, values: dict[str, str], **changes: str) -> Any:
    data = {"seen": values["seen"], "when": "at_once", "reason": REASON, **changes}
    return client.post(address(policy, "draft/propose/"), data)


def approve(client: Client, policy: Policy) -> Any:
    page = client.get(address(policy, "draft/approve/")).content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    return client.post(address(policy, "draft/approve/"), {"seen": seen[1] if seen else ""})


def versions(world: World, policy: Policy) -> list[PolicyVersion]:
    with tenant_context(world.tenant.pk):
        return list(policy.versions.order_by("number"))


def stored(world: World, policy: Policy) -> PolicyDraft:
    with tenant_context(world.tenant.pk):
        found: PolicyDraft = PolicyDraft.objects.get(policy=policy)
        return found


def proposed_at(world: World, policy: Policy) -> str:
    found = stored(world, policy).proposed_at
    assert found is not None
    return found.isoformat()


def test_form_that_is_sent_back_unchanged_changes_nothing(home: World) -> None:
    client, policy = client_of(home, "DST"), tenant_policy(home)
    values = open_draft(home, client, policy)
    before = stored(home, policy)
    assert values["method"] == "ewma"
    assert values["method.ewma.weight"] == "65"
    assert save(client, policy, values).status_code == 302
    assert fields_of(client.get(address(policy, "draft/")).content.decode()) == {
        **values, "seen": stored(home, policy).edited_at.isoformat(),
    }  # fmt: skip
    compared = client.get(address(policy, "draft/compare/")).content.decode()
    assert "Nothing: the draft says the same as the version in force." in compared
    assert before.ratings == stored(home, policy).ratings


def test_two_people_publish(home: World) -> None:
    """Proposed by one administrator, approved by another: version 2 is in force, and its levels are to be marked."""
    one, two, policy = client_of(home, "DST"), client_of(home, "DST2"), tenant_policy(home)
    values = tried(home, one, policy, method="highest")
    assert propose(one, policy, values, applies_to_past="on").status_code == 302
    assert "DST Person proposed a new version" in two.get(address(policy)).content.decode()
    page = two.get(address(policy, "draft/approve/")).content.decode()
    assert REASON in page
    assert "The best piece counts." in page
    assert "Nobody&#x27;s level has changed" in page or "Nobody's level has changed" in page
    response = approve(two, policy)
    assert (response.status_code, response.headers["Location"]) == (302, address(policy))
    first, second = versions(home, policy)
    assert (second.number, second.rule["method"], second.reason) == (2, "highest", REASON)
    assert (second.proposed_by_id, second.approved_by_id) == (home.members["DST"].pk, home.members["DST2"].pk)
    assert (second.is_announced, second.applies_to_past) == (False, True)
    assert first.rule["method"] == "ewma"
    with tenant_context(home.tenant.pk):
        assert not PolicyDraft.objects.exists()
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"policy.draft_opened", "policy.draft_saved", "policy.proposed", "policy.published"} <= actions
    assert "DST Person, LKV DST2 Person" in one.get(address(policy)).content.decode()


def test_nobody_approves_their_own(home: World) -> None:
    one, policy = client_of(home, "DST"), tenant_policy(home)
    propose(one, policy, tried(home, one, policy, method="highest"))
    page = one.get(address(policy, "draft/approve/")).content.decode()
    assert "You proposed this yourself" in page
    assert "Approve and publish" not in page
    response = one.post(address(policy, "draft/approve/"), {"seen": proposed_at(home, policy)})
    assert response.status_code == 403
    assert len(versions(home, policy)) == 1


def test_proposal_lapses_after_72_hours(home: World) -> None:
    one, two, policy = client_of(home, "DST"), client_of(home, "DST2"), tenant_policy(home)
    propose(one, policy, tried(home, one, policy, method="highest"))
    with tenant_context(home.tenant.pk):
        PolicyDraft.objects.update(proposed_at=timezone.now() - timedelta(hours=72, minutes=1))
    assert "has run out" in two.get(address(policy, "draft/approve/")).content.decode()
    assert approve(two, policy).status_code == 403
    assert len(versions(home, policy)) == 1
    again = fields_of(one.get(address(policy, "draft/")).content.decode())
    assert propose(one, policy, again).status_code == 302
    assert approve(two, policy).status_code == 302


def test_approver_gets_what_was_on_the_page(home: World) -> None:
    """Withdrawn, edited and proposed anew between looking and pressing: nothing is published."""
    one, two, policy = client_of(home, "DST"), client_of(home, "DST2"), tenant_policy(home)
    propose(one, policy, tried(home, one, policy, method="highest"))
    seen = proposed_at(home, policy)
    assert one.post(address(policy, "draft/withdraw/")).status_code == 302
    propose(one, policy, tried(home, one, policy, method="latest"))
    assert two.post(address(policy, "draft/approve/"), {"seen": seen}).status_code == 409
    assert two.post(address(policy, "draft/approve/"), {"seen": "x"}).status_code == 409
    assert len(versions(home, policy)) == 1


def test_proposed_draft_is_not_edited(home: World) -> None:
    one, policy = client_of(home, "DST"), tenant_policy(home)
    values = tried(home, one, policy, method="highest")
    propose(one, policy, values)
    page = one.get(address(policy, "draft/")).content.decode()
    assert "Work out again" not in page
    assert save(one, policy, values, method="latest").status_code == 403
    assert one.post(address(policy, "draft/discard/")).status_code == 403
    assert propose(one, policy, values).status_code == 403
    assert stored(home, policy).rule["method"] == "highest"


def test_it_is_tried_out_before_it_is_proposed(home: World) -> None:
    one, policy = client_of(home, "DST"), tenant_policy(home)
    values = open_draft(home, one, policy)
    assert "Work out first" in one.get(address(policy, "draft/propose/")).content.decode()
    assert propose(one, policy, values).status_code == 409
    tried(home, one, policy)
    save(one, policy, fields_of(one.get(address(policy, "draft/")).content.decode()), method="latest")
    assert propose(one, policy, fields_of(one.get(address(policy, "draft/")).content.decode())).status_code == 409


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"reason": "short"}, "reason", "The reason has 5 characters. Write from 15 to 2000"),
        ({"reason": " " * 40}, "reason", "The reason has 0 characters"),
        ({"reason": "x" * 2001}, "reason", "The reason has 2001 characters"),
        ({"reason": "with a \x07 bell in it, really"}, "reason", "The reason contains a control character"),
        ({"when": "day", "in_force_on": ""}, "in_force_on", "Enter the day it comes into force"),
        ({"when": "day", "in_force_on": "2026-02-31"}, "in_force_on", "Enter the day it comes into force"),
        ({"when": "day", "in_force_on": "2020-01-01"}, "in_force_on", "The day was 2020-01-01. Use today or a later"),
        ({"when": "day", "in_force_on": "2190-01-01"}, "in_force_on", "The day was 2190-01-01. Use a day within"),
    ],
)
def test_mistakes_in_a_proposal(home: World, changes: dict[str, str], field: str, message: str) -> None:
    one, policy = client_of(home, "DST"), tenant_policy(home)
    response = propose(one, policy, tried(home, one, policy, method="highest"), **changes)
    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert "<title>Error:" in page.replace("\n", "")
    assert f'href="#{field}">{message}' in page
    assert stored(home, policy).proposed_at is None


def test_a_day_to_come_begins_at_the_schools_midnight(home: World) -> None:
    one, two, policy = client_of(home, "DST"), client_of(home, "DST2"), tenant_policy(home)
    day = local_today(home.tenant) + timedelta(days=10)
    propose(one, policy, tried(home, one, policy, method="highest"), when="day", in_force_on=day.isoformat())
    approve(two, policy)
    _, second = versions(home, policy)
    local = second.in_force_from.astimezone(ZoneInfo("Europe/Berlin"))
    assert (local.date(), local.hour, local.minute) == (day, 0, 0)
    assert second.applies_to_past is False
    assert second.is_announced is True
    page = one.get("/policies/").content.decode()
    assert "Version 1 since" in page
    assert "Version 2 from" in page
    # The next one may not begin before it.
    response = propose(one, policy, tried(home, one, policy, method="latest"))
    assert response.status_code == 422
    assert "Version 2 comes into force on" in response.content.decode()


NUMBERS = {
    "method.ewma.weight": ("100", "Enter a percent from 1 to 99, like 65"),
    "gates.meets.min_pieces.needed": ("0", "Enter a whole number from 1 to 100, like 2"),
    "gates.mastery.min_tasks.needed": ("2.5", "Enter a whole number from 1 to 100, like 2"),
    "gates.meets.min_kinds.needed": ("7", "Enter a whole number from 1 to 6, like 2"),
    "gates.meets.k_of_last_n_at_or_above.k": ("2", "Enter a whole number from 1 to 100, like 3"),
    "gates.mastery.within_days.needed": ("x", "Enter a whole number of days from 1 to 3\u202f660, like 60"),
    "stalled_after": ("1o", "Enter a whole number of days from 3 to 120, like 14"),
    "expires_after": ("-1", "Enter a whole number of days from 1 to 3\u202f660, like 365"),
    "ratings.0.points": ("", "Enter a number from 0 to 10\u202f000, like 4"),
    "ratings.1.points": ("1", "Another rating has these points. Give each its own"),
    "ratings.2.word": ("", "Enter a word of at most 60 characters for this rating, like Meets"),
    "points_possible": ("3", "Enter a number that is at least the highest rating, 4"),
    "developing_at": ("3", "Enter points above 0 and below the goal, 3"),
    "mastery_at": ("5", "Enter points above the goal, 3, and at most 4"),
    "method": ("none", "Choose how the pieces of evidence become one value"),
    "meeting": ("9", "Choose the rating that is the goal: levels follow it"),
    "attempts": ("some", "Choose one from the list"),
    "window": ("year", "Choose one from the list"),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_mistakes_in_the_editor(home: World, name: str) -> None:
    """Each is named in the summary and at its box with the same words; what was typed stays, nothing is saved."""
    value, message = NUMBERS[name]
    client, policy = client_of(home, "DST"), tenant_policy(home)
    values = open_draft(home, client, policy)
    before = stored(home, policy)
    response = save(client, policy, values, **{name: value})
    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert page.count(message) >= 2
    assert re.search(r"<title>\s*Error:", page)
    if name not in {"method", "meeting", "attempts", "window"}:  # what is no choice cannot be shown as chosen
        assert fields_of(page)[name] == value
    after = stored(home, policy)
    assert (after.rule, after.edited_at) == (before.rule, before.edited_at)


BKT = {"method": "bkt", "method.bkt.p0": "30", "method.bkt.t": "15", "method.bkt.s": "50", "method.bkt.g": "50"}
NO_OTHERS = {f"ratings.{n}.{part}": "" for n in (0, 1) for part in ("points", "word")}
TOGETHER = {
    "method.m_of_n.m": (
        {"method": "m_of_n", "method.m_of_n.m": "3", "method.m_of_n.n": "2"},
        "Enter a whole number from 1 to 2",
    ),
    "method.bkt.s": (BKT, "Enter slips and lucky guesses that are together below 100 percent"),
    "gates.meets.min_kinds.needed": ({"gates.meets.min_kinds.needed": "6"}, "Enter a whole number from 1 to 5"),
    "gates.meets.required_kinds.self_assessment": (
        {"gates.meets.required_kinds.self_assessment": "on"},
        "Self-assessment does not count under this rule. Let it count, or leave it out here",
    ),
    "ratings.2.points": ({**NO_OTHERS, "ratings.2.points": "0"}, "Enter more than 0 points for the goal"),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_values_that_do_not_go_together(home: World, name: str) -> None:
    """Said in the form's own words at one of the boxes, and the summary leads there."""
    changes, message = TOGETHER[name]
    client, policy = client_of(home, "DST"), tenant_policy(home)
    response = save(client, policy, open_draft(home, client, policy), **changes)
    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert page.count(message) == 2
    assert f'href="#{name}"' in page
    assert f'id="{name}"' in page


def test_two_editors(home: World) -> None:
    """Who saves second sees what the first one changed, and chooses."""
    one, two, policy = client_of(home, "DST"), client_of(home, "DST2"), tenant_policy(home)
    mine = open_draft(home, one, policy)
    theirs = open_draft(home, two, policy)
    assert save(two, policy, theirs, method="highest").status_code == 302
    response = save(one, policy, mine, method="latest")
    page = response.content.decode()
    assert response.status_code == 409
    assert "LKV DST2 Person changed this draft at" in page
    assert "Theirs: The best piece counts. · Yours: The newest piece counts.<" in page
    assert stored(home, policy).rule["method"] == "highest"
    assert save(one, policy, fields_of(page)).status_code == 302
    assert stored(home, policy).rule["method"] == "latest"


def test_discard(home: World) -> None:
    client, policy = client_of(home, "DST"), tenant_policy(home)
    open_draft(home, client, policy)
    assert client.post(address(policy, "draft/discard/")).status_code == 302
    assert client.get(address(policy, "draft/")).status_code == 404
    assert client.get(address(policy)).status_code == 200


def test_teachers_read_and_nobody_else_does(home: World) -> None:
    policy = tenant_policy(home)
    teacher = client_of(home, "TCH")
    assert teacher.get("/policies/").status_code == 200
    page = teacher.get(address(policy)).content.decode()
    assert "Newer pieces count more: each new one makes 65 % of the value." in page
    assert "Make a draft" not in page
    assert teacher.get(address(policy, "draft/")).status_code == 404
    for key in ("GRD", "LRN"):
        assert client_of(home, key).get("/policies/").status_code == 404


def test_a_school_has_its_own_stricter_rule(home: World) -> None:
    """Drafted by the school, published by two of the district; looser than the district's it is refused."""
    school, one, two = client_of(home, "SCH"), client_of(home, "DST"), client_of(home, "DST2")
    made = school.post("/policies/new/", {"name": "LKV School", "kind": "school", "school": str(home.school.public_id)})
    assert made.status_code == 302
    with tenant_context(home.tenant.pk):
        policy = Policy.objects.get(school=home.school)
    values = fields_of(school.get(address(policy, "draft/")).content.decode())
    assert save(school, policy, values, **{"gates.meets.min_pieces.needed": "1"}).status_code == 302
    assert school.get(address(policy, "draft/propose/")).status_code == 404
    looser = propose(one, policy, tried(home, one, policy))
    assert looser.status_code == 422
    assert "stricter, never looser. Ask for no less than the district: 2" in looser.content.decode()
    stricter = tried(home, one, policy, **{"gates.meets.min_pieces.needed": "3"})
    assert propose(one, policy, stricter).status_code == 302
    assert approve(two, policy).status_code == 302
    assert [version.number for version in versions(home, policy)] == [1]


def test_schools_draft_for_themselves_only(home: World) -> None:
    school, policy = client_of(home, "SCH"), tenant_policy(home)
    other = {"name": "Other", "kind": "school", "school": str(home.other_school.public_id)}
    assert school.post("/policies/new/", other).status_code == 404
    framework = {"name": "Other", "kind": "framework", "framework": str(home.framework.public_id)}
    assert school.post("/policies/new/", framework).status_code == 404
    assert school.post(address(policy, "draft/open/")).status_code == 404
    with tenant_context(home.tenant.pk):
        assert Policy.objects.count() == 1


def test_rules_for_other_places(home: World) -> None:
    client = client_of(home, "DST")
    code = home.competencies[0].code
    places: tuple[dict[str, str], ...] = (
        {"kind": "framework", "framework": str(home.framework.public_id)},
        {"kind": "competency", "competency": code},
    )
    for place in places:
        assert client.post("/policies/new/", {"name": "Own rule", **place}).status_code == 302
        again = client.post("/policies/new/", {"name": "Own rule", **place})
        assert again.status_code == 409
    page = client.get("/policies/").content.decode()
    assert page.index("The whole district") < page.index("LKV Framework") < page.index(code)
    wrong = client.post("/policies/new/", {"name": "", "kind": "competency", "competency": "no.such"})
    assert wrong.status_code == 422
    assert "No competency has the code “no.such”" in wrong.content.decode()
    assert "Enter a name of at most 100 characters" in wrong.content.decode()
    assert client.post("/policies/new/", {"name": "x"}).status_code == 422


def test_another_tenant_is_not_there(cast: Cast, home: World) -> None:
    away = tenant_policy(cast.away)
    with tenant_context(cast.away.tenant.pk):
        PolicyTrial.objects.create(policy=away, rule={}, points_possible=4, ratings=[])
    client = client_of(home, "DST")
    for end in ("", "draft/", "draft/propose/", "draft/approve/", "trial/", "trial/who/"):
        assert client.get(address(away, end)).status_code == 404, end
    assert client.post(address(away, "draft/open/")).status_code == 404
    assert "HRB" not in client.get("/policies/").content.decode()
