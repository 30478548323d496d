"""The routes of keys and their log in the table of routes."""

from __future__ import annotations

from tests.permissions.entries import Address, Entry, page

LIST, CHANGE = (("API client and token", what) for what in ("list (never the secret)", "create, rotate, revoke"))
ADMINISTRATORS = frozenset({"SCH", "DST"})


def at(address: str) -> Address:
    return lambda p, kind: f"/developers/{address}"


def key(end: str) -> Address:
    return lambda p, kind: f"/developers/keys/{p.ids['api_client'][kind]}/{end}/"


DEVELOPERS_ENTRIES: tuple[Entry, ...] = (
    page("developers", LIST, ADMINISTRATORS, at("")),
    page("api_keys", LIST, ADMINISTRATORS, at("keys/")),
    page("api_log", LIST, ADMINISTRATORS, at("log/")),
    page("new_api_key", CHANGE, ADMINISTRATORS, at("keys/new/")),
    page("new_api_key", CHANGE, ADMINISTRATORS, at("keys/new/"), method="POST", good=422),
    page("rotate_api_key", CHANGE, ADMINISTRATORS, key("rotate"), what="api_client"),
    page("rotate_api_key", CHANGE, ADMINISTRATORS, key("rotate"), what="api_client", method="POST", good=422),
    page("revoke_api_key", CHANGE, ADMINISTRATORS, key("revoke"), what="api_client"),
    page("revoke_api_key", CHANGE, ADMINISTRATORS, key("revoke"), what="api_client", method="POST", good=302),
)
