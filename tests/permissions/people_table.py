"""The routes of people, roster imports and invitations in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import Address, Entry, own, page
from tests.permissions.places import Places

ACCOUNTS, CHANGE = (("Staff and guardian accounts", what) for what in ("read", "create, suspend, end sessions"))
JOB, IMPORT = ("Background job (state, error list)", "read"), ("Roster import", "create, undo")
GRANT = ("Role grant", "grant, revoke")
ASSIGN, PLACE = ("Staff assignment to section or caseload", "create, end"), ("Enrolment", "create, end")
READ, EDIT = (("Learner directory fields", what) for what in ("read", "update"))
RECORD = ("Learner record", "create, archive")
LINKS, INVITE, END = (("Guardian link", what) for what in ("read", "create", "verify, restrict, revoke"))
DEVELOPMENT, RECORD_IT = (("Professional development", what) for what in ("read", "record"))
NEEDS, NEED = (("Resource need", what) for what in ("read", "record"))
ADMINISTRATORS, DISTRICT = frozenset({"SCH", "DST"}), frozenset({"DST"})


def imported(end: str = "") -> Address:
    return lambda p, kind: f"/people/imports/{p.ids['roster_import'][kind]}/{end}"


def member(end: str = "") -> Address:
    return lambda p, kind: f"/people/members/{p.ids['member'][kind]}/{end}"


def learner(end: str = "") -> Address:
    return lambda p, kind: f"/people/learners/{p.ids['learner'][kind]}/{end}"


def place(p: Places, kind: str) -> str:
    return f"/people/learners/{own(p, 'learner')}/classes/{p.ids['section'][kind]}/end/"


def assignment(p: Places, kind: str) -> str:
    return f"/people/members/{own(p, 'member')}/classes/{p.ids['section'][kind]}/end/"


def guardian(p: Places, kind: str) -> str:
    return f"/people/learners/{p.ids['learner'][kind]}/guardians/{p.ids['member']['never']}/end/"


def at(address: str) -> Address:
    return lambda p, kind: address


PEOPLE_ENTRIES: tuple[Entry, ...] = (
    page("people", ACCOUNTS, ADMINISTRATORS, at("/people/")),
    page("new_person", CHANGE, ADMINISTRATORS, at("/people/members/new/")),
    page("new_person", CHANGE, ADMINISTRATORS, at("/people/members/new/"), method="POST", good=422),
    page("person", ACCOUNTS, ADMINISTRATORS, member(), what="member"),
    page("give_role", GRANT, ADMINISTRATORS, member("roles/"), what="member", method="POST", good=422),
    page("end_role", GRANT, ADMINISTRATORS, member("roles/end/"), what="member", method="POST", good=403),
    page("person_access", CHANGE, ADMINISTRATORS, member("access/"), what="member", good=302),
    page("assign_section", ASSIGN, ADMINISTRATORS, member("classes/"), what="member", method="POST", good=422),
    page("end_assignment", ASSIGN, ADMINISTRATORS, assignment, what="section", method="POST", good=302),
    page("new_learner", RECORD, ADMINISTRATORS, at("/people/learners/new/")),
    page("new_learner", RECORD, ADMINISTRATORS, at("/people/learners/new/"), method="POST", good=422),
    page("learner_record", READ, ADMINISTRATORS, learner(), what="learner"),
    page("edit_learner", EDIT, ADMINISTRATORS, learner("edit/"), what="learner"),
    page("edit_learner", EDIT, ADMINISTRATORS, learner("edit/"), what="learner", method="POST", good=422),
    page("learner_leaves", RECORD, ADMINISTRATORS, learner("leave/"), what="learner", method="POST", good=302),
    page("enrol", PLACE, ADMINISTRATORS, learner("classes/"), what="learner", method="POST", good=422),
    page("end_enrolment", PLACE, ADMINISTRATORS, place, what="section", method="POST", good=302),
    page("end_guardian", END, ADMINISTRATORS, guardian, what="learner", good=302),
    page("invite_guardian", INVITE, ADMINISTRATORS, learner("invite/"), what="learner"),
    page("invite_staff", CHANGE, ADMINISTRATORS, member("invite/"), what="member", method="POST", good=409),
    page("invitations", LINKS, ADMINISTRATORS, at("/people/invitations/")),
    page(
        "withdraw_invitation", END, ADMINISTRATORS,
        lambda p, k: f"/people/invitations/{p.ids['invitation'][k]}/withdraw/",
        what="invitation", method="POST", good=302,
    ),
    page(
        "invitation_sheet", INVITE, ADMINISTRATORS, lambda p, k: f"/people/classes/{p.ids['section'][k]}/invitations/",
        what="section",
    ),
    page("audit", ("Audit trail", "read"), DISTRICT, at("/audit/")),
    page("audit_csv", ("Audit trail", "read"), DISTRICT, at("/audit.csv")),
    page("development", DEVELOPMENT, ADMINISTRATORS, at("/people/development/")),
    page("development_csv", DEVELOPMENT, ADMINISTRATORS, at("/people/development.csv")),
    page("record_development", RECORD_IT, ADMINISTRATORS, at("/people/development/new/"), method="POST", good=422),
    page(
        "remove_development", RECORD_IT, ADMINISTRATORS,
        lambda p, k: f"/people/development/{p.ids['development'][k]}/remove/", what="development", method="POST",
        good=302,
    ),
    page("needs", NEEDS, ADMINISTRATORS, at("/people/needs/")),
    page("needs_csv", NEEDS, ADMINISTRATORS, at("/people/needs.csv")),
    page("record_need", NEED, ADMINISTRATORS, at("/people/needs/new/"), method="POST", good=422),
    page(
        "move_need", NEED, ADMINISTRATORS, lambda p, k: f"/people/needs/{p.ids['need'][k]}/state/", what="need",
        method="POST", good=422,
    ),
    page("roster_imports", JOB, ADMINISTRATORS, at("/people/imports/")),
    page("new_roster_import", IMPORT, ADMINISTRATORS, at("/people/imports/new/")),
    page("new_roster_import", IMPORT, ADMINISTRATORS, at("/people/imports/new/"), method="POST", good=422),
    page("roster_import", JOB, ADMINISTRATORS, imported(), what="roster_import"),
    page("roster_problems", JOB, ADMINISTRATORS, imported("problems/users.csv"), what="roster_import", good=404),
    page("save_roster_import", IMPORT, ADMINISTRATORS, imported("save/"), what="roster_import", method="POST",
         good=409),
    page("discard_roster_import", IMPORT, ADMINISTRATORS, imported("discard/"), what="roster_import", method="POST",
         good=409),
    page("undo_roster_import", IMPORT, ADMINISTRATORS, imported("undo/"), what="roster_import", method="POST",
         good=409),
    # A POST that asks for a fresh proof of identity comes back with a GET.
    page("give_role", GRANT, ADMINISTRATORS, member("roles/"), what="member", good=302),
    page("end_role", GRANT, ADMINISTRATORS, member("roles/end/"), what="member", good=302),
    page("person_access", CHANGE, ADMINISTRATORS, member("access/"), what="member", method="POST", good=302),
    page("end_guardian", END, ADMINISTRATORS, guardian, what="learner", method="POST", good=404),
    page("invite_guardian", INVITE, ADMINISTRATORS, learner("invite/"), what="learner", method="POST"),
    page("invite_staff", CHANGE, ADMINISTRATORS, member("invite/"), what="member", good=302),
    page(
        "invitation_sheet", INVITE, ADMINISTRATORS, lambda p, k: f"/people/classes/{p.ids['section'][k]}/invitations/",
        what="section", method="POST",
    ),
    page("save_roster_import", IMPORT, ADMINISTRATORS, imported("save/"), what="roster_import", good=302),
    page("discard_roster_import", IMPORT, ADMINISTRATORS, imported("discard/"), what="roster_import", good=302),
    page("undo_roster_import", IMPORT, ADMINISTRATORS, imported("undo/"), what="roster_import", good=302),
)  # fmt: skip
