"""Every output of an audit: its form, its escaping, and fingerprints that do not move."""

from __future__ import annotations

import csv
import html.parser
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import replace

import pytest

from audit.matching.works import SHELF, Shelf
from evidencekit.audit.outputs.table import AUDIT_FORMATS
from evidencekit.audit.outputs.terminal import audit_text
from evidencekit.audit.outputs.words import shown
from evidencekit.audit.readers import read_bytes
from evidencekit.audit.result import DocumentAudit
from evidencekit.audit.run import audit_document
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.status import EditorialStatus

LIST = """\
It was measured [1], and said before [2].

## References

1. Prins A, Janssen-Diaz B, Hale C, Corrigan D. Measured sleep and the risk of catching a cold.
 Sleep. 2014;38(9):1353-1359. doi:10.5555/sleep.4968
2. Nobody A. =HYPERLINK("x") <script>alert(1)</script> | `code` in the nose. Rhinology. 2011;3:4-9.
 doi:10.5555/nowhere.1
"""


class Standing(Shelf):
    """The shelf, all of whose papers stand."""

    def prepare(self, dois: Iterable[str]) -> None:
        """Nothing to fetch: the shelf is at hand."""

    def status(self, record: BibliographicRecord) -> EditorialStatus:
        """No notice, says the one source asked."""
        return EditorialStatus(state="ok", answered=("crossref",))


def audited(text: str = LIST, file: str = "a b.md") -> DocumentAudit:
    """A text checked against the invented shelf."""
    return audit_document(read_bytes(text.encode(), file=file), Standing())


class Page(html.parser.HTMLParser):
    """What a browser would see: elements, links and anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_the_page_runs_and_loads_nothing() -> None:
    page = Page(AUDIT_FORMATS["html"]([audited()]))
    assert not {"script", "img", "link", "iframe", "object"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not {n for n in names if n.startswith("on")} | names & {"src", "style"}
    links = {value for name, value in page.attributes if name == "href"}
    assert {link for link in links if not link.startswith("#")} == {
        "https://doi.org/10.5555/sleep.4968"
    }
    anchors = {value for name, value in page.attributes if name == "id"}
    assert {link[1:] for link in links if link.startswith("#")} <= anchors


def test_the_policy_of_the_page_allows_its_own_style_only() -> None:
    import base64
    import hashlib

    text = AUDIT_FORMATS["html"]([audited()])
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert (
        f"content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none';"
        " form-action 'none'\"" in text
    )
    assert "url(" not in style
    assert "@import" not in style


def test_the_page_shows_both_values_and_escapes_them() -> None:
    text = AUDIT_FORMATS["html"]([audited()])
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    row = (
        '<th scope="row">year</th><td data-label="cited">2014</td><td data-label="record">2015</td>'
    )
    assert row in text
    assert "no notice known, according to crossref" in text
    for finding in audited().all_findings:
        assert f"{finding.severity} {finding.rule}" in text


def test_every_format_names_every_rule_and_is_the_same_twice() -> None:
    rules = {finding.rule for finding in audited().all_findings}
    assert rules >= {"EK111", "EK121"}
    for name, write in AUDIT_FORMATS.items():
        text = write([audited()])
        assert not {rule for rule in rules if rule not in text}, name
        assert text == write([audited()]), name
        assert text.endswith("\n"), name


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, by WCAG 2: (L1 + 0.05) / (L2 + 0.05)."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
        shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_text_has_enough_contrast_in_light_dark_and_print() -> None:
    import re

    style = AUDIT_FORMATS["html"]([audited()]).partition("<style>")[2]
    palettes = [dict(re.findall(r"--(\w+): (#\w+)", block)) for block in style.split(":root")[1:]]
    assert len(palettes) == 3
    for colours in palettes:
        for name in ("ink", "muted", "good", "bad", "odd", "calm"):
            for ground in ("page", "band"):
                assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    assert contrast("#000", "#fff") == pytest.approx(21)


def test_sarif_has_what_its_standard_requires() -> None:
    log = json.loads(AUDIT_FORMATS["sarif"]([audited()]))
    assert (log["version"], set(log)) == ("2.1.0", {"$schema", "version", "runs"})
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        physical = result["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == "a%20b.md"
        region = physical.get("region", {"startLine": 1})
        assert min(region.values()) >= 1
        assert region.get("endColumn", 10**6) > region.get("startColumn", 0)
        assert "suppressions" not in result


def prints(audit: DocumentAudit) -> list[str]:
    """The fingerprints of an audit's SARIF results, sorted."""
    results = json.loads(AUDIT_FORMATS["sarif"]([audit]))["runs"][0]["results"]
    return sorted(result["partialFingerprints"]["evidencekit/1"] for result in results)


