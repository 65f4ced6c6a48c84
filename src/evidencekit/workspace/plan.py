"""An analysis plan: question, selection, model, sensitivity and certainty judgements.

A plan is fixed before a number is computed: nothing here is read from the
environment, and every default is written down in this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from evidencekit.workspace.fields import SLUG, Printed, Reading, Text, key

Judgement = Literal[
    "not_assessed", "not_serious", "serious", "very_serious", "extremely_serious",
    "undetected", "strongly_suspected",
]  # fmt: skip
DOMAINS = ("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Population, intervention, comparator and outcome."""

    population: Text = key("who, by language")
    intervention: Text = key("what, by language")
    comparator: Text = key("against what, by language")
    outcome: str = key("an outcome of studies/outcomes.yaml", pattern=SLUG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A study named in a plan, and why."""

    study: str = key("study id", pattern=SLUG)
    why: Text | str = key("the reason, by language or as one text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """Which studies enter."""

    where: str = key(
        "condition over the data model; empty: every study with the outcome", default=""
    )
    why: Text | str = key("the condition in words, given as the reason for leaving out", default="")
    exclude: tuple[Named, ...] = key("studies left out by name, with the reason", default=())
    show_only: tuple[Named, ...] = key("studies drawn but not pooled, with the reason", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A particular result chosen for a study that has several readings."""

    study: str = key("study id", pattern=SLUG)
    result: str = key("result id", pattern=SLUG)
    why: str = key("the reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Which of several readings of a quantity is used."""

    prefer: tuple[Reading, ...] = key("in order of preference", default=(Reading("own_report"),))
    choose: tuple[Choice, ...] = key("results chosen by name", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastChoice:
    """Which arms are compared."""

    intervention: str = key("condition on an arm", default='role == "intervention"')
    comparator: str = key("condition on an arm", default='role == "comparator"')
    multi_arm: Literal["combine", "refuse"] = key(
        "several arms on one side: combined into one group, or the run ends with a message",
        default="combine",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The statistical model; always named, never implied."""

    effects: Literal["random", "common"] = key("random-effects or common-effect", default="random")
    tau2: str = key("between-study variance estimator", default="REML")
    ci: str = key("interval method of the pooled estimate", default="HKSJ")
    prediction: str = key("prediction interval method, or none", default="HK")
    level: float = key("coverage of intervals", default=0.95)
    subgroup_tau2: Literal["separate", "common"] = key(
        "between-study variance per subgroup or shared", default="separate"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange:
    """What a variation changes in the model; null leaves it as it is."""

    effects: Literal["random", "common"] | None = key("random or common effect", default=None)
    tau2: str | None = key("between-study variance estimator", default=None)
    ci: str | None = key("interval method of the pooled estimate", default=None)
    prediction: str | None = key("prediction interval method, or none", default=None)
    level: float | None = key("coverage of intervals", default=None)
    subgroup_tau2: Literal["separate", "common"] | None = key(
        "between-study variance per subgroup or shared", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroCellPolicy:
    """What happens to studies with no events in an arm."""

    add: float = key("added to each cell", default=0.5)
    to: Literal["only_zero", "all", "none"] = key("to which studies", default="only_zero")
    double_zero: Literal["drop", "keep"] = key(
        "studies without events in both arms", default="drop"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """A variation of the plan: only what it names is changed."""

    name: Text | str = key("what is varied, by language or as one text")
    id: str = key("identifier used in results and file names", pattern=SLUG)
    where: str | None = key("replaces select.where", default=None)
    exclude: tuple[str, ...] = key("further studies left out", default=())
    pool: tuple[str, ...] = key("show-only or excluded studies pooled here", default=())
    readings: Readings | None = key("replaces readings", default=None)
    model: ModelChange | None = key("changes to the model; the rest stays", default=None)
    measure: str | None = key("replaces measure", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published pooled result: drawn as a reference row, never pooled."""

    label: str = key('"Li 2020"')
    doi: str = key("DOI of the review, quoted", default="", pattern=r"10\.\d{4,9}/\S+")
    pmid: str = key("PubMed identifier", default="", pattern=r"\d{1,8}")
    estimate: Printed = key("as printed")
    ci: tuple[Printed, Printed] = key("as printed: [low, high]")
    measure: str = key("measure, if not the plan's", default="")
    locator: str = key("where it stands", default="")
    note: str = key("model, number of trials, what differs", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduces:
    """A published result that this analysis re-runs, and how close it must come."""

    label: str = key('"Goodman 2021"')
    doi: str = key("DOI, quoted", default="", pattern=r"10\.\d{4,9}/\S+")
    estimate: Printed = key("as printed")
    ci: tuple[Printed, Printed] = key("as printed: [low, high]")
    i2: Printed | None = key("I-squared in percent, as printed", default=None)
    with_sensitivity: str = key("id of the sensitivity row that uses its model", default="")
    tolerance: float | None = key(
        "largest difference allowed; null: the printed digits", default=None
    )
    note: str = key("why it may differ", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRisk:
    """A risk in the comparator group, with its source, for absolute effects."""

    id: Literal["low", "typical", "high"] = key("which of up to three")
    label: Text | str = key("what it stands for")
    value: float | None = key("risk between 0 and 1; null with derive", default=None)
    derive: Literal["median_of_comparator_arms"] | None = key(
        "computed from the trials of this analysis instead of given", default=None
    )
    source: Text | str = key("doi, or how it was obtained, by language or as one text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What difference matters to people; without it the null is the threshold."""

    type: Literal["null", "mid"] = key(
        "compared with no effect or with an important difference", default="null"
    )
    value: float | None = key("important difference in risk (absolute) or in units", default=None)
    source: str = key("who set it", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A GRADE domain as judged by a named person; software never fills this."""

    judgement: Judgement = key("the judgement", default="not_assessed")
    by: str = key("who", default="")
    on: date | None = key("when", default=None)
    rationale: Text | str = key("why", default="")
    borderline: bool = key("close call", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """GRADE judgements on this body of evidence."""

    profile: Literal["core-grade-2025", "grade-34-35", "legacy-2011"] = key(
        "guidance followed", default="core-grade-2025"
    )
    start: Literal["high", "low"] = key(
        "starting level: high for randomised trials", default="high"
    )
    thresholds: Thresholds = key("what difference matters", default=Thresholds())
    baseline_risk: tuple[BaselineRisk, ...] = key("risks for absolute effects", default=())
    domains: dict[str, Domain] = key("judgements by domain", factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The search that found the studies, repeated by ``evidencekit watch``."""

    query: str = key("the search, in PubMed's own language")
    screened_to: date | None = key(
        "day up to which what it finds has been screened; the first watch begins there, or with "
        "everything when null",
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLabels:
    """Words of this analysis in one language."""

    title: str = key("title of figures and tables")
    intervention: str = key("short name of the intervention, for columns and favours labels")
    comparator: str = key("short name of the comparator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An analysis plan file."""

    id: str = key("identifier, equal to the file name", pattern=SLUG)
    question: Question = key("the question")
    search: Search | None = key("the search to repeat for new studies", default=None)
    select: Select = key("which studies", default=Select())
    readings: Readings = key("which readings", default=Readings())
    contrast: ContrastChoice = key("which arms", default=ContrastChoice())
    measure: str = key("effect measure")
    zero_cells: ZeroCellPolicy = key("studies with empty cells", default=ZeroCellPolicy())
    model: Model = key("the model", default=Model())
    subgroups: tuple[str, ...] = key("paths by which studies are grouped", default=())
    sensitivity: tuple[Sensitivity | Literal["leave-one-out"], ...] = key("variations", default=())
    compare_with: tuple[Published, ...] = key("published results drawn beside", default=())
    reproduces: tuple[Reproduces, ...] = key("published results re-run here", default=())
    certainty: Certainty = key("GRADE judgements", factory=Certainty)
    labels: dict[str, PlanLabels] = key("words by language; an analysis is rendered in each")
    notes: tuple[str, ...] = key("remarks printed in reports", default=())
