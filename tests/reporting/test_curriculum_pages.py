"""Pages of the curriculum: who sees what, the editor's words, states, the map."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from competencies.editing import Wording, create_competency, seen_of
from competencies.models import Association, Competency, CompetencyVersion, Framework, Prerequisite
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_competency
from tests.reporting.conftest import As, text_of
from tests.stepping import step_up


def of_framework(world: World, end: str = "") -> str:
    return f"/curriculum/frameworks/{world.framework.public_id}/{end}"


def of_competency(competency: Competency, end: str = "") -> str:
    return f"/curriculum/competencies/{competency.public_id}/{end}"


@pytest.fixture
def district(signed_in: As) -> Client:
    return signed_in("DST")


@pytest.fixture
def proven(home: World, signed_in: As) -> Client:
    client = signed_in("DST")
    step_up(client, home.users["DST"])
    return client


def draft(world: World, statement: str = "Understand the number line") -> Competency:
    with tenant_context(world.tenant.pk):
        wording = Wording(statement, code="LKV.draft")
        return create_competency(world.system, framework=world.framework, wording=wording)


def test_list_and_tree_show_what_is_in_use_and_drafts_to_editors_only(
    home: World, teacher: Client, district: Client
) -> None:
    draft(home)
    words = text_of(teacher.get("/curriculum/"))
    assert "LKV Framework" in words
    assert "4 in use" in words
    assert "draft" not in words
    assert "4 in use · 1 draft" in text_of(district.get("/curriculum/"))
    assert "number line" not in text_of(teacher.get(of_framework(home)))
    assert "number line" in text_of(district.get(of_framework(home)))
    assert teacher.get(of_competency(draft_of(home))).status_code == 404
    assert "A draft: only who writes" in text_of(district.get(of_competency(draft_of(home))))


def draft_of(world: World) -> Competency:
    with tenant_context(world.tenant.pk):
        found: Competency = Competency.objects.get(code="LKV.draft")
        return found


def test_a_framework_that_is_a_draft_is_hidden_with_all_of_it(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        Framework.objects.filter(pk=home.framework.pk).update(state="draft")
    assert teacher.get(of_framework(home)).status_code == 404
    assert teacher.get(of_competency(home.competencies[0])).status_code == 404
    assert "There is no framework yet" in text_of(teacher.get("/curriculum/"))


def test_search_repeats_what_was_asked(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        Competency.objects.filter(code="LKV.2").update(statement="Zählt Äpfel", education_levels=["07"])
    found = text_of(teacher.get(of_framework(home), {"q": "apfel"}))
    assert "1 of 4 found · “apfel”" in found
    assert "LKV.2" in found
    assert "LKV.1" not in found
    assert "1 of 4 found · grade 7" in text_of(teacher.get(of_framework(home), {"grade": "7"}))
    assert "Nothing in this framework has these words" in text_of(teacher.get(of_framework(home), {"q": "pears"}))


def test_a_large_framework_shows_its_top_and_the_open_branch(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        tops = [add_competency(home.framework, f"T.{n}", 1000 * (n + 1)) for n in range(4)]
        Competency.objects.bulk_create(
            Competency(
                framework=home.framework, identifier=f"{t}-{n}", identifier_key=f"{t}-{n}", code=f"T.{t}.{n}", depth=1,
                parent=top, statement=f"Does {n}", tree_order=1000 * (t + 1) + n + 1,
            )
            for t, top in enumerate(tops) for n in range(400)
        )  # fmt: skip
    closed = teacher.get(of_framework(home))
    body = closed.content.decode()
    assert "T.0.1" not in body
    assert "400" in text_of(closed)
    opened = teacher.get(of_framework(home), {"open": str(tops[1].public_id)}).content.decode()
    assert "T.1.399" in opened
    assert "T.0.1" not in opened
    assert len(re.findall(r"<\w", opened)) < 15_000
    assert opened.count("<ul") == opened.count("</ul>")
    assert len(re.findall("<li[ >]", opened)) == opened.count("</li>")


def test_a_competency_shows_its_surroundings(home: World, teacher: Client) -> None:
    one, two = home.competencies[:2]
    with tenant_context(home.tenant.pk):
        values: dict[str, Any] = {"framework": home.framework, "kind": "exactMatchOf", "identifier": "a", "origin": two}
        node = {"title": "7.RP.1 elsewhere", "uri": "https://case.example/7", "identifier": "x"}
        Association.objects.create(identifier_key="a", destination_node=node, **values)
        bad = {"title": "Click", "uri": "javascript:alert(1)", "identifier": "y"}
        Association.objects.create(identifier_key="b", destination_node=bad, **values)
        Competency.objects.filter(pk=two.pk).update(family_statement="I can compare", education_levels=["7"])
    response = teacher.get(of_competency(two))
    words = text_of(response)
    for part in ("Can do LKV.1", "I can compare", "grade 7", "LKV Ratios", "Says the same as", "7.RP.1 elsewhere"):
        assert part in words
    assert str(one.public_id) in response.content.decode()
    assert "javascript:" not in response.content.decode()
    assert "Edit" not in words


def test_a_new_competency_with_a_hint_that_blocks_nothing(home: World, district: Client) -> None:
    address = of_framework(home, "new/")
    empty = district.post(address, {"statement": " ", "code": "LKV.0", "prerequisites": "LKV.9", "position": "x"})
    assert empty.status_code == 422
    words = text_of(empty)
    assert 'There is no "LKV.9" in this framework. Check the code' in words
    assert "Enter the place as a whole number from 1, or leave it empty for the last one" in words
    bare = text_of(district.post(address, {"statement": " "}))
    assert "Enter what somebody can do who has learned it, like: Explains why two fractions are equal" in bare
    data = {"statement": "Understand ratios", "code": "LKV.9", "prerequisites": "LKV.0; LKV.1", "grades": "6, 7"}
    saved = district.post(address, data, follow=True)
    words = text_of(saved)
    assert "Saved as a draft" in words
    assert (
        "“Understand” cannot be seen from outside. Say what somebody does who has learned it: explain, compare" in words
    )
    with tenant_context(home.tenant.pk):
        made = Competency.objects.get(code="LKV.9")
        assert (made.is_draft, made.education_levels, made.needs.count()) == (True, ["6", "7"], 2)


def test_two_editors_see_each_other(home: World, district: Client) -> None:
    one = home.competencies[0]
    with tenant_context(home.tenant.pk):
        seen = seen_of(one)
    good = {"statement": "Theirs", "code": "LKV.0", "seen": seen, "reason": "Clearer"}
    assert district.post(of_competency(one, "edit/"), good).status_code == 302
    response = district.post(of_competency(one, "edit/"), {**good, "statement": "Mine"})
    assert response.status_code == 409
    words = text_of(response)
    assert "Somebody else changed this competency while you did. What you typed is below and not saved." in words
    assert "Theirs: LKV.0 Theirs" in words
    assert ">Mine</textarea>" in response.content.decode()
    again = re.search(r'name="seen" value="([^"]+)"', response.content.decode())
    assert again is not None
    mine = {**good, "statement": "Mine", "seen": again.group(1)}
    assert district.post(of_competency(one, "edit/"), mine).status_code == 302
    with tenant_context(home.tenant.pk):
        assert [row.statement for row in CompetencyVersion.objects.order_by("number")] == ["Can do LKV.0", "Theirs"]
    assert "Earlier versions" in text_of(district.get(of_competency(one)))


def test_states_ask_for_a_proof_of_identity_and_a_reason(home: World, district: Client, proven: Client) -> None:
    one = home.competencies[0]
    address = of_competency(one, "state/")
    assert "reauthenticate" in district.get(address).headers["Location"]
    data = {"to": "retired", "reason": "", "seen": seen_of(one)}
    short = proven.post(address, data)
    assert short.status_code == 422
    assert "Say why in a few words, like: replaced by the new standard" in text_of(short)
    done = proven.post(address, {**data, "reason": "Replaced"}, follow=True)
    assert "Retired. Evidence and levels stay as they are." in text_of(done)
    assert "This competency is retired." in text_of(done)
    assert proven.post(address, {**data, "reason": "Replaced"}).status_code == 409
    assert proven.post(address, {"to": "draft"}).status_code == 404
    assert "1 retired" in text_of(proven.get("/curriculum/"))


def test_publishing_a_framework_takes_its_drafts_along(home: World, proven: Client) -> None:
    made = proven.post("/curriculum/new/", {"title": "Handwriting", "language": "en"})
    address = made.headers["Location"]
    proven.post(f"{address}new/", {"statement": "Holds a pen"})
    assert "with its 1 draft" in text_of(proven.get(f"{address}state/"))
    done = proven.post(f"{address}state/", {"to": "active", "seen": "draft"}, follow=True)
    assert "It is in use now." in text_of(done)
    with tenant_context(home.tenant.pk):
        assert not Competency.objects.get(statement="Holds a pen").is_draft


def test_map_draws_layers_with_names_and_the_same_list(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        Prerequisite.objects.create(before=home.competencies[1], after=home.competencies[2])
    response = teacher.get(of_framework(home, "map/"))
    body = response.content.decode()
    assert body.count('class="node"') == 3
    assert body.count('class="edge"') == 2
    assert [int(x) for x in re.findall(r'class="node"[^>]*translate\((\d+) ', body)] == [8, 222, 436]
    assert 'aria-label="LKV.0, Can do LKV.0"' in body
    assert "Before it: LKV.0" in text_of(response)
    assert teacher.get(of_framework(home, "map/")).content.count(b"data-level") == 0


def test_map_with_a_learner_shows_levels_only_to_who_may_see_them(home: World, teacher: Client, signed_in: As) -> None:
    address = of_framework(home, "map/")
    mine = teacher.get(address, {"learner": str(home.learner.public_id)})
    assert 'aria-label="LKV.0, Can do LKV.0, ' in mine.content.decode()
    assert 'class="letter"' in mine.content.decode()
    assert "Ana LKV on the map" in text_of(mine)
    for learner in (home.stranger_learner.public_id, "nobody", "00000000-0000-7000-8000-000000000000"):
        assert teacher.get(address, {"learner": str(learner)}).status_code == 404
    assert teacher.get(address, {"root": "nothing"}).status_code == 404
    assert signed_in("LRN").get(address).status_code == 404


def test_map_without_links_says_how_it_begins(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        Prerequisite.objects.all().delete()
    words = text_of(teacher.get(of_framework(home, "map/")))
    assert "The map appears with the first prerequisite" in words


def test_map_of_a_large_framework_says_what_it_leaves_out(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        top = add_competency(home.framework, "TOP", 100)
        rows = [add_competency(home.framework, f"X.{n}", 101 + n) for n in range(90)]
        Competency.objects.filter(code__startswith="X.").update(parent=top, depth=1)
        Prerequisite.objects.bulk_create([Prerequisite(before=a, after=b) for a, b in pairwise(rows)])
    response = teacher.get(of_framework(home, "map/"), {"root": str(top.public_id)})
    assert response.content.decode().count('class="node"') == 60
    assert "The picture shows 60 of 90. Choose a narrower part to see the others." in text_of(response)
    single = teacher.get(of_framework(home, "map/"), {"root": str(rows[40].public_id)})
    assert 'aria-label="X.40, Can do X.40"' in single.content.decode()


def test_hostile_text_stays_text(home: World, teacher: Client, cast: Cast) -> None:
    bad = '"><script>alert(1)</script>'
    with tenant_context(home.tenant.pk):
        Competency.objects.filter(pk__in=[one.pk for one in home.competencies]).update(
            statement=bad, code=bad, short_statement=bad, family_statement=bad, education_levels=[bad]
        )
    for address in (of_framework(home), of_framework(home, "map/"), of_competency(home.competencies[1])):
        assert b"<script>alert" not in teacher.get(address).content, address
