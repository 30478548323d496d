"""The messages of templates and modules, without the tools of GNU gettext."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

SINGULAR = {"gettext", "gettext_lazy", "_", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CALL = re.compile(r"(?<!\w)(n?gettext|_)\((?=u?['\"])")


class Message(NamedTuple):
    """What stands in the source; plural "" for a message without one."""

    text: str
    plural: str = ""


def messages_of(paths: Iterable[Path]) -> list[Message]:
    """Each once, in the order of the files. A message with a plural stands for the one without."""
    found: dict[str, Message] = {}
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for one in _of_module(text) if path.suffix == ".py" else _of_template(text):
            if one.text and (one.plural or one.text not in found):
                found[one.text] = one
    return list(found.values())


def _of_module(source: str) -> Iterator[Message]:
    aliases: dict[str, str] = {}
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            aliases |= {one.asname or one.name: one.name for one in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = aliases.get(node.func.id, node.func.id)
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if name in SINGULAR and texts:
                yield Message(texts[0])
            elif name in PLURAL and len(texts) >= 2:
                yield Message(texts[0], texts[1])


def _of_template(source: str) -> Iterator[Message]:
    """`templatize` leaves the calls that Django itself would extract, among blanked-out text."""
    plain = templatize(source)
    for found in CALL.finditer(plain):
        texts = _literals(plain[found.end() :], 2 if found[1] == "ngettext" else 1)
        if texts:
            yield Message(*texts)


def _literals(text: str, most: int) -> list[str]:
    """The string literals at the beginning, parted by commas."""
    found: list[str] = []
    literal = re.compile(r"\s*u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|'''.*?''')\s*,?", re.S)
    while len(found) < most and (match := literal.match(text)):
        found.append(str(ast.literal_eval(match[1])))
        text = text[match.end() :]
    return found
