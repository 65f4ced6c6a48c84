"""A study file: one trial, its reports, arms and results, each number with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from evidencekit.workspace.fields import SLUG, Printed, PValue, Reading, TagValue, key

Design = Literal["parallel", "crossover", "cluster", "factorial", "cohort", "non_randomised"]
Basis = Literal["read", "reconstructed", "from_review", "from_estimate"]
AnalysisSet = Literal["itt", "modified_itt", "per_protocol", "completers", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A paper, registry entry or page in which the study is reported."""

    doi: str = key("DOI, quoted, without https://doi.org/", default="", pattern=r"10\.\d{4,9}/\S+")
    pmid: str = key("PubMed identifier", default="", pattern=r"\d{1,8}")
    url: str = key("address, where there is no DOI or PMID", default="")
    citation: str = key("citation, where there is no identifier", default="")
    role: Literal["primary", "secondary", "registry", "review", "erratum"] = key(
        "what this report is to the study", default="primary"
    )
    status: Literal["seen", "recalled", "verified"] = key(
        "how sure the identifier is: seen on a page, recalled (unchecked), or verified by look-up",
        default="seen",
    )
    note: str = key("remark on the identifier", default="")

    @property
    def reference(self) -> str:
        """The first identifier there is: doi, pmid, url or citation."""
        return self.doi or (f"pmid:{self.pmid}" if self.pmid else "") or self.url or self.citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Who was studied."""

    text: str = key("who, in words")
    age: Literal["infants", "children", "adults", "older_adults", "mixed", "unclear"] = key(
        "age group", default="unclear"
    )
    setting: str = key("where: community, inpatient, outpatient, day care, ...", default="")
    tags: dict[str, TagValue] = key("further facts, by name", factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One randomised group (or exposure group) of the study."""

    id: str = key("identifier within the study", pattern=SLUG)
    role: Literal["intervention", "comparator", "other"] = key("what the arm is for")
    text: str = key("what was given, in words")
    dose: str = key("dose as stated", default="")
    duration: str = key("duration as stated", default="")
    combine: tuple[str, ...] = key(
        "ids of true arms that this arm mixes (as a review's row may do)", default=()
    )
    tags: dict[str, TagValue] = key("facts about the arm, by name", factory=dict)
    note: str = key("remark", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A spread whose kind the report leaves open."""

    value: Printed = key("the number printed after plus-minus or in brackets")
    kind: Literal["sd", "se", "unknown"] = key("what it is", default="unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmData:
    """What the report gives for one arm."""

    events: Printed | None = key("people (or episodes) with the event", default=None)
    total: Printed | None = key("people analysed", default=None)
    proportion: Printed | None = key(
        "proportion with the event, where no count is given", default=None
    )
    percent: Printed | None = key(
        "percentage with the event, where no count is given", default=None
    )
    person_time: Printed | None = key("person-time at risk", default=None)
    mean: Printed | None = key("mean", default=None)
    sd: Printed | None = key("standard deviation", default=None)
    se: Printed | None = key("standard error of the mean", default=None)
    spread: Spread | None = key("spread of unknown kind", default=None)
    median: Printed | None = key("median", default=None)
    q1: Printed | None = key("first quartile", default=None)
    q3: Printed | None = key("third quartile", default=None)
    min: Printed | None = key("minimum", default=None)
    max: Printed | None = key("maximum", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateData:
    """A printed estimate of one arm against another."""

    measure: Literal["RR", "OR", "HR", "RD", "IRR", "MD", "SMD"] = key("what was estimated")
    value: Printed = key("the estimate")
    ci: tuple[Printed, Printed] | None = key(
        "interval as printed: [low, high]; a derived one only with ci_derived", default=None
    )
    level: float = key("coverage of the interval", default=0.95)
    se: Printed | None = key("standard error, on the analysis scale", default=None)
    p: PValue | None = key("p-value as printed, with < or > if so printed", default=None)
    arms: tuple[str, str] = key("the two arms: [intervention, comparator]")
    adjusted: bool | None = key("adjusted for covariates (null: not stated)", default=None)
    scale: Literal["natural", "log"] = key(
        "scale on which value and ci are printed", default="natural"
    )
    ci_derived: str = key("how the interval was derived, if the report prints none", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where each number stands, not only its paper."""

    report: str = key("doi, pmid:... or url of one of the study's reports")
    seen_at: str = key("where the number was read, if not in the report itself", default="")
    locator: str = key("page, table, abstract")
    reported: str = key("as printed, word for word where possible")
    basis: Basis = key("how the data follow from what is printed")
    unique: Literal["yes", "no", "not_applicable"] = key(
        "whether reconstructed counts are the only solution", default="not_applicable"
    )
    note: str = key("how it was reconstructed, and what conflicts", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One reading of one outcome at one time point."""

    id: str = key(
        "identifier within the study, needed when a plan refers to it", default="", pattern=SLUG
    )
    outcome: str = key("an outcome of studies/outcomes.yaml", pattern=SLUG)
    timepoint: str = key("when", default="")
    group: str = key(
        "results with the same group are readings of one quantity", default="", pattern=SLUG
    )
    reading: Reading = key("own_report, or {as_printed_in: report}")
    analysis_set: AnalysisSet = key("who was analysed", default="unclear")
    definition: str = key("how the event was defined", default="")
    arms: dict[str, ArmData] = key("data by arm id", factory=dict)
    estimate: EstimateData | None = key("an estimate as printed", default=None)
    effective: bool = key("counts are effective sample sizes and need not be whole", default=False)
    correlation: float | None = key("within-person correlation (crossover)", default=None)
    weight: Printed | None = key("weight as printed by a review, percent", default=None)
    source: Source = key("where the numbers stand")


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainJudgement:
    """One domain of a risk-of-bias tool."""

    judgement: str = key("as the tool words it: low, some concerns, high, ...")
    support: str = key("quotation or fact that supports it", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOfBias:
    """A risk-of-bias judgement on a result: whose, when, with which tool."""

    tool: str = key("tool and version, e.g. rob2@2019-08-22")
    outcome: str = key("outcome judged", pattern=SLUG)
    domains: dict[str, DomainJudgement] = key("judgements by domain", factory=dict)
    overall: str = key("overall judgement", default="")
    by: str = key("who judged")
    on: date = key("when")
    status: Literal["draft", "final"] = key("draft until a second person agreed", default="draft")


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study file."""

    id: str = key("identifier, equal to the file name", pattern=SLUG)
    label: str = key('name people read: "Berggren 2011"')
    year: int | None = key("year of the primary report", default=None)
    design: Design = key("how the study was designed")
    allocation: str = key("how people were allocated, as stated", default="")
    also_called: tuple[str, ...] = key("other names under which the study appears", default=())
    shares_report_with: tuple[str, ...] = key(
        "ids of studies published in the same report", default=()
    )
    reports: tuple[Report, ...] = key("where the study is reported, primary first")
    registration: tuple[str, ...] = key("registry numbers", default=())
    funding: Literal["industry", "mixed", "public", "unclear"] = key("who paid", default="unclear")
    country: tuple[str, ...] = key("countries, ISO 3166 two-letter codes", default=())
    population: Population = key("who was studied")
    arms: tuple[Arm, ...] = key("the groups")
    results: tuple[Result, ...] = key("results, each with its source")
    risk_of_bias: tuple[RiskOfBias, ...] = key("judgements per result", default=())
    note: str = key("remark", default="")

    def arm(self, arm_id: str) -> Arm | None:
        """The arm with this id, or None."""
        return next((arm for arm in self.arms if arm.id == arm_id), None)
