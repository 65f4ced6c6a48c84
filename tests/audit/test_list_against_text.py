"""What list and text say about each other, and when nothing is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audit.documents import LINES, markdown, with_list
from evidencekit.audit.against import check_list, compare
from evidencekit.audit.document import Document
from evidencekit.audit.readers import read_bytes
from evidencekit.audit.reference_rules import REFERENCE_RULES
from evidencekit.audit.rules import AUDIT_CHECKS, audit_page
from evidencekit.errors import Finding

ALL = "Oats help [1], milk [2] and tea [3]."


def told(document: Document) -> list[str]:
    """Code, severity, title and detail of each finding."""
    return [f"{f.code} {f.severity} {f.title}: {f.detail}" for f in check_list(document)]


def test_a_clean_article_has_no_findings() -> None:
    assert check_list(with_list(ALL)) == ()


CASES: dict[str, tuple[Callable[[], Document], list[str]]] = {
    "uncited": (
        lambda: with_list("Oats help [1] and tea [3]."),
        ["EK150 warning reference 2 is never cited: none of the 2 marks in the text points to it"],
    ),
    "undefined": (
        lambda: with_list(f"{ALL} So does [5], twice [5]."),
        [
            "EK151 error citation of 5 points to no reference: "
            "the list runs from 1 to 3; 2 marks point there"
        ],
    ),
    "undefined key": (
        lambda: markdown(f"Oats[^1] and[^2] milk[^3].\n\n[^1]: {LINES[0]}\n[^2]: {LINES[1]}\n"),
        ["EK151 error citation of 3 points to no reference: none of the 2 references is called so"],
    ),
    "same DOI": (
        lambda: with_list(f"{ALL} And [4].", (*LINES, "Q. Oats again. 2001. doi:10.5555/A1.")),
        ["EK152 warning reference 4 is reference 1 again: they have the same DOI"],
    ),
    "same PMID": (
        lambda: with_list(
            "Oats [1] and [2].", ("Q, A. (2001). Oats. PMID: 12.", "R, B. (2001). Tea. PMID: 12.")
        ),
        ["EK152 warning reference 2 is reference 1 again: they have the same PMID"],
    ),
    "same title": (
        lambda: with_list(
            "Oats [1] and [2].",
            (
                "Solo M. Hot oats for cold bakers. Oats. 2001;3:4-5.",
                "Solo, M. (2001). Hot Oats for Cold Bakers. Oats, 3(1), 4-5.",
            ),
        ),
        [
            "EK152 warning reference 2 is reference 1 again: "
            "they have the same title, year and first author"
        ],
    ),
    "same text": (
        lambda: with_list("Oats [1], [2].", ("WHO. Oats. 2001.", "*WHO*. Oats. 2001")),
        ["EK152 warning reference 2 is reference 1 again: they have the same text"],
    ),
    "order": (
        lambda: with_list("Oats help [2], milk [3] and tea [1]."),
        [
            "EK153 note references are not numbered in order of citation: "
            "first cited in the order 2, 3, 1"
        ],
    ),
    "no list": (
        lambda: markdown("Oats help [1].\n"),
        [
            "EK154 warning no reference list: neither a heading such as References nor a run of "
            "numbered entries was found, and 1 citation mark leads nowhere"
        ],
    ),
    "no marks": (
        lambda: with_list("Oats help."),
        [
            "EK155 note marks and list were not compared: "
            "no citation mark was recognised in the text"
        ],
    ),
    "marks of another list": (
        lambda: with_list("Oats help [7], [8]."),
        [
            "EK155 note marks and list were not compared: "
            "no citation mark leads to the list (seen: 2 numbers in brackets)"
        ],
    ),
    "two systems": (
        lambda: with_list(f"{ALL} Oats again.¹ Milk again.² Tea again.³"),
        [
            "EK155 note marks and list were not compared: two systems of citation marks mix: "
            "3 numbers in brackets and 3 raised numbers"
        ],
    ),
    "gap": (
        lambda: markdown(
            f"Oats [1], milk [2], tea [4].\n\n# References\n\n[1] {LINES[0]}\n[2] {LINES[1]}\n"
            f"[4] {LINES[2]}\n"
        ),
        ["EK156 warning entry 4 follows entry 2: 1 missing"],
    ),
    "number used twice": (
        lambda: markdown(
            f"Oats [1], milk [2].\n\n# References\n\n[1] {LINES[0]}\n[2] {LINES[1]}\n"
            f"[2] {LINES[2]}\n"
        ),
        ["EK156 warning entry 2 follows entry 2: the number was used before"],
    ),
    "two lists": (
        lambda: with_list(f"# References\n\n1. {LINES[0]}\n\n# Part two\n\n{ALL}"),
        [
            "EK157 note document has more than one reference list: "
            "other reference lists, not audited, begin at line 1"
        ],
    ),
    "doubt": (
        lambda: read_bytes(with_list(f"Café, {ALL}").text.encode("cp1252"), "a.md"),
        [
            "EK158 note text was read with a doubt: byte 0xe9 in line 1 is not UTF-8; "
            "the file was read as Windows-1252, so accented letters are a guess"
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_findings(name: str) -> None:
    document, expected = CASES[name]
    assert told(document()) == expected


def test_every_rule_is_produced_with_its_severity_and_remedy() -> None:
    found: list[Finding] = [f for make, _ in CASES.values() for f in check_list(make())]
    assert {finding.code for finding in found} == set(AUDIT_CHECKS) - set(REFERENCE_RULES)
    for finding in found:
        rule = AUDIT_CHECKS[finding.code]
        assert (finding.severity, finding.remedy) == (rule.severity, rule.remedy)


def test_places_point_at_marks_and_entries() -> None:
    text = f"Oats help [9], milk [2].\n\n# References\n\n[1] {LINES[0]}\n[2] {LINES[1]}\n"
    undefined, uncited = check_list(markdown(text))
    assert str(undefined) == (
        "EK151 text.md:1:11  citation of 9 points to no reference\n"
        "    1 | Oats help [9], milk [2].\n"
        "      |           ^^^ the list runs from 1 to 2 - Correct the mark, or add the reference."
    )
    assert (uncited.place.line, uncited.place.column) == (5, 5)


def test_alphabetical_lists_need_not_follow_the_text() -> None:
    lines = ("Alba, B. (2004). Rye and rest. Rye, 2, 5-9.", LINES[2], LINES[0], LINES[1])
    assert check_list(with_list("Milk [4], tea [2], oats [3] and rye [1].", lines)) == ()


def test_a_few_powers_are_no_second_system() -> None:
    assert check_list(with_list(f"{ALL} The sum of squares² was large.")) == ()


def test_numbers_in_parentheses_count_when_the_list_agrees() -> None:
    text = "Oats help (1), milk too (2), and so does tea (3)."
    assert compare(with_list(text)).matched.system == "round"
    steps = "Do so: first (1) oats. Then milk (9), tea (10), rest (11)."
    assert compare(with_list(steps)).matched.system == ""


UNNUMBERED = "# References\n\n" + "\n\n".join(LINES) + "\n"


def test_author_and_year_lead_to_the_list() -> None:
    text = "Oats help (Quist, 2001). Solo and Hill (2002) drank milk (see Ämter, 2003a).\n\n"
    compared = compare(markdown(text.replace("2003a", "2003") + UNNUMBERED))
    assert compared.matched.system == "author-year"
    assert compared.matched.cited == {1, 2, 3}
    (finding,) = check_list(markdown("Oats (Quist, 2001; Solo & Hill, 2002).\n\n" + UNNUMBERED))
    assert finding.title == "reference 3 is never cited"


def test_names_beside_numbers_are_no_second_system() -> None:
    text = "Quist (2001) ate oats [1], Solo and Hill (2002) drank milk [2], and tea [3]."
    assert check_list(with_list(text)) == ()


def test_works_cited_by_name_only_in_a_numbered_text_mix() -> None:
    lines = (
        *LINES,
        *(
            f"Extra{c}, E. (20{n}). On {c}. Oats, 1, 2."
            for n, c in ((10, "a"), (11, "b"), (12, "c"))
        ),
    )
    text = f"{ALL} (Extraa, 2010; Extrab, 2011) and Extrac (2012)."
    (finding,) = check_list(with_list(text, lines))
    assert finding.code == "EK155"
    assert "3 numbers in brackets and 2 authors with years" in finding.detail


def test_a_list_without_a_text_is_compared_with_nothing() -> None:
    assert check_list(with_list("")) == ()
    assert check_list(markdown("10.5555/a\nhttps://doi.org/10.5555/b\n")) == ()


def test_a_list_of_ones_is_counted_as_markdown_counts_it() -> None:
    entries = "\n".join(f"1. {line}" for line in LINES)
    assert check_list(markdown(f"{ALL}\n\n# References\n\n{entries}\n")) == ()


def test_a_bibliography_beside_the_text() -> None:
    references = compare(markdown(UNNUMBERED)).references
    document = markdown("Oats help [1] and [4].\n")
    assert [f.code for f in check_list(document, references)] == ["EK151", "EK150", "EK150"]


def test_the_page_of_audits_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "audit.md"
    assert page.read_text(encoding="utf-8") == audit_page()
