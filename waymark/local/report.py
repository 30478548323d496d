"""What the demo hands over when everything answers: the contract in `.run/demo.json` and the table on the screen."""

from collections.abc import Mapping, Sequence
from typing import Any

_LOGIN = "/accounts/login/"


def contract(url: str, listed: Mapping[str, Any]) -> dict[str, Any]:
    """{"url", "accounts": [{"tenant", "role", "email", "password", "url"}], "api_tokens": […], "api_token"}."""
    tokens = list(listed["api_tokens"])
    return {
        "url": url,
        "accounts": [{**account, "url": url + _LOGIN} for account in listed["accounts"]],
        "api_tokens": tokens,
        "api_token": tokens[0]["token"] if tokens else "",
    }


def table(given: Mapping[str, Any]) -> str:
    columns = ("tenant", "role", "email", "password")
    rows = [columns, *(tuple(str(account[column]) for column in columns) for account in given["accounts"])]
    tokens = "\n".join(f"  {token['tenant']}: {token['token']}" for token in given["api_tokens"])
    where = f"Waymark runs at {given['url']}/ (Ctrl-C stops it)"
    return f"\n{_aligned(rows)}\n\nAPI tokens (Authorization: Bearer …)\n{tokens}\n\n{where}"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(f"  {line}" for line in lines)
