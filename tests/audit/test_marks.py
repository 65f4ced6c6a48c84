"""Citation marks of every system, and what only looks like one."""

from __future__ import annotations

import pytest

from audit.documents import docx, markdown, with_list
from evidencekit.audit.against import compare
from evidencekit.audit.marks import MARKERS, citations_of
from evidencekit.audit.numbers_in_marks import expand
from evidencekit.audit.readers import read_bytes
from evidencekit.audit.reference import ReferenceList

NO_LIST = ReferenceList(references=(), found_by="nothing", start=0, end=0)


def marks(text: str, system: str) -> list[tuple[str, tuple[str, ...]]]:
    """Marks of a system in a text without a list."""
    found = citations_of(markdown(text), NO_LIST)
    return [(c.marker, c.keys) for c in found if c.system == system]


MARKED = {
    "bracketed": {
        "Oats help [1].": ["1"],
        "Oats help 【1】 and 【2】.": ["1", "2"],
        "Oats help [1-3,5].": ["1 2 3 5"],
        "Oats help [1, 4–6; 9].": ["1 4 5 6 9"],
        "Oats help [1][9].": ["1", "9"],
        "Oats help [1]–[4].": ["1", "2 3 4"],
        "Oats help ［２］.": ["2"],
        "Oats help [3, p. 14].": ["3"],
        "Oats help [[4]](#r4), [5](https://oats.example).": ["4", "5"],
        "燕麦有帮助［12］。": ["12"],
        "الشوفان مفيد [7].": ["7"],
    },
    "superscript": {
        "Oats help.¹": ["1"],
        "Oats help¹²,¹⁴ sleep": ["12 14"],
        "Oats help³⁻⁵.": ["3 4 5"],
        "Oats help.^1^ Milk too.^2,3^": ["1", "2 3"],
        "Oats help^7 and milk^[8].": ["7", "8"],
        "Oats help<sup>1,2</sup>.": ["1 2"],
        'Oats help.<sup><a href="#r3">3</a></sup>': ["3"],
        "So it is¹⁷.": ["17"],
    },
    "round": {"Oats help (1), milk too (2,3).": ["1", "2 3"]},
    "key": {
        "Oats help [@quist2001].": ["quist2001"],
        "Oats help [see @quist2001, p. 3; -@solo:2002].": ["quist2001 solo:2002"],
        r"Oats help \cite{quist,solo} and \citep[p.~3]{hill}.": ["quist solo", "hill"],
    },
    "footnote": {"Oats help[^1] and[^note].": ["1", "note"]},
    "author-year": {
        "Oats help (Quist, 2001).": ["Quist|2001"],
        "Oats help (Quist & Solo, 2001a; van der Meer et al., 2003).": [
            "Quist|2001a van der Meer|2003"
        ],
        "Quist et al. (2001) ate oats.": ["Quist|2001"],
        "Volgens Quist en Solo (2001, 2003) helpt haver.": ["Quist|2001 Quist|2003"],
        "(zie Quist e.a., 2001; Oats Study Group, 2004, p. 3)": [
            "Quist|2001 Oats Study Group|2004"
        ],
        "O'Dell and Löwe (2010) slept.": ["O'Dell|2010"],
    },
}


@pytest.mark.parametrize(
    ("system", "text"), [(system, text) for system, texts in MARKED.items() for text in texts]
)
def test_marks_are_read(system: str, text: str) -> None:
    found = marks(text, system)
    assert found
    if system == "author-year":
        assert [key for _, keys in found for key in keys] == [
            key for keys in MARKED[system][text] for key in _split(keys)
        ]
    else:
        assert [" ".join(keys) for _, keys in found] == MARKED[system][text]
    for marker, _ in found:
        assert marker in text


def _split(keys: str) -> list[str]:
    """Keys with blanks in their names, divided after each year."""
    import re

    return [key.strip() for key in re.findall(r"[^|]+\|\d{4}[a-z]?", keys)]


NO_MARKS = {
    "bracketed": [
        "95% CI [12, 34]",
        "the mean was 5.2 [3, 8] days",
        "in that year [2014]",
        "x = [1, 2]",
        "`array[1]` and\n```\na[2]\n```\n",
        "~~~\n[3]\n",
        "[0] is no reference",
        "[1.5]",
        "[a1]",
        "[1]: https://oats.example",
        "[4] Quist, A. (2001). Oats. Journal of Oats, 1, 3.",
    ],
    "superscript": [
        "10 m² and 3 cm³",
        "10^3 and x^2",
        "I² was 40%, tau² 3",
        "10⁻³",
        "kg/m²",
        "is² small",
    ],
    "key": ["Write to quist@oats.example", "[a@b.example]"],
    "footnote": ["[^1]: the note itself"],
    "author-year": ["(January 2020)", "(in 2014)", "(n = 2014)", "(since 2001)", "(2001)"],
}


@pytest.mark.parametrize(
    ("system", "text"), [(system, text) for system, texts in NO_MARKS.items() for text in texts]
)
def test_what_is_no_mark(system: str, text: str) -> None:
    assert marks(text, system) == []


def test_every_system_is_tried() -> None:
    assert set(MARKED) == set(MARKERS)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("7", "7"),
        ("1,1,2", "1 2"),
        ("9-7", ""),
        ("1-2-3", ""),
        ("1-900", ""),
        ("0", ""),
        ("１、３", "1 3"),
    ],
)
def test_numbers_are_written_out(text: str, numbers: str) -> None:
    assert " ".join(expand(text)) == numbers


def test_raised_runs_of_word_are_marks() -> None:
    raised = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    body = (
        "<w:p><w:r><w:t>Oats help</w:t></w:r>"
        f"<w:r>{raised}<w:t>1,3</w:t></w:r><w:r><w:t>. An area of 3 m</w:t></w:r>"
        f"<w:r>{raised}<w:t>2</w:t></w:r></w:p>"
    )
    found = citations_of(read_bytes(docx(body), "a.docx"), NO_LIST)
    assert [(c.system, c.marker, c.keys) for c in found] == [("superscript", "1,3", ("1", "3"))]


def test_raised_numbers_of_a_page_are_marks() -> None:
    page = b"<p>Oats help.<sup>1,2</sup> An area of 3 m<sup>2</sup>.</p>"
    found = citations_of(read_bytes(page, "a.html"), NO_LIST)
    assert [(c.system, c.marker, c.keys) for c in found] == [("superscript", "1,2", ("1", "2"))]


def test_the_list_itself_holds_no_marks() -> None:
    compared = compare(with_list("Oats help [1], milk [2] and tea [3]."))
    assert [c.marker for c in compared.citations] == ["[1]", "[2]", "[3]"]
