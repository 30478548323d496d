"""People by page: the list, roles, access, classes, learners, guardians; nobody raises themselves."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from learners.models import Enrolment, GuardianLink, Invitation, Learner, SchoolPost, Section, SectionStaff
from reporting.people import class_choice
from tenancy.context import tenant_context
from tenancy.models import AuditEntry, Member, RoleGrant, User
from tests.builders import PASSWORD, Cast, World
from tests.reporting.conftest import As, text_of
from tests.stepping import step_up


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def district(home: World, signed_in: As) -> Client:
    return stepped(home, signed_in, "DST")


@pytest.fixture
def school(home: World, signed_in: As) -> Client:
    return stepped(home, signed_in, "SCH")


def stepped(home: World, signed_in: As, role: str) -> Client:
    client = signed_in(role)
    step_up(client, home.users[role])
    return client


def person(home: World, key: str) -> str:
    return f"/people/members/{home.members[key].public_id}/"


def record(learner: Learner) -> str:
    return f"/people/learners/{learner.public_id}/"


def test_the_list_shows_whom_one_reaches(home: World, school: Client, district: Client) -> None:
    assert "Ana LKV" in text_of(school.get("/people/"))
    assert "Cleo LKV" not in text_of(school.get("/people/"))
    assert "Cleo LKV" in text_of(district.get("/people/?q=cleo"))
    words = text_of(school.get("/people/?who=staff"))
    assert "LKV TCH Person Teacher" in words
    assert "OTHER_TCH" not in words
    assert "LKV GRD Person Ana LKV" in text_of(school.get("/people/?who=guardians&q=grd"))
    assert "Nobody was found." in text_of(district.get(f"/people/?who=staff&school={home.school.public_id}&q=zzz"))


def test_roles_are_given_and_ended_by_who_may(home: World, school: Client, district: Client, signed_in: As) -> None:
    place = {"school": str(home.school.public_id)}
    assert school.post(f"{person(home, 'TCH')}roles/", {"role": "SCH", **place}).status_code == 422
    assert district.post(f"{person(home, 'TCH')}roles/", {"role": "DST", **place}).status_code == 422
    other = {"role": "TCH", "school": str(home.other_school.public_id)}
    assert school.post(f"{person(home, 'TCH')}roles/", other).status_code == 422
    for client, who in ((school, "SCH"), (district, "DST")):
        refused = client.post(f"{person(home, who)}roles/", {"role": "TCH", **place})
        assert refused.status_code in {403, 404}
    assert district.post(f"{person(home, 'TCH')}roles/", {"role": "SCH", **place}).status_code == 302
    assert signed_in("TCH").get("/people/").status_code == 200
    assert school.post(f"{person(home, 'TCH')}roles/end/", {"role": "SCH", **place}).status_code == 403
    assert district.post(f"{person(home, 'TCH')}roles/end/", {"role": "SCH", **place}).status_code == 302
    assert signed_in("TCH").get("/people/").status_code == 404
    assert school.post(f"{person(home, 'TCH')}roles/end/", {"role": "TCH", **place}).status_code == 302
    assert signed_in("TCH").get("/classes/").status_code == 404
    with tenant_context(home.tenant.pk):
        assert not SectionStaff.objects.filter(member=home.members["TCH"], ends_on=None).exists()
        assert AuditEntry.objects.filter(action__in=("role.given", "role.ended")).count() == 3


def test_a_step_is_asked_for_rights(home: World, signed_in: As) -> None:
    asked = signed_in("DST").post(f"{person(home, 'TCH')}roles/", {"role": "SCH"})
    assert asked.status_code == 302
    assert "reauthenticate" in asked.headers["Location"]


def test_access_taken_away_holds_at_once(home: World, school: Client, district: Client, signed_in: As) -> None:
    teacher = signed_in("TCH")
    assert teacher.get("/classes/").status_code == 200
    assert school.post(f"{person(home, 'TCH')}access/", {"may": "no"}).status_code == 302
    assert teacher.get("/classes/").status_code == 404
    district.post(f"{person(home, 'TCH')}access/", {"may": "yes"})
    assert teacher.get("/classes/").status_code == 200
    assert district.post(f"{person(home, 'DST')}access/", {"may": "no"}).status_code == 403


def test_a_person_is_added_and_given_a_class(home: World, district: Client) -> None:
    address = "/people/members/new/"
    empty = text_of(district.post(address, {}))
    for sentence in ("Enter the given name, like Ana", "Enter an email address, like ana@example.org"):
        assert sentence in empty
    values = {"given_name": "Nora", "family_name": "Berg", "email": "nora@example.org", "role": "TCH"}
    assert "Choose a school from the list" in text_of(district.post(address, values))
    values["school"] = str(home.school.public_id)
    made = district.post(address, values)
    assert made.status_code == 302
    assert "Look for them under People" in text_of(district.post(address, values))
    page = made.headers["Location"]
    assert district.post(f"{page}classes/", {"section": str(home.section.public_id)}).status_code == 302
    assert "LKV Maths 7" in text_of(district.get(page))
    district.post(f"{page}classes/{home.section.public_id}/end/")
    assert "No class." in text_of(district.get(page))


def test_a_learner_is_made_placed_changed_and_leaves(home: World, school: Client) -> None:
    address = "/people/learners/new/"
    refused = text_of(school.post(address, {"identifier": "", "grade": "x" * 30}))
    assert "Enter the given name, like Ana" in refused
    assert "The grade has 30 characters. Shorten it to 20" in refused
    values = {"given_name": "Élodie", "family_name": "Núñez", "identifier": "20417", "grade": "7"}
    values["school"] = str(home.school.public_id)
    page = school.post(address, values).headers["Location"]
    with tenant_context(home.tenant.pk):
        learner = Learner.objects.get(identifier="20417")
        assert learner.folded_name == "nunez elodie"
    assert "Student number 20417 is already used by Élodie Núñez" in text_of(school.post(address, values))
    assert school.post(f"{page}classes/", {"section": str(home.section.public_id)}).status_code == 302
    assert "is in LKV Maths 7 already" in text_of(school.post(f"{page}classes/", {"section": home.section.public_id}))
    assert school.post(f"{page}classes/", {"section": home.other_section.public_id}).status_code == 404
    assert school.post(f"{page}edit/", {**values, "grade": "8"}).status_code == 302
    assert "grade 8" in text_of(school.get(page))
    school.post(f"{page}leave/")
    with tenant_context(home.tenant.pk):
        assert not Enrolment.objects.filter(learner=learner, is_withdrawn=False).exists()
    assert "has left" in text_of(school.get(page))
    school.post(f"{page}leave/", {"back": "1"})
    assert "has left" not in text_of(school.get(page)).replace("Has left", "")


def test_a_guardian_sees_no_more_from_the_next_click(home: World, school: Client, signed_in: As) -> None:
    guardian = signed_in("GRD")
    child = f"/family/{home.learner.public_id}/"
    assert guardian.get(child).status_code == 200
    address = f"{record(home.learner)}guardians/{home.members['GRD'].public_id}/end/"
    assert school.post(address).status_code == 302
    assert guardian.get(child).status_code == 404
    assert school.post(address).status_code == 404
    assert "ended" in text_of(school.get(record(home.learner)))


def invite(client: Client, learner: Learner, **values: Any) -> str:
    """The path of the invitation, as the page shows it once."""
    response = client.post(f"{record(learner)}invite/", values)
    assert response.status_code == 200
    found = re.search(r"(/invite/[0-9A-Z-]+/)", response.content.decode())
    assert found is not None
    return found.group(1)


def test_a_guardian_is_invited_and_accepts(home: World, school: Client) -> None:
    path = invite(school, home.classmate, email="Mum@Example.org", relationship="mother")
    assert len(mail.outbox) == 1
    assert path in mail.outbox[0].body
    assert "LKV" not in mail.outbox[0].subject.split("from")[0]
    code = path.split("/")[2]
    with tenant_context(home.tenant.pk):
        assert code not in str(Invitation.objects.values())
    family = Client()
    words = text_of(family.get(path))
    assert "Is this really about your child?" in words
    assert "Ben L." in words
    assert "LKV School" in words
    weak = family.post(path, {"given_name": "Mia", "password": "short", "say": "yes"})
    assert weak.status_code == 422
    assert "at least 15 characters" in text_of(weak)
    good = {"given_name": "Mia", "family_name": "Mum", "email": "else@example.org", "password": PASSWORD, "say": "yes"}
    assert family.post(path, good).status_code == 302
    assert User.objects.filter(email="mum@example.org").exists()
    assert "Ben this week" in text_of(family.get("/family/", follow=True))
    assert family.get(f"/family/{home.learner.public_id}/").status_code == 404
    used = Client().get(path)
    assert used.status_code == 410
    assert "This invitation has been used already. Sign in" in text_of(used)
    with tenant_context(home.tenant.pk):
        link = GuardianLink.objects.get(learner=home.classmate)
        assert (link.status, link.relationship) == ("verified", "mother")
        assert RoleGrant.objects.filter(member=link.member, role="GRD").exists()


def test_run_out_taken_back_not_me_and_unknown(home: World, school: Client) -> None:
    old, back, refused = (invite(school, home.classmate) for _n in range(3))
    with tenant_context(home.tenant.pk):
        rows = list(Invitation.objects.order_by("id"))
        Invitation.objects.filter(pk=rows[0].pk).update(expires_at=timezone.now())
    school.post(f"/people/invitations/{rows[1].public_id}/withdraw/")
    words = text_of(Client().get(old))
    assert "This invitation was for 7 days and has run out. Ask the school office for a new one" in words
    assert Client().get(back).status_code == 404
    assert "Thank you for telling us" in text_of(Client().post(refused, {"say": "no"}))
    assert Client().get(refused).status_code == 410
    assert "“Not me”" in text_of(school.get("/people/invitations/"))
    assert Client().get("/invite/nothing/").status_code == 404
    assert school.post(f"/people/invitations/{rows[2].public_id}/withdraw/").status_code == 409


def test_an_account_that_is_there_needs_its_password(home: World, school: Client, signed_in: As) -> None:
    path = invite(school, home.classmate)
    mine = {"given_name": "X", "email": home.users["GRD"].email, "say": "yes"}
    wrong = Client().post(path, {**mine, "password": "another long password"})
    assert wrong.status_code == 422
    assert "If you have an account with this address, enter its password" in text_of(wrong)
    guardian = signed_in("GRD")
    assert "It is added to this account." in text_of(guardian.get(path))
    assert guardian.post(path, {"say": "yes"}).status_code == 302
    assert "Ben" in text_of(guardian.get("/family/"))
    with tenant_context(home.tenant.pk):
        assert Member.objects.filter(user=home.users["GRD"]).count() == 1


def test_a_guardian_who_works_here_is_invited_at_the_address_of_the_school(home: World, school: Client) -> None:
    with tenant_context(home.tenant.pk):
        boss = Member.objects.create(given_name="Ida", family_name="Boss", email="ida@example.org")
        GuardianLink.objects.create(member=boss, learner=home.classmate, status="verified")
        RoleGrant.objects.create(member=boss, role="DST")
    address = f"{record(home.classmate)}invite/"
    for email in ("", "mine@example.org"):
        refused = school.post(address, {"for": str(boss.public_id), "email": email})
        assert "Ida Boss works here. Invite them at ida@example.org" in text_of(refused)
    assert school.post(address, {"for": str(boss.public_id), "email": "ida@example.org"}).status_code == 200


def test_passwords_are_not_guessed_with_an_invitation(home: World, school: Client) -> None:
    path = invite(school, home.classmate)
    guess = {"given_name": "X", "email": home.users["GRD"].email, "say": "yes"}
    for n in range(5):
        Client().post(path, {**guess, "password": f"a long wrong password {n}"})
    stopped = Client().post(path, {**guess, "password": PASSWORD})
    assert stopped.status_code == 422
    assert "Wait five minutes" in text_of(stopped)


def test_wrong_codes_are_slowed_and_reported_and_a_right_one_opens(
    home: World, school: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A whole town may stand behind one address: who has the right code is never stopped by who guesses."""
    waits: list[float] = []
    monkeypatch.setattr("tenancy.guessing.time.sleep", waits.append)
    path = invite(school, home.classmate)
    guesser = Client(REMOTE_ADDR="10.9.8.7")
    for _n in range(33):
        assert guesser.get("/invite/nothing/").status_code == 404
    assert waits == [1.0, 1.0, 1.0]
    assert [record.message for record in caplog.records if record.name == "tenancy.guessing"] == [
        "guessing: 31 wrong answers (invitations) within five minutes from one address"
    ]
    assert "10.9.8.7" not in caplog.text
    assert guesser.get(path).status_code == 200
    assert len(waits) == 3


