"""Every rule, produced by one mistake in a clean workspace, with its whole message.

``messages.txt`` beside this file holds the text of all findings of each case.
To add a case, add a row to CASES, run this file as a script, and read what it
wrote before committing it::

    python tests/workspace/test_messages.py
"""

# ruff: noqa: E501 - one case per line reads best

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from evidencekit.errors import Finding
from evidencekit.workspace.checks.run import STRICT_CHECKS, WORKSPACE_CHECKS
from evidencekit.workspace.rules import RULES
from evidencekit.workspace.workspace import load_workspace

GOLDEN = Path(__file__).with_name("messages.txt")
SOURCE = Path(__file__).parents[2] / "src" / "evidencekit" / "workspace"

OUTCOMES = """\
outcomes:
  - id: cold
    labels: {en: {text: a cold}, nl: {text: een verkoudheid}}
    type: binary
    desirable: lower
    event_is: harm
  - id: pain
    labels: {en: {text: pain score}, nl: {text: pijnscore}}
    type: continuous
    desirable: lower
"""
HART = """\
id: hart-2019
label: SYNTHETIC Hart 2019
year: 2019
design: parallel
funding: public
country: [NO]
reports:
  - {doi: "10.1000/x", pmid: 12345, role: primary}
population: {text: invented people, age: adults, setting: community, tags: {region: north}}
arms:
  - {id: probiotic, role: intervention, text: active, tags: {live: true}}
  - {id: placebo, role: comparator, text: placebo}
results:
  - id: main
    outcome: cold
    timepoint: 12 weeks
    reading: own_report
    analysis_set: itt
    arms:
      probiotic: {events: 31, total: 60}
      placebo: {events: 40, total: 61}
    source: {report: "10.1000/x", locator: Table 2, reported: "31/60 v 40/61", basis: read}
  - outcome: pain
    reading: own_report
    analysis_set: itt
    arms:
      probiotic: {mean: 3.10, sd: 1.2, total: 60}
      placebo: {mean: 3.4, sd: 1.3, total: 61}
    estimate:
      measure: RR
      value: 0.78
      ci: [0.66, 0.90]
      p: "<0.001"
      arms: [probiotic, placebo]
    source: {report: "10.1000/x", locator: Table 3, reported: "3.10 v 3.4", basis: read}
risk_of_bias:
  - tool: rob2@2019-08-22
    outcome: cold
    by: A. Person
    on: 2026-01-31
    status: final
"""
IVES = HART.replace("hart-2019", "ives-2020").replace("Hart 2019", "Ives 2020")
IVES = IVES.replace("10.1000/x", "10.1000/y").replace("12345", "12346").replace("2019\n", "2020\n")
PLAN = """\
id: colds
question:
  population: {en: people, nl: mensen}
  intervention: {en: active, nl: actief}
  comparator: {en: placebo, nl: placebo}
  outcome: cold
select:
  where: arms.intervention.tags.live == true and year >= 2000
  exclude: []
  show_only: []
contrast: {intervention: role == "intervention"}
measure: RR
model: {tau2: REML, ci: HKSJ, prediction: HK, level: 0.95}
zero_cells: {add: 0.5}
subgroups: [population.age]
sensitivity:
  - leave-one-out
  - {id: wald, name: Wald interval, model: {ci: wald}}
compare_with:
  - {label: Li 2020, doi: "10.1000/li", estimate: 0.77, ci: [0.68, 0.87]}
reproduces:
  - {label: Li 2020, estimate: 0.77, ci: [0.68, 0.87], i2: 12, with_sensitivity: wald}
certainty:
  baseline_risk:
    - {id: typical, label: usual, value: 0.2, source: a cohort}
  domains:
    inconsistency: {judgement: serious, by: A. Person, on: 2026-01-31, rationale: intervals miss}
labels:
  en: {title: Colds, intervention: active, comparator: placebo}
  nl: {title: Verkoudheid, intervention: actief, comparator: placebo}
"""
CLAIMS = """\
- id: fewer
  section: Colds
  cites: ["5"]
  says: a quarter fewer colds
  mentions: [colds]
  kind: relative_change
  value: 25
  unit: percent
  direction: lower
  evidence:
    - {role: cited, analysis: colds}
    - {role: other, study: hart-2019, outcome: cold, measure: RR}
    - role: other
      label: Li 2020
      doi: "10.1000/li"
      measure: RR
      estimate: 0.77
      ci: [0.68, 0.87]
      locator: abstract
      seen_at: https://doi.org/10.1000/li
  judgement: {verdict: holds, why: it does, source: Li 2020, by: A. Person, on: 2026-01-31, status: final}
- {id: safe, section: Colds, says: it is safe, kind: statement}
"""
CLEAN = {
    "studies/outcomes.yaml": OUTCOMES,
    "studies/hart-2019.yaml": HART,
    "studies/ives-2020.yaml": IVES,
    "analyses/colds.yaml": PLAN,
    "articles/colds.claims.yaml": CLAIMS,
}
STUDY, PLAN_FILE, VOCABULARY, CLAIMS_FILE = (
    "studies/hart-2019.yaml",
    "analyses/colds.yaml",
    "studies/outcomes.yaml",
    "articles/colds.claims.yaml",
)


