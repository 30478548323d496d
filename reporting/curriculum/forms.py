"""Forms of the editor. What is wrong is said by the services; here text becomes what they take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assessments.pieces import not_storable
from competencies.editing import MOST_GRADES, Wording
from competencies.models import Competency, Framework, Prerequisite
from competencies.outline import below
from competencies.statements import cut, plain
from reporting.curriculum.rights import competencies_for
from reporting.form_problems import Problems
from reporting.pages import read_uuid
from tenancy.actor import Actor

TEXTS = ("statement", "family_statement", "short_statement", "code")
MOST_PARENTS = 400


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


def values_of(competency: Competency | None, framework: Framework, parent: str = "") -> dict[str, str]:
    """What the boxes hold at first."""
    if competency is None:
        return {**dict.fromkeys((*TEXTS, "grades", "prerequisites", "reason"), ""), "parent": parent, "position": ""}
    rows = Prerequisite.objects.filter(after_id=competency.pk, before__framework_id=framework.pk).order_by(
        "before__tree_order", "before_id"
    )
    before = list(rows.select_related("before"))
    return {
        **{name: getattr(competency, name) for name in TEXTS},
        "grades": ", ".join(competency.education_levels),
        "parent": str(competency.parent.public_id) if competency.parent else "",
        "position": str(competency.position + 1),
        "prerequisites": "; ".join(row.before.code or str(row.before.public_id) for row in before),
        "reason": "",
    }


def parent_choices(actor: Actor, framework: Framework, competency: Competency | None) -> list[Choice]:
    """Places of the framework with what stands there; not below itself. Two queries."""
    hidden = below(competency) if competency else set()
    rows = competencies_for(actor).filter(framework_id=framework.pk).exclude(id__in=hidden).order_by("tree_order", "id")
    return [
        Choice(
            str(row.public_id), f"{'– ' * row.depth}{row.code} {cut(row.short_statement or plain(row.statement), 60)}"
        )
        for row in rows[:MOST_PARENTS]
    ]


def read_wording(
    actor: Actor, data: Mapping[str, Any], framework: Framework, competency: Competency | None
) -> tuple[Wording | None, Problems]:
    """The wording, or what keeps the text from being one. Two queries."""
    problems: Problems = {}
    texts = {name: _text(data, name, problems) for name in (*TEXTS, "grades", "prerequisites", "position", "reason")}
    if competency is not None and framework.is_from_elsewhere:
        texts |= {name: getattr(competency, name) for name in TEXTS if name != "family_statement"}
        texts |= {"grades": "", "position": ""}
    rows = list(competencies_for(actor).filter(framework_id=framework.pk))
    parent = competency.parent if competency and framework.is_from_elsewhere else _parent(data, rows, problems)
    before = _prerequisites(texts["prerequisites"], rows, problems)
    position = _position(texts["position"], problems)
    if problems:
        return None, problems
    grades = tuple(dict.fromkeys(part.strip() for part in texts["grades"].split(",") if part.strip()))
    if competency is not None and framework.is_from_elsewhere:
        grades = tuple(competency.education_levels)
    wording = Wording(
        texts["statement"], texts["family_statement"], texts["short_statement"], texts["code"],
        grades[: MOST_GRADES + 1], parent, position, tuple(before),
    )  # fmt: skip
    return wording, {}


def _text(data: Mapping[str, Any], name: str, problems: Problems) -> str:
    text = str(data.get(name, "")).replace("\r\n", "\n").strip()
    if not_storable(text, has_lines=True):
        problems[name] = _("There is a control character in this text. Type it again")
    return text


def _parent(data: Mapping[str, Any], rows: list[Competency], problems: Problems) -> Competency | None:
    text = str(data.get("parent", ""))
    if not text:
        return None
    wanted = read_uuid(text)
    found = next((row for row in rows if row.public_id == wanted), None)
    if found is None:
        problems["parent"] = _("Choose a place from the list")
    return found


def _prerequisites(text: str, rows: list[Competency], problems: Problems) -> list[Competency]:
    """Codes (or ids) between semicolons."""
    by_code: dict[str, list[Competency]] = {}
    for row in rows:
        for name in {row.code, str(row.public_id)} - {""}:
            by_code.setdefault(name, []).append(row)
    found = []
    for part in (part.strip() for part in text.replace("\n", ";").split(";")):
        if not part:
            continue
        hits = by_code.get(part, [])
        if len(hits) == 1:
            found += hits
        elif hits:
            problems.setdefault("prerequisites", _('The code "%(code)s" is there several times. Give each its own') % {
                "code": part[:60]
            })  # fmt: skip
        else:
            problems.setdefault("prerequisites", _('There is no "%(code)s" in this framework. Check the code') % {
                "code": part[:60]
            })  # fmt: skip
    return found


def _position(text: str, problems: Problems) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 9_999):
        problems["position"] = _("Enter the place as a whole number from 1, or leave it empty for the last one")
        return None
    return int(text) - 1