def test_a_class_gets_a_sheet_and_staff_a_mail(home: World, school: Client, district: Client) -> None:
    address = f"/people/classes/{home.section.public_id}/invitations/"
    assert "2 learners, one code each" in text_of(school.get(address))
    first = re.findall(r"/invite/[0-9A-Z-]+/", school.post(address).content.decode())
    second = re.findall(r"/invite/[0-9A-Z-]+/", school.post(address).content.decode())
    assert len(second) == 2
    assert Client().get(first[0]).status_code == 404
    assert "Ana L." in text_of(Client().get(second[0]))
    with tenant_context(home.tenant.pk):
        member = Member.objects.create(given_name="Nora", family_name="Berg", email="nora@example.org")
        RoleGrant.objects.create(member=member, role="TCH")
    assert district.post(f"/people/members/{member.public_id}/invite/").status_code == 200
    path = re.search(r"/invite/[0-9A-Z-]+/", str(mail.outbox[-1].body))
    assert path is not None
    newcomer = Client()
    assert "Is this you, Nora Berg?" in text_of(newcomer.get(path.group()))
    assert newcomer.post(path.group(), {"password": PASSWORD, "say": "yes"}).status_code == 302
    assert newcomer.get("/classes/").status_code == 200


def test_more_classes_than_a_list_holds_are_found_by_name(
    home: World, signed_in: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_choice, "MOST", 1)
    client, person = stepped(home, signed_in, "SCH"), f"/people/members/{home.members['TCH'].public_id}/"
    with tenant_context(home.tenant.pk):
        Section.objects.create(title="Zoology", school=home.school)
        SchoolPost.objects.get_or_create(member=home.members["TCH"], school=home.school, role="TCH")
    for address in (person, f"/people/learners/{home.learner.public_id}/", "/people/invitations/"):
        page = client.get(address).text
        assert "There are more classes than these" in page, address
        assert "Zoology" not in page, address
        assert "Zoology" in client.get(f"{address}?class=zool").text, address
        assert "No class has this in its name" in client.get(f"{address}?class=%00none").text, address