class Case(NamedTuple):
    """One mistake: *old* becomes *new* in a file (an *old* of None replaces the whole file)."""

    name: str
    codes: str
    file: str
    old: str | None
    new: str | bytes | None
    strict: bool = False


EVENTS = "probiotic: {events: 31, total: 60}"
PAIN = "{mean: 3.10, sd: 1.2, total: 60}"

CASES = (
    # Files and YAML
    Case("link that leads nowhere", "EK001", "studies/gone.yaml", None, None),
    Case("latin-1", "EK002", STUDY, None, b"id: caf\xe9\n"),
    Case("utf-16", "EK002", STUDY, None, "id: x\n".encode("utf-16")),
    Case("binary", "EK003", STUDY, None, b"\x89PNG\x00\x00"),
    Case("control character", "EK003", STUDY, "label: ", "label: \x07"),
    Case("empty file", "EK004", PLAN_FILE, None, "# nothing yet\n"),
    Case("bracket not closed", "EK006", STUDY, "country: [NO]", "country: [NO"),
    Case("quote not closed", "EK006", STUDY, '"10.1000/x", pmid', '"10.1000/x, pmid'),
    Case("colon in a text", "EK006", STUDY, "label: ", "label: Trial: "),
    Case("key without colon", "EK006", STUDY, "year: 2019", "year 2019"),
    Case("at sign", "EK006", STUDY, "year: 2019", "year: @2019"),
    Case("tab", "EK007", STUDY, "    timepoint", "\ttimepoint"),
    Case("duplicate key", "EK008", STUDY, "funding: public", "funding: public\nyear: 2020"),
    Case("cut DOI", "EK009", STUDY, 'doi: "10.1000/x"', "citation: 10.1000/x #2"),
    Case("comment after an address", "EK009", STUDY, "funding: public", "note: http://x.nl/ # y\nfunding: public"),
    Case("anchor and alias", "EK010", STUDY, "placebo: {events: 40, total: 61}", "placebo: &a {events: 40, total: 61}\n      x: *a"),
    Case("merge key", "EK010", STUDY, "tags: {live: true}", "tags: {<<: {live: true}}"),
    Case("tag", "EK011", STUDY, "year: 2019", "year: !!int 2019"),
    Case("two documents", "EK012", STUDY, "funding: public", "funding: public\n---\nid: x"),
    Case("too deep", "EK013", STUDY, "funding: public", "note: " + "[" * 50),
    Case("complex key", "EK014", STUDY, "tags: {live: true}", "tags: {[a]: b, live: true}"),
    Case("no outcomes", "EK015", VOCABULARY, None, None),
    Case("plan among the studies", "EK016", STUDY, None, PLAN),
    Case("yml", "EK017", "studies/other.yml", None, "id: other\n"),
    # Numbers
    Case("percent", "EK020", STUDY, EVENTS, "probiotic: {percent: 131, total: 60}"),
    Case("proportion", "EK020", STUDY, EVENTS, "probiotic: {proportion: 31, total: 60}"),
    Case("half an event", "EK021", STUDY, "events: 31", "events: 31.5"),
    Case("negative", "EK021", STUDY, "events: 31", "events: -31"),
    Case("sd of zero", "EK022", STUDY, "sd: 1.2", "sd: 0"),
    Case("events exceed total", "EK023", STUDY, "events: 31", "events: 61"),
    Case("limits swapped", "EK024", STUDY, "[0.66, 0.90]", "[0.90, 0.66]"),
    Case("estimate outside", "EK025", STUDY, "value: 0.78", "value: 0.98"),
    Case("negative ratio", "EK026", STUDY, "value: 0.78", "value: -0.25"),
    Case("events alone", "EK027", STUDY, EVENTS, "probiotic: {events: 31}"),
    Case("percent beside counts", "EK028", STUDY, "total: 60}\n", "total: 60, percent: 51.3}\n"),
    Case("no data", "EK029", STUDY, "    arms:\n      probiotic: {events: 31, total: 60}\n      placebo: {events: 40, total: 61}\n", ""),
    Case("level in percent", "EK030", PLAN_FILE, "level: 0.95", "level: 95"),
    Case("twice", "EK031", STUDY, "outcome: pain", "outcome: cold\n    timepoint: 24 weeks"),
    Case("quantiles", "EK032", STUDY, PAIN, "{median: 3, q1: 4, q3: 5, total: 60}"),
    Case("p", "EK033", STUDY, '"<0.001"', "1.5"),
    # Shape
    Case("missing key", "EK040", STUDY, "design: parallel\n", ""),
    Case("missing key in braces", "EK040", STUDY, ", basis: read}\n  - outcome", "}\n  - outcome"),
    Case("unknown key", "EK041", STUDY, "funding:", "fundnig:"),
    Case("list for a value", "EK042", STUDY, "funding: public", "funding: [public]"),
    Case("value for a list", "EK042", STUDY, "country: [NO]", "country: NO"),
    Case("not a number", "EK043", STUDY, "events: 31", "events: about 31"),
    Case("decimal comma", "EK044", STUDY, "mean: 3.10", 'mean: "3,10"'),
    Case("middle dot", "EK044", STUDY, "mean: 3.10", "mean: 3·10"),
    Case("thousands", "EK044", STUDY, "total: 60}\n", 'total: "1,060"}\n'),
    Case("percent sign", "EK044", STUDY, EVENTS, "probiotic: {percent: 31%, total: 60}"),
    Case("leading zero", "EK045", STUDY, "events: 31", "events: 031"),
    Case("word", "EK046", STUDY, "design: parallel", "design: paralel"),
    Case("identifier", "EK047", PLAN_FILE, "{id: wald,", "{id: Wald Interval,"),
    Case("pmid", "EK047", STUDY, "pmid: 12345", "pmid: PMC12345"),
    Case("doi with address", "EK048", STUDY, 'doi: "10.1000/x"', 'doi: "https://doi.org/10.1000/x"'),
    Case("doi with full stop", "EK048", STUDY, 'doi: "10.1000/x"', 'doi: "10.1000/x."'),
    Case("number for text", "EK049", STUDY, "timepoint: 12 weeks", "timepoint: 12"),
    Case("word for text", "EK049", STUDY, "setting: community", "setting: true"),
    Case("no value", "EK050", STUDY, "timepoint: 12 weeks", "timepoint:"),
    Case("day first", "EK051", STUDY, "2026-01-31", "31-01-2026"),
    Case("no such day", "EK051", STUDY, "2026-01-31", "2026-02-31"),
    Case("yes", "EK052", STUDY, "analysis_set: itt\n    arms:\n      probiotic: {e", "effective: yes\n    arms:\n      probiotic: {e"),
    Case("comma in an interval", "EK053", STUDY, "[0.66, 0.90]", "[0,66, 0,90]"),
    Case("p in words", "EK054", STUDY, '"<0.001"', "NS"),
    Case("p with p", "EK054", STUDY, '"<0.001"', '"P<0.001"'),
    Case("reading", "EK055", STUDY, "reading: own_report\n    analysis_set: itt\n    arms:\n      probiotic: {e", "reading: as_printed\n    arms:\n      probiotic: {e"),
    # Identifiers and references
    Case("file name", "EK060", STUDY, "id: hart-2019", "id: hart-2018"),
    Case("arm id twice", "EK061", STUDY, "id: placebo, role", "id: probiotic, role"),
    Case("doi twice", "EK062", STUDY, 'doi: "10.1000/x", pmid: 12345', 'doi: "10.1000/Y", pmid: 12345'),
    Case("outcome", "EK063", STUDY, "outcome: cold\n    timepoint", "outcome: colds\n    timepoint"),
    Case("arm", "EK064", STUDY, "probiotic: {events", "probiotics: {events"),
    Case("arm of an estimate", "EK064", STUDY, "arms: [probiotic, placebo]", "arms: [probiotic, control]"),
    Case("study", "EK065", PLAN_FILE, "exclude: []", "exclude: [{study: hart-2018, why: ''}]"),
    Case("report", "EK066", STUDY, 'report: "10.1000/x", locator: Table 2', 'report: "10.1000/xx", locator: Table 2'),
    Case("preferred report", "EK066", PLAN_FILE, "zero_cells:", 'readings: {prefer: [{as_printed_in: "10.9/q"}]}\nzero_cells:'),
    Case("result", "EK067", PLAN_FILE, "zero_cells:", "readings: {choose: [{study: hart-2019, result: mian, why: y}]}\nzero_cells:"),
    Case("report without identifier", "EK069", STUDY, "role: primary}", "role: primary}\n  - {role: erratum}"),
    # Strict
    Case("no doi", "EK070", STUDY, "role: primary}", "role: review}\n  - {url: x.nl}", strict=True),
    Case("recalled", "EK071", STUDY, "role: primary}", "role: primary, status: recalled}", strict=True),
    Case("year", "EK072", STUDY, "year: 2019\n", "", strict=True),
    Case("analysis set", "EK073", STUDY, "analysis_set: itt\n    arms:\n      probiotic: {e", "arms:\n      probiotic: {e", strict=True),
    Case("draft", "EK074", STUDY, "status: final", "status: draft", strict=True),
    # Plans
    Case("single equals sign", "EK080", PLAN_FILE, "live == true", "live = true"),
    Case("text without quotes", "EK080", PLAN_FILE, "year >= 2000", "design == parallel"),
    Case("quoted condition", "EK080", PLAN_FILE, "where: arms.intervention.tags.live == true and year >= 2000", "where: 'year => 2000'"),
    Case("path", "EK081", PLAN_FILE, "year >= 2000", "yaer >= 2000"),
    Case("unknown tag", "EK081", PLAN_FILE, "tags.live", "tags.alive"),
    Case("list with ==", "EK081", PLAN_FILE, "year >= 2000", 'country == "NO"'),
    Case("tag that is a list in one study", "EK081", STUDY, "tags: {live: true}", "tags: {live: [true]}"),
    Case("tag in order with a text", "EK081", PLAN_FILE, "year >= 2000", "population.tags.region > 3"),
    Case("impossible value", "EK081", PLAN_FILE, "year >= 2000", 'design == "paralel"'),
    Case("subgroup", "EK081", PLAN_FILE, "[population.age]", "[population.gae]"),
    Case("method", "EK082", PLAN_FILE, "ci: HKSJ", "ci: HSKJ"),
    Case("language", "EK083", PLAN_FILE, "{en: active, nl: actief}", "{en: active}"),
    Case("risk twice", "EK084", PLAN_FILE, "value: 0.2,", "value: 0.2, derive: median_of_comparator_arms,"),
    Case("unsigned", "EK085", PLAN_FILE, "by: A. Person, ", ""),
    Case("words of another domain", "EK086", PLAN_FILE, "judgement: serious", "judgement: undetected"),
    Case("domain", "EK087", PLAN_FILE, "inconsistency:", "inconsistencies:"),
    Case("row", "EK088", PLAN_FILE, "with_sensitivity: wald", "with_sensitivity: wlad"),
    Case("harm that is better higher", "EK089", VOCABULARY, "desirable: lower\n    event_is", "desirable: higher\n    event_is"),
    Case("same label, other way", "EK089", VOCABULARY, "pain score}, nl: {text: pijnscore}}\n    type: continuous\n    desirable: lower", "a cold}}\n    type: continuous\n    desirable: higher"),
    Case("measure of another type", "EK091", PLAN_FILE, "measure: RR", "measure: MD"),
    Case("pool without effect", "EK092", PLAN_FILE, "model: {ci: wald}}", "pool: [hart-2019]}"),
    Case("no such value", "EK093", PLAN_FILE, "year >= 2000", 'population.tags.region == "nort"'),
    # Claims
    Case("claims are no list", "EK042", CLAIMS_FILE, None, "id: fewer\nsays: fewer colds\n"),
    Case("claims end otherwise", "EK017", "articles/more.claims.yml", None, "- id: x\n"),
    Case("study among the articles", "EK016", "articles/hart.claims.yaml", None, HART),
    Case("claim twice", "EK061", CLAIMS_FILE, "id: safe", "id: fewer"),
    Case("article with two files", "EK061", "articles/more/colds.claims.yaml", None, "- {id: a, section: b, says: c, kind: statement}\n"),
    Case("no such kind", "EK046", CLAIMS_FILE, "relative_change", "relative change"),
    Case("no such analysis", "EK068", CLAIMS_FILE, "analysis: colds", "analysis: cold"),
    Case("evidence of no such study", "EK065", CLAIMS_FILE, "study: hart-2019", "study: hart-2018"),
    Case("evidence of no such outcome", "EK063", CLAIMS_FILE, "outcome: cold,", "outcome: colds,"),
    Case("claim without a number", "EK094", CLAIMS_FILE, "  value: 25\n", ""),
    Case("number without a direction", "EK094", CLAIMS_FILE, "direction: lower", "direction: none"),
    Case("number with a sign", "EK094", CLAIMS_FILE, "value: 25", "value: -25"),
    Case("mentions are a sentence", "EK094", CLAIMS_FILE, "[colds]", "[colds, tea cuts colds]"),
    Case("claim of no size", "EK094", CLAIMS_FILE, "kind: statement", "kind: size"),
    Case("claimed range runs down", "EK024", CLAIMS_FILE, "value: 25", "value: 25\n  value_to: 20"),
    Case("evidence is nothing", "EK095", CLAIMS_FILE, "cited, analysis: colds", "cited"),
    Case("evidence is two things", "EK095", CLAIMS_FILE, "analysis: colds", 'analysis: colds, pmid: 1'),
    Case("study without a measure", "EK095", CLAIMS_FILE, ", measure: RR}", "}"),
    Case("estimate without a measure", "EK095", CLAIMS_FILE, "      measure: RR\n", ""),
    Case("claimed ratio is zero", "EK026", CLAIMS_FILE, "estimate: 0.77", "estimate: 0"),
    Case("evidence outside its interval", "EK025", CLAIMS_FILE, "estimate: 0.77", "estimate: 0.97"),
    Case("range runs down", "EK024", CLAIMS_FILE, "ci: [0.68, 0.87]", "range: [0.87, 0.68]"),
    Case("evidence without a place", "EK096", CLAIMS_FILE, "      locator: abstract\n", ""),
    Case("evidence recalled", "EK071", CLAIMS_FILE, "locator: abstract", "status: recalled\n      identifier: recalled", strict=True),
    Case("claim judged by one", "EK074", CLAIMS_FILE, "status: final", "status: draft", strict=True),
    Case("judgement without a name", "EK040", CLAIMS_FILE, "by: A. Person, ", ""),
    Case("empty search", "EK097", PLAN_FILE, "measure: RR", 'measure: RR\nsearch: {query: "  "}'),
    Case("search with an open quotation", "EK097", PLAN_FILE, "measure: RR", "measure: RR\nsearch: {query: 'colds[ti] AND \"zinc'}"),
    Case("search with an open bracket", "EK097", PLAN_FILE, "measure: RR", 'measure: RR\nsearch: {query: "(colds OR \\"a (\\" AND zinc[ti]"}'),
    Case("search that closes too much", "EK097", PLAN_FILE, "measure: RR", 'measure: RR\nsearch: {query: "colds) OR (flu[ti]"}'),
)  # fmt: skip


