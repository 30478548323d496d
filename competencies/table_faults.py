"""What may be wrong with a row of a table of competencies, in words."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from competencies.editing import (
    LONGEST_CODE,
    LONGEST_GRADE,
    LONGEST_STATEMENT,
    LONGEST_TITLE,
    MOST_GRADES,
    MOST_PREREQUISITES,
)
from competencies.models import Competency
from competencies.table_rows import TableRow

MESSAGES = {
    "repeated": _("This code is in row %(row)d already. Give each row a code of its own"),
    "ambiguous": _("Several competencies of this framework have this code. Name one by its id, as the export does"),
    "unknown_id": _("There is no competency with this id in the framework. Use a code for a new one"),
    "unknown_reference": _("This code is neither in the file nor in the framework. Check it, or add its row"),
    "itself": _("A competency cannot refer to itself. Take its own code out"),
    "left_out": _("It refers to row %(row)d, which is left out. Repair that row first"),
    "circle": _("This closes a circle: %(steps)s. Take one of these steps out"),
    "owned_elsewhere": _(
        "Somebody else publishes this framework. Here the family wording and the prerequisites can be changed; leave "
        "the other columns as they are"
    ),
    "no_statement": _("The statement is empty. Enter what somebody can do who has learned it"),
    "too_long": _("This has %(n)d characters. Shorten it to %(most)d"),
    "too_many": _("There are %(n)d. Use at most %(most)d"),
    "unknown_state": _("Use one of draft, active, retired"),
    "draft_again": _("It is in use and cannot become a draft again. Use active or retired"),
    "retired_draft": _("A draft cannot be retired. Leave it out, or use draft or active"),
}
Found = tuple[str, str, str, str]  # column, value, code, message


def text_faults(row: TableRow, old: Competency | None) -> Iterator[Found]:
    """What is wrong with the values of one row. `old`: what it would change."""
    if row.statement == "" or (row.statement is None and old is None):
        yield "statement", "", "no_statement", str(MESSAGES["no_statement"])
    lengths = (
        ("code", row.code, LONGEST_CODE), ("statement", row.statement, LONGEST_STATEMENT),
        ("short_statement", row.short_statement, LONGEST_TITLE), ("item_type", row.item_type, LONGEST_CODE),
        ("family_statement", row.family_statement, LONGEST_STATEMENT),
        *(("grades", grade, LONGEST_GRADE) for grade in row.grades or ()),
    )  # fmt: skip
    for column, text, most in lengths:
        if text is not None and len(text) > most:
            yield column, text, "too_long", MESSAGES["too_long"] % {"n": len(text), "most": most}
    counts = (("grades", row.grades, MOST_GRADES), ("prerequisites", row.prerequisites, MOST_PREREQUISITES))
    for column, values, most in counts:
        if values is not None and len(values) > most:
            yield column, "", "too_many", MESSAGES["too_many"] % {"n": len(values), "most": most}
    yield from _state_faults(row, old)


def _state_faults(row: TableRow, old: Competency | None) -> Iterator[Found]:
    was = old.state if old else None
    if row.state is None or row.state == was:
        return
    if row.state not in {"draft", "active", "retired"}:
        yield "state", row.state, "unknown_state", str(MESSAGES["unknown_state"])
    elif row.state == "draft" and was is not None:
        yield "state", row.state, "draft_again", str(MESSAGES["draft_again"])
    elif row.state == "retired" and was == "draft":
        yield "state", row.state, "retired_draft", str(MESSAGES["retired_draft"])
