"""Mantel-Haenszel and Peto: against metafor, statsmodels and identities."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import Reference
from evidencekit.errors import MethodError
from evidencekit.models import TABLE_METHODS, pool, pool_tables, pool_tables_batch
from reference_cases import load
from tolerances import CLOSED_FORM, assert_close, assert_printed

CASES = load("tables")["cases"]
PAIRS = [(name, m) for name, case in CASES.items() for m in TABLE_METHODS if m in case]
STEADY = settings(derandomize=True, max_examples=30, deadline=None)
# Without events in arm 1 of one trial and in both arms of another.
TRAP = CASES["trap"]
PERSONS = [name for name, row in TABLE_METHODS.items() if row.denominator == "persons"]


def counts(case: dict) -> tuple[np.ndarray, ...]:
    return tuple(np.array(case[key], float) for key in ("events_1", "size_1", "events_2", "size_2"))


@pytest.mark.parametrize(("name", "method"), PAIRS)
def test_agrees_with_metafor(name: str, method: str) -> None:
    expected = CASES[name][method]
    ours = pool_tables(*counts(CASES[name]), method=method)
    reference = Reference("counts of two arms", method, "metafor 3.8.1", name)
    reference.agrees(ours.estimate, expected["estimate"], CLOSED_FORM, relative_to=ours.se)
    reference.agrees(ours.se, expected["se"], CLOSED_FORM)
    limits = (ours.ci.low, ours.ci.high)
    reference.agrees(limits, expected["ci"], CLOSED_FORM, relative_to=ours.se)
    assert_close(ours.p_value, expected["p_value"], 1e-10)
    # For risk differences metafor adds half an event to both arms of studies with a zero cell,
    # which moves the estimates whose spread Q measures; ours does not.
    if method != "MH-RD" or name in ("bcg", "lee2004"):
        reference.agrees(ours.q, expected["q"], 1e-11)
        assert ours.q_df == expected["q_df"]
    else:
        reference.differs(
            "Q of risk differences: metafor adds half an event to both arms of studies with a "
            "zero cell; here Q measures the spread of the uncorrected estimates"
        )


def test_every_method_has_a_reference_case_and_a_doi() -> None:
    assert {method for _, method in PAIRS} | {"MH-RD-GR"} == set(TABLE_METHODS)
    for name, row in TABLE_METHODS.items():
        assert row.name == name
        assert row.label
        assert row.r_call
        assert re.fullmatch(r"10\.\d{4,9}/\S+", row.doi)


def test_both_variances_of_the_risk_difference() -> None:
    table = counts(CASES["bcg"])
    # As printed for metafor (Sato) and for meta 8.4 (Greenland and Robins).
    assert_printed(pool_tables(*table, method="MH-RD").se, "2.8666e-4")
    greenland = Reference("counts of two arms", "MH-RD-GR", "meta 8.4-0", "bcg")
    greenland.printed(pool_tables(*table, method="MH-RD-GR").se, "2.8452e-4")


def test_one_table_by_hand() -> None:
    a, n1, c, n2 = 7.0, 40.0, 12.0, 50.0
    b, d, n = n1 - a, n2 - c, n1 + n2
    odds = pool_tables(a, n1, c, n2)
    # With one table the variance is Woolf's.
    assert_close(odds.estimate, np.log(a * d / (b * c)), CLOSED_FORM)
    assert_close(odds.se, np.sqrt(1 / a + 1 / b + 1 / c + 1 / d), CLOSED_FORM)
    risk = pool_tables(a, n1, c, n2, method="MH-RR")
    assert_close(risk.se, np.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2), CLOSED_FORM)
    difference = pool_tables(a, n1, c, n2, method="MH-RD-GR")
    assert_close(difference.se, np.sqrt(a * b / n1**3 + c * d / n2**3), CLOSED_FORM)
    # Sato's variance estimates the same and equals it for equal arms.
    even = (a, n1, c, n1)
    assert_close(
        pool_tables(*even, method="MH-RD").se,
        pool_tables(*even, method="MH-RD-GR").se,
        CLOSED_FORM,
    )
    rate = pool_tables(a, 410.0, c, 530.0, method="MH-IRR")
    assert_close(rate.se, np.sqrt(1 / a + 1 / c), CLOSED_FORM)
    per_time = pool_tables(a, 410.0, c, 530.0, method="MH-IRD")
    assert_close(per_time.se, np.sqrt(a / 410**2 + c / 530**2), CLOSED_FORM)
    peto = pool_tables(a, n1, c, n2, method="Peto")
    v = n1 * n2 * (a + c) * (b + d) / (n**2 * (n - 1))
    assert_close(peto.estimate, (a - n1 * (a + c) / n) / v, CLOSED_FORM)
    assert_close(peto.se, v**-0.5, CLOSED_FORM)


@pytest.mark.parametrize("name", ["bcg", "nielweise2007", "lee2004", "trap"])
def test_statsmodels_agrees_on_odds_ratios(name: str) -> None:
    from statsmodels.stats.contingency_tables import StratifiedTable

    a, n1, c, n2 = counts(CASES[name])
    tables = [np.array([[i, j - i], [k, m - k]]) for i, j, k, m in zip(a, n1, c, n2, strict=True)]
    theirs = StratifiedTable(tables)
    ours = pool_tables(a, n1, c, n2)
    reference = Reference("counts of two arms", "MH-OR", "statsmodels StratifiedTable", name)
    reference.agrees(ours.estimate, theirs.logodds_pooled, CLOSED_FORM)
    reference.agrees(ours.se, theirs.logodds_pooled_se, CLOSED_FORM)
    risk = pool_tables(a, n1, c, n2, method="MH-RR")
    assert_close(np.exp(risk.estimate), theirs.riskratio_pooled, CLOSED_FORM)


def test_the_correction_is_an_option_with_a_note() -> None:
    plain = pool_tables(*counts(TRAP))
    corrected = pool_tables(*counts(TRAP), correction=0.5)
    # As printed for metafor and for meta with MH.exact = FALSE.
    assert_printed(plain.estimate, "-0.96799")
    assert_printed(plain.se, "0.46553")
    assert_printed(corrected.estimate, "-0.95639")
    assert_printed(corrected.se, "0.45365")
    assert_printed(pool_tables(*counts(TRAP), method="MH-RR").estimate, "-0.88357")
    ratio = pool_tables(*counts(TRAP), method="MH-RR", correction=0.5)
    assert_printed(ratio.estimate, "-0.87450")
    assert corrected.notes == (
        "1 of 4 studies carry no weight: without events in either arm (or without anything "
        "else) they say nothing about a ratio.",
        "0.5 was added to the cells of 1 studies with a zero cell; the method itself does not "
        "need this.",
    )
    assert (plain.k, plain.k_informative, plain.weights[3]) == (4, 3, 0.0)


def test_peto_on_the_same_trials() -> None:
    found = pool_tables(*counts(TRAP), method="Peto")
    assert_printed(found.estimate, "-0.95824903")
    assert_printed(found.se, "0.43884212")
    assert_printed(found.q, "3.27248795")


def test_peto_is_inverse_variance_pooling_of_its_own_estimates() -> None:
    a, n1, c, n2 = counts(CASES["bcg"])
    n, events = n1 + n2, a + c
    v = n1 * n2 * events * (n - events) / (n**2 * (n - 1))
    pooled = pool(((a - n1 * events / n) / v, v**-0.5), model="common_effect")
    ours = pool_tables(a, n1, c, n2, method="Peto")
    assert_close(ours.estimate, pooled.estimate, 1e-11)
    assert_close(ours.se, pooled.se, CLOSED_FORM)
    assert_close(ours.q, pooled.q, 1e-11)


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, ...]:
    k = draw(st.integers(1, 6))
    size = st.integers(2, 60)
    n1, n2 = (np.array(draw(st.lists(size, min_size=k, max_size=k)), float) for _ in "12")
    a, c = (np.array([draw(st.integers(0, int(x))) for x in n], float) for n in (n1, n2))
    return a, n1, c, n2


@pytest.mark.parametrize("method", PERSONS)
class TestProperties:
    @STEADY
    @given(table=tables())
    def test_swapping_the_arms_flips_the_sign(self, method: str, table: tuple) -> None:
        a, n1, c, n2 = table
        one = pool_tables_batch(a, n1, c, n2, method=method)
        other = pool_tables_batch(c, n2, a, n1, method=method)
        assert (one.status[0] == "ok") == (other.status[0] == "ok")
        assert_close(other.estimate, -one.estimate, 1e-11, atol=1e-13)
        assert_close(other.se, one.se, 1e-10)

    @STEADY
    @given(table=tables())
    def test_a_result_is_finite_or_explained(self, method: str, table: tuple) -> None:
        found = pool_tables_batch(*table, method=method)
        if found.status[0] == "ok":
            assert np.isfinite([found.estimate[0], found.ci_low[0], found.q[0]]).all()
            assert found.se[0] > 0
            assert_close(found.weights.sum(), 1.0, 1e-12)
        else:
            assert np.isnan([found.estimate[0], found.se[0], found.q[0]]).all()
            with pytest.raises(MethodError, match=r"is not estimable: "):
                pool_tables(*table, method=method)

    @STEADY
    @given(table=tables())
    def test_an_idle_study_changes_no_ratio(self, method: str, table: tuple) -> None:
        if TABLE_METHODS[method].scale != "log":
            return
        longer = tuple(np.append(x, y) for x, y in zip(table, (0, 30, 0, 40), strict=True))
        one = pool_tables_batch(*table, method=method)
        other = pool_tables_batch(*longer, method=method)
        assert_close(other.estimate, one.estimate, 1e-12)
        assert_close(other.se, one.se, 1e-12)


@pytest.mark.parametrize("method", TABLE_METHODS)
def test_rows_of_a_batch_are_the_single_analyses(method: str) -> None:
    rng = np.random.default_rng(3)
    n1, n2 = rng.integers(10, 80, (2, 20, 6)).astype(float)
    a, c = rng.binomial(n1.astype(int), 0.2), rng.binomial(n2.astype(int), 0.3)
    mask = np.arange(6) < rng.integers(1, 7, 20)[:, None]
    padded = [np.where(mask, x, np.nan) for x in (a, n1, c, n2)]
    batch = pool_tables_batch(*padded, method=method, mask=mask)
    for i in range(20):
        single = pool_tables_batch(*(x[i, mask[i]] for x in (a, n1, c, n2)), method=method)
        assert batch.status[i] == single.status[0]
        for field in ("estimate", "se", "q", "q_df", "k", "k_informative"):
            assert_close(getattr(batch, field)[i], getattr(single, field)[0], 1e-11, atol=1e-13)


@pytest.mark.parametrize(
    ("table", "choices", "message"),
    [
        (
            ([0, 0], [10, 10], [2, 1], [10, 10]),
            {},
            "Mantel-Haenszel odds ratio is not estimable: no events in arm 1",
        ),
        (
            ([0], [10], [0], [10]),
            {"method": "Peto"},
            "Peto odds ratio is not estimable: no events in either arm",
        ),
        (
            ([3], [2], [1], [10]),
            {},
            "row 1, study 1: 3 of 2 against 1 of 10; events must be finite and at least 0, no "
            "more than the arm, and arms above 0",
        ),
        (
            ([1, np.nan], [9.5, 2], [1, 2], [10, 3]),
            {"method": "MH-IRR"},
            "row 1, study 2: nan of 2 against 2 of 3; events must be finite and at least 0, and "
            "arms above 0",
        ),
        (
            ([1], [9], [1], [10]),
            {"method": "Peto", "correction": 0.5},
            "Peto has no continuity correction",
        ),
        (
            ([1], [9], [1], [10]),
            {"method": "XX"},
            f"unknown method for counts 'XX'; choose one of {', '.join(TABLE_METHODS)}",
        ),
        (
            ([1], [9], [1], [10]),
            {"correction": -1.0},
            "correction -1.0: a finite value of 0 or more",
        ),
    ],
)
def test_what_cannot_be_pooled(table: tuple, choices: dict, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        pool_tables(*table, **choices)
    assert str(caught.value) == message
