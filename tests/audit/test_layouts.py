"""Finding reference lists, however they are set out."""

from __future__ import annotations

import pytest

from audit.documents import LINES, markdown
from evidencekit.audit.entries import LAYOUTS, label_of
from evidencekit.audit.headings import LIST_HEADINGS, ends_a_list, is_list_heading
from evidencekit.audit.references import references_of

HEADINGS = [(language, name) for language, names in LIST_HEADINGS.items() for name in names]
FORMS = ("# {}", "## **{}**", "{}", "**{}**", "{}:", "7. {}", "### VII. {}", "__{}:__", "# {} #")


@pytest.mark.parametrize(("language", "name"), HEADINGS)
def test_headings_in_every_form(language: str, name: str) -> None:
    for form in FORMS:
        for spelling in (name, name.upper(), name.lower()):
            assert is_list_heading(form.format(spelling)), (language, form, spelling)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "References to earlier work are few.",
        "## Results",
        "Literature was searched",
        "Sources of error:",
        "[1] References",
    ],
)
def test_other_lines_are_no_headings(line: str) -> None:
    assert not is_list_heading(line)


def test_what_ends_a_list() -> None:
    assert [
        line
        for line in ("# Appendix", "**Disclaimer**", "---", "# Bronnen", "[4] A, B.")
        if ends_a_list(line)
    ] == ["# Appendix", "**Disclaimer**", "---"]


NUMBERINGS = ("[{}] ", "- [{}] ", "{}. ", "{}) ", "({}) ", "* {}. ", "[{}]: ", "**{}.** ", "{}  ")


@pytest.mark.parametrize("form", NUMBERINGS)
@pytest.mark.parametrize("heading", ["", "\n## Referenties\n\n"])
def test_numbered_lists(form: str, heading: str) -> None:
    entries = "\n".join(form.format(n) + line for n, line in enumerate(LINES, 1))
    listed = references_of(markdown(f"Words about oats.\n{heading}\n{entries}\n"))
    assert listed.found_by == ("heading" if heading else "numbers")
    assert [reference.raw for reference in listed.references] == list(LINES)
    assert [(r.number, r.key) for r in listed.references] == [(1, "1"), (2, "2"), (3, "3")]


def test_footnotes_and_keys() -> None:
    entries = f"[^1]: {LINES[0]}\n[^hill]: {LINES[1]}\n"
    listed = references_of(markdown(f"Oats[^1] and milk[^hill].\n\n{entries}"))
    assert [(r.key, r.raw) for r in listed.references] == [("1", LINES[0]), ("hill", LINES[1])]
    latex = f"# References\n\\bibitem{{quist}} {LINES[0]}\n\\bibitem[Solo 2]{{solo}} {LINES[1]}\n"
    assert [r.key for r in references_of(markdown(latex)).references] == ["quist", "solo"]


def wrapped(line: str, indent: str) -> str:
    words = line.split(" ")
    middle = len(words) // 2
    return " ".join(words[:middle]) + "\n" + indent + " ".join(words[middle:])


UNNUMBERED = {
    "one a line": "\n".join(LINES),
    "paragraphs": "\n\n".join(LINES),
    "bullets": "\n".join(f"- {line}" for line in LINES),
    "hanging": "\n".join(wrapped(line, "    ") for line in LINES),
    "wrapped paragraphs": "\n\n".join(wrapped(line, "") for line in LINES),
    "wrapped lines": "\n".join(wrapped(line, "") for line in LINES),
}


@pytest.mark.parametrize("name", UNNUMBERED)
def test_lists_without_numbers(name: str) -> None:
    text = f"Words.\n\n## Bibliographie\n\n{UNNUMBERED[name]}\n\n## Anhang\n\nMehr Worte (2001).\n"
    listed = references_of(markdown(text))
    assert [" ".join(r.raw.split()) for r in listed.references] == list(LINES)
    assert [(r.key, r.number) for r in listed.references] == [("1", None), ("2", None), ("3", None)]
    assert [r.year.value for r in listed.references if r.year] == [2001, 2002, 2003]


def test_numbered_entries_over_several_lines() -> None:
    entries = "\n".join(f"{n}. {wrapped(line, '   ')}" for n, line in enumerate(LINES, 1))
    listed = references_of(markdown(f"# References\n{entries}\n\nWritten in spring.\n"))
    assert [" ".join(r.raw.split()) for r in listed.references] == list(LINES)


def test_a_year_that_begins_a_line_is_no_number() -> None:
    broken = "Quist, A. Oats and sleep. Journal of Oats,\n2001. Vol. 3."
    text = f"# References\n1. {broken}\n2. {LINES[1]}\n"
    assert [r.number for r in references_of(markdown(text)).references] == [1, 2]


def test_the_last_of_several_lists_counts() -> None:
    text = f"# One\n\n## References\n\n1. {LINES[0]}\n\n# Two\n\n## References\n\n1. {LINES[1]}\n"
    listed = references_of(markdown(text))
    assert [r.raw for r in listed.references] == [LINES[1]]
    assert listed.notes == ("other reference lists, not audited, begin at line 3",)


def test_a_heading_in_the_middle_without_entries_is_no_list() -> None:
    text = f"# Sources\n\nWe looked everywhere.\n\n# References\n\n1. {LINES[0]}\n2. {LINES[1]}\n"
    assert len(references_of(markdown(text)).references) == 2


def test_numbered_advice_is_no_list_of_references() -> None:
    text = "1. Eat well.\n2. Sleep well.\n3. Walk for 20 minutes.\n"
    assert references_of(markdown(text)).found_by == "nothing"


def test_nothing_but_identifiers() -> None:
    text = "10.5555/one\nhttps://doi.org/10.5555/TWO.\ndoi: 10.5555/three\n"
    listed = references_of(markdown(text))
    assert listed.found_by == "identifiers"
    dois = [r.doi.value for r in listed.references if r.doi]
    assert dois == ["10.5555/one", "10.5555/two", "10.5555/three"]


def test_every_layout_is_taken_somewhere() -> None:
    assert [way.__name__ for way, _ in LAYOUTS] == [
        "numbered",
        "bulleted",
        "hanging",
        "paragraphs",
        "one_a_line",
    ]


def test_labels_keep_their_length() -> None:
    label = label_of("  - [12] Quist")
    assert label is not None
    assert (label.key, label.number, label.length, label.sure) == ("12", 12, 9, True)
    assert label_of("Quist 12. A") is None
