"""Files to tables: CSV, TSV, Excel, Parquet; what is no table says so."""

from __future__ import annotations

import sys
from pathlib import Path

import openpyxl
import pyarrow
import pytest
from pyarrow import parquet

from evidencekit.errors import FileError, UsageError
from evidencekit.tables.read import TABLE_FORMATS, read_table
from evidencekit.tables.studies import read_studies
from table_examples import COUNTS, write

NAMES = ("study", "events1", "total1", "events2", "total2", "age")
ROWS = [line.split(",") for line in COUNTS.splitlines()[1:]]
TYPED = [(r[0], *(int(cell) for cell in r[1:5]), r[5]) for r in ROWS]


def as_csv(folder: Path) -> Path:
    return write(folder, COUNTS)


def as_tsv(folder: Path) -> Path:
    return write(folder, COUNTS.replace(",", "\t"), "table.tsv")


def as_excel(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(list(NAMES))
    for row in TYPED:
        book.active.append(row)
    book.create_sheet("notes")
    book.save(folder / "table.xlsx")
    return folder / "table.xlsx"


def as_parquet(folder: Path) -> Path:
    columns = dict(zip(NAMES, zip(*TYPED, strict=True), strict=True))
    table = pyarrow.table({name: list(values) for name, values in columns.items()})
    parquet.write_table(table, folder / "table.parquet")
    return folder / "table.parquet"


WRITERS = {"CSV": as_csv, "TSV": as_tsv, "Excel": as_excel, "Parquet": as_parquet}


def test_every_format_has_a_case() -> None:
    assert set(WRITERS) == set(TABLE_FORMATS)


@pytest.mark.parametrize("name", WRITERS)
def test_all_formats_give_the_same_studies(tmp_path: Path, name: str) -> None:
    expected = read_studies(read_table(as_csv(tmp_path)), measure="RR", subgroup="age")
    found = read_studies(read_table(WRITERS[name](tmp_path)), measure="RR", subgroup="age")
    assert found == expected
    assert [c.label for c in found.contrasts] == [row[0] for row in ROWS]


@pytest.mark.parametrize(
    "text",
    [
        COUNTS.replace(",", ";"),
        COUNTS.replace(",", "|"),
        COUNTS.replace("\n", "\r\n"),
        "\ufeff" + COUNTS,
        "# SYNTHETIC\n\n" + COUNTS + "\n,,,,,\n",
        COUNTS.replace("Lee 2001", '"Lee 2001"').replace(",age", ',"age"'),
        COUNTS.replace("adults\n", "adults,\n"),
        COUNTS.replace("events1", " Events_1 ").replace("total2", "n.c"),
    ],
    ids=["semicolons", "bars", "crlf", "bom", "comments", "quotes", "trailing", "names"],
)
def test_csv_as_programs_write_it(tmp_path: Path, text: str) -> None:
    expected = read_studies(read_table(write(tmp_path, COUNTS)), measure="OR")
    found = read_studies(read_table(write(tmp_path, text, "other.csv")), measure="OR")
    assert found.contrasts == expected.contrasts


def test_a_name_with_a_comma_and_a_line_break(tmp_path: Path) -> None:
    text = COUNTS.replace("Lee 2001", '"Lee, ""the\nfirst"" 2001"')
    table = read_table(write(tmp_path, text))
    assert table.rows[0][0] == 'Lee, "the\nfirst" 2001'
    assert table.lines == (2, 4, 5, 6)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "a.csv: the file is empty; a table begins with a row of column names"),
        ("a.csv", b" \n\n", "a.csv: the file is empty; a table begins with a row of column names"),
        ("a.csv", b"# x\n", "a.csv: the file is empty; a table begins with a row of column names"),
        ("a.csv", b"study,yi,vi\n", "a.csv: column names but no rows"),
        ("a.csv", b"\x89PNG\0\0", "a.csv: not a table but a binary file, whatever its name says"),
        ("a.csv", "Müller,1,2".encode("latin-1"),
         "a.csv: line 1 is not UTF-8 text; save the table as CSV with UTF-8, "
         "so that no letter is guessed"),
        ("a.csv", "study,yi".encode("utf-16"), "a.csv: UTF-16 text; save it as CSV with UTF-8"),
        ("a.csv", b"0.1,0.2\n0.3,0.4\n",
         "a.csv: the first row holds numbers; it must name the columns, "
         "such as study,events1,total1,events2,total2"),
        ("a.csv", b'study,yi,vi\n"A,1,2\n', "a.csv:2: not a table: unexpected end of data"),
        ("a.xlsx", b"study,yi\n", "a.xlsx: not an Excel workbook, whatever its name says"),
        ("a.parquet", b"study,yi\n", "a.parquet: not a Parquet file, whatever its name says"),
        ("a.xls", b"x", "a.xls: not a table that can be read; save it as .xlsx; the name must end "
         "in .csv, .txt, .tsv, .tab, .xlsx, .xlsm, .parquet, .pq"),
    ],
)  # fmt: skip
def test_what_is_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(data)
    with pytest.raises(FileError) as caught:
        read_table(Path(name))
    assert str(caught.value) == message


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"none\.csv: no such file$"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(FileError, match=r": a folder, not a table$"):
        read_table(tmp_path)


def test_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "first"
    for row in (("study", "yi", "vi"), ("A", 0.1, 0.2)):
        book.active.append(row)
        book.create_sheet("second") if "second" not in book.sheetnames else None
        book["second"].append(row)
    path = tmp_path / "two.xlsx"
    book.save(path)
    with pytest.raises(UsageError) as caught:
        read_table(path)
    assert str(caught.value).endswith(
        'two.xlsx: several sheets ("first", "second"); choose one with --sheet NAME'
    )
    assert read_table(path, sheet="second").rows == (("A", 0.1, 0.2),)
    with pytest.raises(UsageError, match='no sheet "third"; there are "first", "second"'):
        read_table(path, sheet="third")
    with pytest.raises(UsageError, match="--sheet is for Excel; CSV has no sheets"):
        read_table(write(tmp_path, COUNTS), sheet="first")


def test_an_empty_workbook(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(FileError, match="the sheet is empty"):
        read_table(path)


@pytest.mark.parametrize(("module", "write_it"), [("openpyxl", as_excel), ("pyarrow", as_parquet)])
def test_a_missing_library_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, write_it: object
) -> None:
    path = write_it(tmp_path)  # type: ignore[operator]
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(FileError) as caught:
        read_table(path)
    assert f'needs {module}: pip install "evidencekit[tables]"' in str(caught.value)
