"""Every result in a notebook: the numbers of its summary, escaped, in a table that can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from evidencekit import models
from evidencekit.models.html import html_table
from evidencekit.models.resampling import permutation_test

HOSTILE = '<script>alert("x")</script> & co'
LABELS = [HOSTILE, "b", "c", "d", "e", "f"]
Y = np.array([-0.9, -0.5, -0.7, 0.1, -0.2, 0.6])
PAIR = (Y, np.array([0.3, 0.2, 0.4, 0.1, 0.2, 0.5]))
COUNTS: dict[str, Any] = {
    "events_1": [3, 5, 2, 8, 4, 6],
    "total_1": [50, 60, 40, 80, 55, 70],
    "events_2": [7, 9, 3, 12, 4, 11],
    "total_2": [50, 61, 39, 82, 54, 69],
    "labels": LABELS,
}
TABLES = [COUNTS[name] for name in ("events_1", "total_1", "events_2", "total_2")]
CLUSTERS, OUTCOMES = list("aabbcc"), [HOSTILE, "pain"] * 3


def regression() -> Any:
    design = np.column_stack([np.ones(6), [1, 2, 3, 5, 8, 2]])
    return models.regress(PAIR, design, labels=LABELS)


RESULTS: dict[str, Callable[[], Any]] = {
    "AggregatedEffects": lambda: models.aggregate(
        PAIR, [HOSTILE, HOSTILE, "b", "b", "c", "c"], rho=0.5
    ),
    "BayesResult": lambda: models.bayes_pool(PAIR, labels=LABELS),
    "BetaBinomialResult": lambda: models.beta_binomial_odds_ratio(*TABLES, labels=LABELS),
    "GlmmResult": lambda: models.glmm_odds_ratio(*TABLES, labels=LABELS),
    "InfluenceResult": lambda: models.influence(
        models.pool(([30.0, *Y[1:]], PAIR[1]), labels=LABELS)
    ),
    "MultilevelResult": lambda: models.multilevel(PAIR, CLUSTERS, labels=LABELS),
    "MultivariateResult": lambda: models.multivariate(PAIR, CLUSTERS, OUTCOMES, labels=LABELS),
    "NaturalResult": lambda: models.back_transform(models.pool(PAIR, labels=LABELS)),
    "PenalisedResult": lambda: models.penalised_odds_ratio(*TABLES, labels=LABELS),
    "PooledResult": lambda: models.pool(PAIR, labels=LABELS),
    "RegressionResult": regression,
    "RobustResult": lambda: models.cluster_robust(regression(), CLUSTERS),
    "SubgroupResult": lambda: models.subgroups(PAIR, [HOSTILE] * 3 + ["late"] * 3, labels=LABELS),
    "TableResult": lambda: models.pool_tables(*TABLES, labels=LABELS),
    "bootstrap": lambda: models.bootstrap(PAIR, rng=np.random.default_rng(1), draws=100),
    "permutation of signs": lambda: permutation_test(PAIR),
    "permutation of moderators": lambda: regression().permutation_test(
        np.random.default_rng(1), permutations=1000
    ),
}
# Their summaries name a study, cluster, outcome or group.
NAMING = (
    "AggregatedEffects",
    "InfluenceResult",
    "MultivariateResult",
    "NaturalResult",
    "SubgroupResult",
)


class Table(HTMLParser):
    """Tags that open and close in turn, and the text of each cell."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.widths: list[int] = []
        self.seen: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.append(tag)
        if tag == "tr":
            self.widths.append(0)
        if tag in ("th", "td"):
            self.widths[-1] += int(dict(attrs).get("colspan") or 1)
        assert tag != "th" or ("scope", "row") in attrs
        self.text += " "

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_public_result_is_shown() -> None:
    public = {
        name
        for name in models.__all__
        if isinstance(getattr(models, name), type) and name.endswith(("Result", "Effects"))
    }
    assert public <= set(RESULTS)
    assert all(type(RESULTS[name]()).__name__ == name for name in public)


@pytest.mark.parametrize("name", RESULTS)
def test_holds_the_summary(name: str) -> None:
    result = RESULTS[name]()
    summary, html = result.summary(), result._repr_html_()
    table = Table(html)
    assert re.sub(r"\s+", "", summary).replace("note:", "note") == re.sub(r"\s+", "", table.text)
    assert re.search(r"\d", summary)


@pytest.mark.parametrize("name", RESULTS)
def test_is_one_well_formed_table(name: str) -> None:
    table = Table(RESULTS[name]()._repr_html_())
    assert table.open == []
    assert set(table.seen) <= {"table", "caption", "tbody", "tr", "th", "td"}
    assert table.seen.count("table") == table.seen.count("caption") == 1
    assert len(set(table.widths)) == 1  # every row spans the whole width


@pytest.mark.parametrize("name", NAMING)
def test_names_from_files_are_escaped(name: str) -> None:
    html = RESULTS[name]()._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; co" in html


def test_a_table() -> None:
    assert html_table(
        "a < b\n  x  1  2\n  long name  3\n  alone\n  note: all of it  is here\n"
    ) == (
        "<table><caption>a &lt; b</caption><tbody>"
        '<tr><th scope="row">x</th><td>1</td><td>2</td></tr>'
        '<tr><th scope="row">long name</th><td colspan="2">3</td></tr>'
        '<tr><th scope="row" colspan="3">alone</th></tr>'
        '<tr><th scope="row">note</th><td colspan="2">all of it  is here</td></tr>'
        "</tbody></table>"
    )
    assert html_table("only") == "<table><caption>only</caption><tbody></tbody></table>"