def build(root: Path, case: Case | None = None) -> Path:
    """The clean workspace, with one mistake."""
    files: dict[str, str | bytes | None] = dict(CLEAN)
    if case is not None and case.old is None:
        files[case.file] = case.new
    elif case is not None:
        text = CLEAN[case.file]
        assert case.old in text, case
        files[case.file] = text.replace(case.old, str(case.new), 1)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        elif name not in CLEAN:
            path.symlink_to(root / "nowhere")
    return root


def findings_of(root: Path, case: Case) -> list[Finding]:
    return list(load_workspace(build(root, case), strict=case.strict).findings)


def shown(findings: list[Finding]) -> str:
    return "\n".join(str(finding) for finding in findings)


def golden() -> dict[str, str]:
    parts = re.split(r"^## (.*)\n", GOLDEN.read_text(encoding="utf-8"), flags=re.M)[1:]
    return {name: text.rstrip("\n") for name, text in zip(parts[::2], parts[1::2], strict=True)}


def test_the_clean_workspace_has_no_findings(tmp_path: Path) -> None:
    loaded = load_workspace(build(tmp_path), strict=True)
    assert shown(list(loaded.findings)) == ""
    assert list(loaded.workspace.studies) == ["hart-2019", "ives-2020"]
    assert list(loaded.workspace.outcomes) == ["cold", "pain"]
    assert list(loaded.workspace.plans) == ["colds"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_message(tmp_path: Path, case: Case) -> None:
    findings = findings_of(tmp_path, case)
    assert case.codes in {finding.code for finding in findings}
    assert shown(findings) == golden()[case.name]


def test_the_design_example(tmp_path: Path) -> None:
    case = next(c for c in CASES if c.name == "events exceed total")
    assert shown(findings_of(tmp_path, case)) == (
        "EK023 studies/hart-2019.yaml:20:27  events exceed total\n"
        "   20 |       probiotic: {events: 61, total: 60}\n"
        "      |                           ^^ 61 of 60 - check Table 2 of 10.1000/x"
    )


def test_every_rule_has_a_case_and_every_code_a_rule() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    used = set()
    for path in SOURCE.rglob("*.py"):
        if not path.name.endswith("rules.py"):
            used |= set(re.findall(r'"(EK0\d\d)"', path.read_text(encoding="utf-8")))
    assert used == set(RULES)
    # A file of 32 MB is not written for every run; see test_yaml.py.
    assert {case.codes for case in CASES} | {"EK005"} == set(RULES)


def test_the_table_of_checks_names_the_codes_that_its_functions_raise() -> None:
    for check in (*WORKSPACE_CHECKS, *STRICT_CHECKS):
        assert set(check.codes) <= set(RULES)


if __name__ == "__main__":
    import tempfile

    blocks = []
    for each in CASES:
        with tempfile.TemporaryDirectory() as folder:
            blocks.append(f"## {each.name}\n{shown(findings_of(Path(folder), each))}\n")
    GOLDEN.write_text("\n".join(blocks), encoding="utf-8")
