"""Tables to contrasts: columns recognised, every bad cell reported with its place."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from evidencekit.effects.binary import ZeroCells
from evidencekit.errors import DataError, UsageError
from evidencekit.tables.checks import CHECKS
from evidencekit.tables.columns import ALIASES, QUANTITIES, folded
from evidencekit.tables.read import read_table
from evidencekit.tables.rules import TABLE_RULES, tables_page
from evidencekit.tables.shapes import SHAPES
from evidencekit.tables.studies import StudyTable, read_studies
from evidencekit.workspace.rules import RULES
from reference_cases import load
from table_examples import COUNTS, case, generic, write
from tolerances import CLOSED_FORM, assert_close


def studies(folder: Path, text: str, **options: object) -> StudyTable:
    return read_studies(read_table(write(folder, text)), **options)  # type: ignore[arg-type]


def problems(folder: Path, text: str, **options: object) -> list[str]:
    """Findings as text, the folder taken out."""
    with pytest.raises(DataError) as caught:
        studies(folder, text, **options)
    return [str(f).replace(f"{folder.as_posix()}/", "") for f in caught.value.findings]


COUNT_NAMES = (
    "study,events1,total1,events2,total2",
    "slab,ai,n1i,ci,n2i",
    "studlab,event.e,n.e,event.c,n.c",
    "Trial,Events 1,Total-1,EVENTS_2,n2",
)


@pytest.mark.parametrize("header", COUNT_NAMES)
@pytest.mark.parametrize("measure", ["RR", "OR"])
def test_counts_are_those_of_metafor(tmp_path: Path, header: str, measure: str) -> None:
    path = case(tmp_path, f"bcg_{measure}", header)
    found = read_studies(read_table(path), measure=measure)
    assert found.shape.name == "counts"
    expected = load(f"bcg_{measure}")
    assert_close([c.estimate for c in found.contrasts], expected["yi"], CLOSED_FORM)
    assert_close([c.se**2 for c in found.contrasts], expected["vi"], CLOSED_FORM)


def test_the_four_cells(tmp_path: Path) -> None:
    data = load("bcg_RR")["inputs"]
    lines = ["trial,ai,bi,ci,di"]
    arms = (data[name] for name in ("events_1", "total_1", "events_2", "total_2"))
    for i, (a, n1, c, n2) in enumerate(zip(*arms, strict=True)):
        lines.append(f"t{i},{a},{n1 - a},{c},{n2 - c}")
    found = studies(tmp_path, "\n".join(lines), measure="RR")
    assert found.shape.name == "cells"
    assert_close([c.estimate for c in found.contrasts], load("bcg_RR")["yi"], CLOSED_FORM)


@pytest.mark.parametrize(
    "header",
    ["study,mean1,sd1,n1,mean2,sd2,n2", "slab,m1i,sd1i,n1i,m2i,sd2i,n2i",
     "studlab,mean.e,sd.e,n.e,mean.c,sd.c,n.c"],
)  # fmt: skip
def test_means_are_those_of_metafor(tmp_path: Path, header: str) -> None:
    found = read_studies(read_table(case(tmp_path, "normand1999_MD", header)), measure="MD")
    expected = load("normand1999_MD")
    assert_close([c.estimate for c in found.contrasts], expected["yi"], CLOSED_FORM)
    assert_close([c.se**2 for c in found.contrasts], expected["vi"], CLOSED_FORM)


def test_reported_ratios_are_those_of_r(tmp_path: Path) -> None:
    path = case(tmp_path, "reported_HR", "study,estimate,ci_low,ci_high")
    found = read_studies(read_table(path), measure="HR", input_scale="natural")
    expected = load("reported_HR")
    assert_close([c.estimate for c in found.contrasts], expected["yi"], CLOSED_FORM)
    assert_close([c.se**2 for c in found.contrasts], expected["vi"], CLOSED_FORM)


def test_yi_and_vi_are_logarithms(tmp_path: Path) -> None:
    found = read_studies(read_table(generic(tmp_path, "bcg_RR")), measure="RR")
    assert_close([c.estimate for c in found.contrasts], load("bcg_RR")["yi"], 1e-15)
    assert_close([c.se**2 for c in found.contrasts], load("bcg_RR")["vi"], 1e-15)
    assert {c.scale for c in found.contrasts} == {"log"}


def test_estimates_of_no_measure_stand_as_they_are(tmp_path: Path) -> None:
    found = studies(tmp_path, "study,estimate,se\nA,0.5,0.2\nB,-1e-1,.3\n")
    assert (found.measure, found.scale) == ("", "identity")
    assert [(c.estimate, c.se) for c in found.contrasts] == [(0.5, 0.2), (-0.1, 0.3)]


def test_an_interval_of_another_level(tmp_path: Path) -> None:
    text = "study,estimate,ci_low,ci_high,level\nA,0,-1.6448536269514722,1.6448536269514722,0.9\n"
    assert_close(studies(tmp_path, text).contrasts[0].se, 1.0, CLOSED_FORM)
    without = text.replace(",0.9\n", ",\n")
    assert_close(studies(tmp_path, without).contrasts[0].se, 1.6448536269514722 / 1.959963984540054,
                 CLOSED_FORM)  # fmt: skip


def test_author_and_year_name_a_study(tmp_path: Path) -> None:
    found = studies(tmp_path, "author,year,yi,vi\nLee,2001,0.1,0.2\nHart,,0.1,0.3\n")
    assert [c.label for c in found.contrasts] == ["Lee 2001", "Hart"]
    assert [c.label for c in studies(tmp_path, "yi,vi\n1,2\n3,4\n").contrasts] == ["row 2", "row 3"]


def test_missing_values_are_listed_as_not_estimable(tmp_path: Path) -> None:
    text = COUNTS.replace("12,80", "NA,80").replace("5,40,9", ",40, ")
    found = studies(tmp_path, text, measure="RR")
    reasons = [c.not_estimable for c in found.contrasts]
    assert reasons == ["events1 is missing", "events1 and events2 are missing", "", ""]
    assert math.isnan(found.contrasts[0].estimate)


def test_zero_cells_follow_the_policy(tmp_path: Path) -> None:
    text = COUNTS.replace("12,80", "0,80")
    policy = ZeroCells(add=0.25, to="only_zero")
    found = studies(tmp_path, text, measure="RR", zero_cells=policy)
    assert found.contrasts[0].steps == ("Added 0.25 to all four cells, because one of them is 0.",)
    expected = math.log((0.25 / 80.5) / (20.25 / 82.5))
    assert_close(found.contrasts[0].estimate, expected, CLOSED_FORM)


BAD = """\
study,events1,total1,events2,total2
Lee 2001,"12,5",80,20,82
Hart 2004,61,60,9,41
Moss 2010,x,150,-4,148
Nguyen 2015,8,61,7
Lee 2001,1.234.567,0,2,2
"""


def test_every_bad_cell_is_reported_at_once(tmp_path: Path) -> None:
    assert problems(tmp_path, BAD, measure="RR") == [
        "EK034 table.csv:5:1  row has the wrong number of cells\n"
        "    5 | Nguyen 2015,8,61,7\n"
        "      | ^^^^^^^^^^^ 4 cells; there are 5 column names, with commas between - "
        "put a cell that holds one of these marks in quotes; leave a missing value empty",
        "EK044 table.csv:2:2  events1: number is not written with a decimal point\n"
        '      "12,5" - the decimal mark is a point: 12.5',
        "EK043 table.csv:4:11  events1: number expected\n"
        "    4 | Moss 2010,x,150,-4,148\n"
        '      |           ^ "x" is not a number - leave a missing value empty',
        "EK043 table.csv:6:10  events1: number expected\n"
        "    6 | Lee 2001,1.234.567,0,2,2\n"
        '      |          ^^^^^^^^^ "1.234.567" is not a number - leave a missing value empty',
        "EK030 table.csv:4:17  events2: number out of range\n"
        "    4 | Moss 2010,x,150,-4,148\n"
        "      |                 ^^ -4; allowed: a count, 0 or more",
        "EK030 table.csv:6:20  total1: number out of range\n"
        "    6 | Lee 2001,1.234.567,0,2,2\n"
        "      |                    ^ 0; allowed: above 0",
        "EK023 table.csv:3:11  events1: events exceed total\n"
        "    3 | Hart 2004,61,60,9,41\n"
        "      |           ^^ 61; allowed: at most total1 - total1 is 60",
        "EK037 table.csv:6:1  study is listed twice (warning)\n"
        "    6 | Lee 2001,1.234.567,0,2,2\n"
        '      | ^^^^^^^^ "Lee 2001" also stands on line 2 - both are pooled, as two studies; '
        "people must not count twice",
    ]


GENERIC = "study,estimate,ci_low,ci_high,level\n"
ONE = "study,events1,total1,events2,total2\n"


@pytest.mark.parametrize(
    ("text", "options", "code", "part"),
    [
        (ONE + "A,5,4,1,9\n", {"measure": "RR"}, "EK023", "5; allowed: at most total1"),
        (GENERIC + "A,0,1,1,\n", {}, "EK024", "1; allowed: above ci_low - ci_low is 1"),
        (GENERIC + "A,5,1,2,\n", {}, "EK025",
         "5; allowed: from ci_low to ci_high - ci_low is 1, ci_high is 2"),
        (GENERIC + "A,-1,-2,2,\n", {"measure": "HR", "input_scale": "natural"}, "EK026",
         "-1; allowed: above 0 - say --input-scale log if these are logarithms"),
        (GENERIC + "A,1,0,2,95\n", {}, "EK030",
         "95; allowed: a fraction between 0 and 1, such as 0.95"),
        ("study,yi,sei\nA,1,0\n", {}, "EK030", "0; allowed: above 0"),
        ("study,mean1,sd1,n1,mean2,sd2,n2\nA,1,2,1,1,2,9\n", {"measure": "MD"}, "EK030",
         "1; allowed: above 1: one person has no standard deviation - sd1 is 2"),
        (ONE + "A,1,4,1\n", {"measure": "RR"}, "EK034", "4 cells; there are 5 column names"),
        ("study,evnts1,total1,events2,total2\nA,1,2,3,4\n", {"measure": "RR"}, "EK035",
         'column "evnts1" is not known'),
        ("study,a,b\nA,1,2\n", {}, "EK035", "columns are missing: none of the names is known"),
        ("study,ai,events1,total1,events2,total2\nA,1,1,3,1,4\n", {"measure": "RR"}, "EK036",
         '"ai" and "events1" both mean events in arm 1'),
        (ONE + "A,1,4,1,9\nA,2,4,1,x\n", {"measure": "RR"}, "EK037", 'also stands on line 2'),
        (ONE + "A,1,4,1,9\nA,1,4,1,9\n", {"measure": "RR"}, "EK038",
         '"A" with the same numbers stands on line 2 - delete one of them'),
        (ONE + ",1,4,1,9\nA,1,4,1,x\n", {"measure": "RR"}, "EK039", 'called "row 2"'),
        ("study,yi,vi\nA,one,2\n", {}, "EK043", '"one" is not a number'),
        ("study;yi;vi\nA;0,5;2\n", {}, "EK044", "the decimal mark is a point: 0.5"),
        ("study,yi,vi\nA,50%,2\n", {}, "EK044", "write 50, or 0.5 where a fraction is meant"),
        ("study,yi,vi\nA,<2,2\n", {}, "EK044", "give the number itself, or leave the cell empty"),
        ("study,yi,vi\nA,inf,2\n", {}, "EK043", '"inf" is not a number'),
        ("study,r,n\nA,0.2,3\n", {}, "EK030",
         "3; allowed: above 3: with fewer people a correlation has no standard error - r is 0.2"),
        ("study,r,n\nA,1.2,30\n", {}, "EK030", "1.2; allowed: from -1 to 1"),
        ("study,xi,ni\nA,9,3\n", {}, "EK023", "9; allowed: at most n - n is 3"),
        ("study,xi,ti\nA,9,0\n", {}, "EK030", "0; allowed: above 0"),
        ("study,mi,sdi,ni\nA,9,1,1\n", {}, "EK030",
         "1; allowed: above 1: one person has no standard deviation - sd is 1"),
        ("lab,yi,vi\nA,1,2\n,1,3\n", {"cluster": "lab"}, "EK059", "name the cluster"),
    ],
)  # fmt: skip
def test_finding(
    tmp_path: Path, text: str, options: dict[str, object], code: str, part: str
) -> None:
    found = [f for f in problems(tmp_path, text, **options) if f.startswith(code)]
    assert found
    assert any(part in finding for finding in found), found


def test_every_code_has_a_rule_and_a_case() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    room = Path(__file__).parents[2] / "src" / "evidencekit" / "tables"
    used = {
        code
        for path in room.glob("*.py")
        if path.name != "rules.py"
        for code in re.findall(r'"(EK\d{3})"', path.read_text(encoding="utf-8"))
    }
    assert used == set(TABLE_RULES)
    assert used <= set(re.findall(r'"(EK\d{3})"', source))
    for code in set(TABLE_RULES) & set(RULES):
        assert TABLE_RULES[code].title == RULES[code].title


def test_missing_columns_are_named(tmp_path: Path) -> None:
    found = problems(tmp_path, "study,events1,total1,events2\nA,1,2,3\n", measure="RR")
    assert found == [
        "EK035 table.csv:1:1  columns are missing: total2\n"
        "    1 | study,events1,total1,events2\n"
        "      | ^^^^^ events and totals of two arms need events1, total1, events2, total2 - "
        "found: study, events1, total1, events2"
    ]


def test_many_findings_of_a_column_are_counted(tmp_path: Path) -> None:
    text = "study,yi,vi\n" + "".join(f"s{i},x,1\n" for i in range(100))
    found = problems(tmp_path, text)
    assert len(found) == 26
    assert found[-1].endswith("yi: 75 more cells like these")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (COUNTS, {}, "holds events and totals of two arms: name the measure with --measure: "),
        (COUNTS, {"measure": "MD"}, "holds events and totals of two arms, from which MD is not "
         "computed; choose one of RR, OR, PETO, RD, AS"),
        ("study,r,n\nA,0.1,20\n", {"measure": "PR"}, "holds correlations, from which PR is not "
         "computed; choose one of COR, ZCOR, UCOR"),
        ("study,estimate,se\nA,1,1\n", {"measure": "PLO"}, "estimates of a transformed measure: "
         "say --input-scale natural (0.3) or --input-scale analysis (-0.847)"),
        ("study,yi,vi\nA,1,1\n", {"measure": "PLO", "input_scale": "log"}, "--input-scale log is "
         "for ratios; say natural or analysis here"),
        ("study,yi,vi\nA,1,1\n", {"measure": "PLO", "input_scale": "natural"}, "--input-scale "
         "natural: a column named yi holds values on the scale of analysis by convention; rename "
         "it to estimate if it does not"),
        (COUNTS, {"measure": "RR", "cluster": "zzz"}, 'no column "zzz" for --cluster; there are '
         "study, events1, total1, events2, total2, age"),
        ("study,estimate,se\nA,1,1\n", {"measure": "HR"}, "estimates of a ratio: say --input-scale "
         "natural (0.80) or --input-scale log (-0.223)"),
        ("study,yi,vi\nA,1,1\n", {"measure": "HR", "input_scale": "natural"}, "--input-scale "
         "natural: a column named yi holds logarithms by convention; rename it to estimate if it "
         "does not"),
        ("study,yi,vi\nA,1,1\n", {"input_scale": "log"}, "--input-scale log is for ratios; name "
         "one with --measure"),
        (COUNTS, {"measure": "RR", "input_scale": "log"}, "--input-scale is for printed estimates; "
         "the table holds events and totals of two arms"),
        (COUNTS, {"measure": "RR", "subgroup": "agee"}, 'no column "agee" for --subgroup; did you '
         'mean "age"?'),
        (COUNTS, {"measure": "RR", "subgroup": "zzz"}, 'no column "zzz" for --subgroup; there are '
         "study, events1, total1, events2, total2, age"),
    ],
)  # fmt: skip
def test_usage(tmp_path: Path, text: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        studies(tmp_path, text, **options)
    assert message in str(caught.value)


def test_tables_of_names_are_consistent() -> None:
    names = [name for row in QUANTITIES.values() for name in (row.name, *row.aliases)]
    assert len(ALIASES) == len({folded(name) for name in names}) == len(names)
    for shape in SHAPES.values():
        assert set(shape.quantities) <= set(QUANTITIES)
    for check in CHECKS:
        assert check.at in check.needs
        assert set(check.needs) <= set(QUANTITIES)
        assert check.code in TABLE_RULES


def test_the_page_of_tables_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "tables.md"
    assert page.read_text(encoding="utf-8") == tables_page()
