"""The routes of messages in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import ANYBODY, EVERYBODY, STAFF, Address, Entry, page

READ, WRITE = (("Message about a learner", action) for action in ("read", "write"))
LIBRARY = "Rubric and task in the library"
ACCOUNT = ("Own account, factors, sessions", "read, update")
GUARDIANS, LEARNERS = frozenset({"GRD"}), frozenset({"LRN"})


def message(end: str = "") -> Address:
    return lambda p, kind: f"/messages/{p.ids['message'][kind]}/{end}"


def about(end: str = "") -> Address:
    return lambda p, kind: f"/learners/{p.ids['learner'][kind]}/messages/{end}"


def template(end: str = "") -> Address:
    return lambda p, kind: f"/settings/templates/{p.ids['message_template'][kind]}/{end}"


MESSAGES_ENTRIES: tuple[Entry, ...] = (
    page("messages", READ, ANYBODY, lambda p, k: "/messages/", what="mailbox"),
    page("family_messages", READ, GUARDIANS, lambda p, k: "/family/messages/", what="mailbox"),
    page("my_messages", READ, LEARNERS, lambda p, k: "/me/messages/", what="mailbox"),
    page("message", READ, ANYBODY, message(), what="message"),
    page("send_message_again", WRITE, STAFF, message("again/"), what="message", method="POST", good=302),
    page("learner_messages", READ, STAFF, about(), what="learner"),
    page("write_message", WRITE, STAFF, about("new/"), what="learner"),
    page("write_message", WRITE, STAFF, about("new/"), what="learner", method="POST", good=422),
    page("message_templates", (LIBRARY, "read"), STAFF, lambda p, k: "/settings/templates/"),
    page("new_message_template", (LIBRARY, "create"), STAFF, lambda p, k: "/settings/templates/new/"),
    page("new_message_template", (LIBRARY, "create"), STAFF, lambda p, k: "/settings/templates/new/", method="POST",
         good=422),
    page("message_template", (LIBRARY, "update, retire"), STAFF, template(), what="message_template"),
    page("message_template", (LIBRARY, "update, retire"), STAFF, template(), what="message_template", method="POST",
         good=422),
    page("switch_message_template", (LIBRARY, "update, retire"), STAFF, template("switch/"), what="message_template",
         method="POST", good=302),
    page("mail_choice", ACCOUNT, EVERYBODY, lambda p, k: "/settings/mail/", what="account"),
    page("mail_choice", ACCOUNT, EVERYBODY, lambda p, k: "/settings/mail/", what="account", method="POST", good=302),
)  # fmt: skip