def test_fingerprints_stay_when_lines_move_and_differ_between_findings() -> None:
    before = prints(audited())
    assert len(set(before)) == len(before)
    assert prints(audited("# A title\n\nMore.\n\n" + LIST)) == before
    assert prints(audited(LIST.replace("Rhinology", "Rhinitis"))) != before


# The elements and attributes of junit-10.xsd, which Jenkins and pytest use.
JUNIT = {
    "testsuites": ({"testsuite"}, set(), set()),
    "testsuite": (
        {"testcase"},
        {"name", "tests", "failures", "errors"},
        {"skipped", "time", "timestamp", "hostname", "id", "package"},
    ),
    "testcase": ({"failure", "system-out"}, {"name"}, {"time", "classname"}),
    "failure": (set(), set(), {"type", "message"}),
    "system-out": (set(), set(), set()),
}


def test_junit_has_the_form_of_its_schema() -> None:
    root = ET.fromstring(AUDIT_FORMATS["junit"]([audited()]))
    assert root.tag == "testsuites"
    for element in root.iter():
        children, required, optional = JUNIT[element.tag]
        assert {child.tag for child in element} <= children
        assert required <= set(element.attrib) <= required | optional
    suite = root[0]
    assert int(suite.attrib["tests"]) == len(suite) == 3
    assert int(suite.attrib["failures"]) == len(root.findall(".//failure")) >= 1


def test_junit_leaves_out_what_xml_cannot_hold() -> None:
    audit = audited()
    finding = replace(audit.all_findings[0], message="a\x00b\x1bc\ud800d", severity="error")
    root = ET.fromstring(AUDIT_FORMATS["junit"]([replace(audit, findings=(finding,))]))
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.attrib["message"] == "abcd"


def test_no_cell_is_a_formula() -> None:
    audit = audited()
    finding = replace(audit.all_findings[0], message="=1+1", cited="@SUM(A1)", found="-2")
    rows = list(
        csv.DictReader(io.StringIO(AUDIT_FORMATS["csv"]([replace(audit, findings=(finding,))])))
    )
    assert (rows[0]["message"], rows[0]["cited"], rows[0]["found"]) == ("'=1+1", "'@SUM(A1)", "'-2")
    assert not [c for row in rows for c in row.values() if c[:1] in tuple("=+-@\t\r") and c]


def test_markdown_shows_text_as_it_is() -> None:
    audit = audited()
    finding = replace(audit.all_findings[0], rule="EK121", message="a|b <i>*c*</i>\n# d `e`")
    text = AUDIT_FORMATS["md"]([replace(audit, findings=(finding,))])
    assert r"a\|b \<i\>\*c\*\</i\> # d \`e\`" in text


def test_json_has_the_keys_of_its_schema() -> None:
    data = json.loads(AUDIT_FORMATS["json"]([audited()]))
    assert set(data) >= {"schema", "file", "references", "findings", "claims", "sources"}
    assert data["schema"] == "evidencekit.audit/1"
    first = data["references"][0]
    assert set(first) >= {"number", "line", "raw", "cited", "identity", "status", "findings"}
    assert set(first["identity"]) >= {"verdict", "doi", "pmid", "score", "margin"}
    assert set(first["findings"][0]) >= {
        "rule", "severity", "field", "cited", "found", "message", "fix",
    }  # fmt: skip
    assert data["sources"]["crossref"] == "editorial status of 1 reference"


@pytest.mark.parametrize("width", [40, 80, 100, 140])
def test_nothing_runs_over_the_edge_of_a_terminal(width: int) -> None:
    lines = audit_text([audited()], width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert not [line for line in lines if line != line.rstrip()]
    assert "\x1b" not in "".join(lines)
    assert ("paper" in lines[2]) is (width >= 120)


def test_a_terminal_is_not_steered_by_a_title() -> None:
    assert shown("a\x1b[2Jb\u202ec\td\x9be") == "a\ufffd[2Jb\ufffdc d\ufffde"
    hostile = audited(LIST.replace("in the nose", "in \x1b[31mthe nose"))
    assert "\x1b" not in audit_text([hostile], width=100)


def test_the_shelf_has_the_paper_that_is_cited() -> None:
    assert SHELF[0].doi == "10.5555/sleep.4968"
    verdicts = [r.judged.identity.verdict for r in audited().references]
    assert verdicts == ["confirmed", "not-found"]
