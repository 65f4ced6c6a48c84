"""A small SYNTHETIC workspace for tests: invented trials, nothing in it is real."""

from __future__ import annotations

from pathlib import Path

OUTCOMES = """\
# SYNTHETIC: invented for tests
outcomes:
  - id: cold
    labels:
      en: {text: at least one cold, object: the risk of a cold}
      nl: {text: minstens één verkoudheid, object: de kans op een verkoudheid}
    type: binary
    desirable: lower
    event_is: harm
    time_frame: 12 weeks
"""

STUDY = """\
# SYNTHETIC: invented for tests
id: {id}
label: {label}
year: {year}
design: parallel
reports:
  - {{doi: "10.5555/{id}", role: primary}}
population: {{text: invented people, age: {age}}}
arms:
  - {{id: active, role: intervention, text: active, tags: {{live: {live}}}}}
  - {{id: placebo, role: comparator, text: placebo}}
results:
  - outcome: cold
    timepoint: 12 weeks
    reading: own_report
    arms:
      active: {{events: {e1}, total: {n1}}}
      placebo: {{events: {e2}, total: {n2}}}
    source: {{report: "10.5555/{id}", locator: T2, reported: "{e1}/{n1} v {e2}/{n2}", basis: read}}
"""

PLAN = """\
# SYNTHETIC: invented for tests
id: colds
question:
  population: {en: invented people, nl: verzonnen mensen}
  intervention: {en: active, nl: actief}
  comparator: {en: placebo, nl: placebo}
  outcome: cold
measure: RR
sensitivity:
  - leave-one-out
  - id: dl
    name: {en: DerSimonian-Laird, nl: DerSimonian-Laird}
    model: {tau2: DL, ci: wald, prediction: V}
certainty:
  baseline_risk:
    - id: typical
      label: {en: median of the comparator arms, nl: mediaan van de controlegroepen}
      derive: median_of_comparator_arms
      source: computed from the pooled trials
labels:
  en: {title: Active and colds, intervention: active, comparator: placebo}
  nl: {title: Actief en verkoudheden, intervention: actief, comparator: placebo}
"""

STUDIES = (
    {"id": "adams-2001", "label": "Adams 2001", "year": 2001, "age": "adults", "live": "true",
     "e1": 12, "n1": 60, "e2": 20, "n2": 58},
    {"id": "baker-2004", "label": "Baker 2004", "year": 2004, "age": "children", "live": "true",
     "e1": 30, "n1": 110, "e2": 41, "n2": 112},
    {"id": "clark-2010", "label": "Clark 2010", "year": 2010, "age": "adults", "live": "false",
     "e1": 9, "n1": 45, "e2": 8, "n2": 44},
    {"id": "davis-2015", "label": "Davis 2015", "year": 2015, "age": "children", "live": "true",
     "e1": 25, "n1": 90, "e2": 44, "n2": 93},
)  # fmt: skip


def write(root: Path, name: str, text: str) -> Path:
    """Write a file of a workspace, making its folder."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def small_workspace(root: Path) -> Path:
    """Four trials, one outcome, one plan; returns *root*."""
    write(root, "studies/outcomes.yaml", OUTCOMES)
    for study in STUDIES:
        write(root, f"studies/{study['id']}.yaml", STUDY.format(**study))
    write(root, "analyses/colds.yaml", PLAN)
    return root
