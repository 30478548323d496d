"""Tables of competencies: what is read, what is refused in words, what is new and changed, what is saved."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competencies.models import Competency, CompetencyVersion, Prerequisite
from competencies.table_rows import Plan
from competencies.table_writes import save_table
from competencies.tables import make_plan
from integrations.competency_tables.export import framework_file
from integrations.competency_tables.importing import read_file
from integrations.competency_tables.sheet import TableRefused, read_csv
from integrations.competency_tables.xlsx import read_xlsx, xlsx_bytes
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.errors import Conflict, Invalid
from tests.builders import World, add_competency

NAMES = "code, statement, family wording, parent code, grades, prerequisites, state"
NO_UTF8 = "Row 2 holds a character that is not UTF-8. Save the file as “CSV UTF-8” and send it again"
REPEATED = "This code is in row 2 already. Give each row a code of its own"
NOWHERE = "This code is neither in the file nor in the framework. Check it, or add its row"
LEFT_OUT = "It refers to row 3, which is left out. Repair that row first"
EMPTY = "The statement is empty. Enter what somebody can do who has learned it"
CIRCLE = "This closes a circle: B → A → B. Take one of these steps out"
OTHER_CIRCLE = "This closes a circle: LKV.0 → LKV.1 → LKV.0. Take one of these steps out"
IN_USE = "It is in use and cannot become a draft again. Use active or retired"
MAY_3 = datetime(2026, 5, 3)  # noqa: DTZ001 - as a workbook has it
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=20)
HEAD = "code,statement,family wording,parent code,grades,prerequisites,state\r\n"


@pytest.fixture
def world(cast: Any) -> Iterator[World]:
    with tenant_context(cast.home.tenant.pk):
        yield cast.home


def editor(world: World) -> Actor:
    return Actor(world.tenant.pk, world.system.today, frozenset({"DST"}), world.members["DST"].pk)


def plan_of(world: World, text: str | bytes, kind: str = "csv") -> Plan:
    found = read_file(text.encode() if isinstance(text, str) else text, kind)
    return make_plan(world.framework, found.rows, found.faults)


def save(world: World, text: str | bytes, kind: str = "csv", **values: Any) -> Plan:
    found = read_file(text.encode() if isinstance(text, str) else text, kind)
    return save_table(editor(world), framework=world.framework, rows=found.rows, faults=found.faults, **values)


def said(plan: Plan) -> list[tuple[int | None, str, str, str]]:
    return [(fault.row, fault.column, fault.value, fault.message) for fault in plan.faults]


def refused(data: bytes, kind: str = "csv") -> str:
    with pytest.raises(TableRefused) as error:
        read_file(data, kind)
    return error.value.message


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(encoding: str, separator: str) -> None:
    text = separator.join(["code", "statement"]) + "\n" + separator.join(["A.1", '"Zählt, auch rückwärts; immer"'])
    rows, faults = _rows(text.encode(encoding))
    assert faults == []
    assert [(row.code, row.statement) for row in rows] == [("A.1", "Zählt, auch rückwärts; immer")]


def _rows(data: bytes) -> tuple[list[Any], list[Any]]:
    found = read_file(data, "csv")
    return found.rows, found.faults


def test_the_hint_that_excel_writes_for_itself() -> None:
    rows, _ = _rows(b"sep=;\r\ncode;statement\r\nA;One, two\r\n")
    assert [(row.number, row.code, row.statement) for row in rows] == [(3, "A", "One, two")]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty. Choose the file that you saved"),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is 5.0 MB. Send one of up to 5 MB, or split it"),
        (b"code\r\n", "The file has no rows. Put the names of the columns first and at least one row below"),
        (b"code,statement\r\nA,\xff\r\n", NO_UTF8),
        (b"name,text\r\nA,B\r\n", f"There is no column “code”. Name the columns in the first row: {NAMES}"),
        (b"code,colour\r\nA,B\r\n", f"The column “colour” is not known. Take it out, or use one of {NAMES}"),
        (b"code,code\r\nA,B\r\n", "The column “code” is there twice. Keep one"),
        (b'code,statement\r\nA,"open\r\n', "Row 2: the quotes or separators do not add up. Save the file again"),
        (b"code\r\n" + b"A\r\n" * 5_001, "The file has more than 5000 rows. Split it"),
        (b"code,statement\r\nA," + b"x" * 20_001, "Row 2: a cell has 20001 characters. Shorten it to 20000"),
        (b"code\r\nA" + b",b" * 61, "Row 2 has more than 60 columns. Take out what does not belong there"),
        (b"PK\x03\x04rubbish", "This workbook cannot be opened. Save it again as XLSX, or as CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0old", "This is a spreadsheet, not a CSV file. Choose XLSX, or save it as CSV UTF-8"),
        (b"code,statement\r\nA,b\x00c\r\n", "The file holds NUL characters: it is no text. Save it as “CSV UTF-8”"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_words(data: bytes, sentence: str) -> None:
    assert refused(data) == sentence


def workbook(*rows: list[Any]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(out)
    return out.getvalue()


def test_a_workbook_with_dates_and_numbers_in_its_codes(world: World) -> None:
    data = workbook(
        ["code", "statement", "grades"], ["N.1", "Counts", 3], [MAY_3, "Dates", "1"],
        [3.1, "Numbers", "1"], ["N.4", "Grades", MAY_3],
    )  # fmt: skip
    plan = plan_of(world, data, "xlsx")
    assert [change.row.grades for change in plan.new] == [("3",)]
    date = "The spreadsheet made a date of it. Set the column to text and type it again, like 3-5"
    number = "It is stored as a number, so 3.1 and 3.10 look alike. Set the column to text and type it again"
    assert said(plan) == [
        (3, "code", "2026-05-03", date), (4, "code", "3.1", number), (5, "grades", "2026-05-03", date)
    ]  # fmt: skip


@pytest.mark.parametrize("cell", ["5-Mar", "05. Mai", "Mar 5", "3-Okt-2026"])
def test_a_date_that_a_spreadsheet_wrote_into_a_csv_file(world: World, cell: str) -> None:
    plan = plan_of(world, f"code,statement,grades\r\nN.1,Counts,{cell}\r\n")
    assert [fault.code for fault in plan.faults] == ["date"]


def test_a_workbook_that_unpacks_to_too_much() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (61 * 1024 * 1024))
    sentence = "This workbook would unpack to 61 MB. Save only the sheet with the competencies, as XLSX or CSV"
    assert refused(out.getvalue(), "xlsx") == sentence


def test_a_workbook_with_entities() -> None:
    good, out = zipfile.ZipFile(io.BytesIO(workbook(["code"], ["A"]))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for entry in good.namelist():
            archive.writestr(entry, b'<!DOCTYPE x [<!ENTITY a "b">]>' + good.read(entry))
    sentence = "This workbook declares entities, which no spreadsheet does. Save it again as XLSX"
    assert refused(out.getvalue(), "xlsx") == sentence


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for kind in ("csv", "xlsx", "canvas", "moodle"):
        try:
            read_file(data, kind)
        except TableRefused:
            continue  # with a sentence; anything else is a fault


@given(st.text(max_size=300).map(lambda text: f"code,statement,grades,prerequisites\n{text}\n{text},1,2"))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_file(text.encode("utf-8", "surrogatepass"), "csv")
    except TableRefused:
        return  # with a sentence; anything else is a fault


# --- the plan -------------------------------------------------------------------------------------------------------


def test_new_changed_same_and_kept(world: World) -> None:
    plan = plan_of(
        world,
        f"{HEAD}N.1,Counts to ten,I can count,,1,,\r\nLKV.0,Says it better,,,,,active\r\n"
        "LKV.1,Can do LKV.1,,,,LKV.0,\r\n",
    )
    assert [(change.label, change.fields) for change in plan.changed] == [
        ("LKV.0", (("statement", "Can do LKV.0", "Says it better"),))
    ]
    assert ([change.label for change in plan.new], plan.same, plan.kept, plan.faults) == (["N.1"], 1, 2, [])
    assert not plan.needs_publishing


def test_a_child_may_stand_before_its_parent(world: World) -> None:
    save(world, f"{HEAD}P.1,Child,,P,,,\r\nP,Parent,,,,,\r\nP.2,Child two,,P,,P.1,\r\n")
    rows = Competency.objects.filter(framework=world.framework, code__startswith="P").order_by("tree_order")
    assert [(row.code, row.depth, row.is_draft) for row in rows] == [("P", 0, True), ("P.1", 1, True), ("P.2", 1, True)]
    assert Prerequisite.objects.filter(after=rows[2], before=rows[1]).exists()


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ("A,One,,,,,\r\nA,Two,,,,,", [(3, "code", "A", REPEATED)]),
        (",One,,,,,", [(2, "code", "", "The code is empty. Give each row a code of its own")]),
        ("A,,,,,,", [(2, "statement", "", EMPTY)]),
        ("A,One,,B,,,", [(2, "parent", "B", NOWHERE)]),
        ("A,One,,,,A,", [(2, "prerequisites", "A", "A competency cannot refer to itself. Take its own code out")]),
        ("A,One,,B,,,\r\nB,,,,,,", [
            (2, "parent", "B", LEFT_OUT),
            (3, "statement", "", EMPTY)]),
        ("A,One,,B,,,\r\nB,Two,,A,,,", [(3, "parent", "A", CIRCLE),
          (2, "parent", "B", LEFT_OUT)]),
        ("LKV.0,One,,,,LKV.1,", [(2, "prerequisites", "LKV.1", OTHER_CIRCLE)]),
        ("A,One,,,,,perhaps", [(2, "state", "perhaps", "Use one of draft, active, retired")]),
        ("LKV.0,One,,,,,draft", [(2, "state", "draft", IN_USE)]),
        (f"{'A' * 256},One,,,,,", [(2, "code", "A" * 80, "This has 256 characters. Shorten it to 255")]),
        (f"A,One,,,{';'.join(map(str, range(21)))},,", [(2, "grades", "", "There are 21. Use at most 20")]),
        ("A,One,,,,,,extra", [(2, "", "", "There are 8 values for 7 columns. Check quotes and separators")]),
        ("A,One\x07,,,,,", [(2, "statement", "One\x07", "There is a control character in it. Type it again")]),
    ],
)  # fmt: skip
def test_problems_name_row_value_and_what_to_do(world: World, rows: str, faults: list[Any]) -> None:
    assert sorted(said(plan_of(world, f"{HEAD}{rows}\r\n"))) == sorted(faults)


def test_a_code_that_several_have_is_no_name(world: World) -> None:
    add_competency(world.framework, "LKV.0", 9)
    sentence = "Several competencies of this framework have this code. Name one by its id, as the export does"
    assert said(plan_of(world, f"{HEAD}LKV.0,One,,,,,\r\n")) == [(2, "code", "LKV.0", sentence)]


def test_nothing_is_written_with_problems_unless_the_good_rows_are_asked_for(world: World) -> None:
    text = f"{HEAD}A,One,,,,,\r\nB,,,,,,\r\nLKV.0,New words,,,,,\r\n"
    before = Competency.objects.count()
    with pytest.raises(Invalid):
        save(world, text)
    assert Competency.objects.count() == before
    plan = save(world, text, only_good=True, reason="A new year")
    assert (plan.good, plan.left_out) == (2, 1)
    assert Competency.objects.filter(framework=world.framework, code="A").exists()
    assert CompetencyVersion.objects.get().statement == "Can do LKV.0"
    assert save(world, text, only_good=True).good == 0, "the same file again changes nothing"


def test_whoever_saves_says_which_preview_was_read(world: World) -> None:
    text = f"{HEAD}LKV.0,New words,,,,,\r\n"
    seen = plan_of(world, text).digest
    Competency.objects.filter(pk=world.competencies[0].pk).update(statement="Somebody was faster")
    with pytest.raises(Conflict) as error:
        save(world, text, seen=seen)
    assert error.value.message == "The framework was changed since this preview was made. Look at it again, then save"
    assert Competency.objects.get(pk=world.competencies[0].pk).statement == "Somebody was faster"


def test_formulas_stay_text_and_come_back(world: World) -> None:
    Competency.objects.filter(pk=world.competencies[0].pk).update(
        statement="=1+1 is no sum here", family_statement="'quoted'", education_levels=["K", "1"]
    )
    add_competency(world.framework, "", 7)
    add_competency(world.framework, "LKV.1", 8)
    csv_file = framework_file(editor(world), world.framework.public_id, "csv")
    assert b",'=1+1 is no sum here,''quoted'," in csv_file
    for kind in ("csv", "xlsx"):
        data = framework_file(editor(world), world.framework.public_id, kind)
        plan = plan_of(world, data, kind)
        assert (plan.new, plan.changed, plan.faults, plan.same, plan.kept) == ([], [], [], 6, 0), kind
    cells = read_xlsx(framework_file(editor(world), world.framework.public_id, "xlsx")).rows[1][1]
    assert cells[1] == "=1+1 is no sum here"


@given(st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_workbook_gives_back_what_was_put_in(rows: list[list[str]]) -> None:
    tidy = [[f"x{cell}".strip() for cell in row] for row in rows]
    sheet = read_xlsx(xlsx_bytes(["a", "b", "c"], tidy, "A: title/[x]"))
    assert [cells[:3] for _, cells in sheet.rows[1:]] == tidy
    assert sheet.odd == {}


def test_five_thousand_rows_cost_no_more_queries(world: World, django_assert_max_num_queries: Any) -> None:
    rows = [f"Q.{n},Does {n},,Q.{n // 10},,{f'Q.{n - 1}' if n > 1 else ''},\r\n" for n in range(1, 5_000)]
    found = read_file(f"{HEAD}Q.0,Top,,,,,\r\n{''.join(rows)}".encode(), "csv")
    with django_assert_max_num_queries(3):
        plan = make_plan(world.framework, found.rows, found.faults)
    assert (len(plan.new), plan.faults) == (5_000, [])


def test_separator_inside_quotes_is_none() -> None:
    sheet = read_csv(b'"code,or name";statement\r\nA;B\r\n')
    assert sheet.rows[0][1] == ["code,or name", "statement"]
