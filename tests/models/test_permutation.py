"""Permutation tests: exact ones against metafor, sampled ones against a plain loop."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from conformance import Reference
from evidencekit.errors import MethodError
from evidencekit.models.regression import regress
from reference_cases import load
from regression_cases import pair, table
from tolerances import assert_close

BCG = "bcg_metareg"


def few():
    rows = np.array(load(BCG)["permutation"]["rows"]) - 1
    y, se = pair(BCG)
    return (y[rows], se[rows]), table(BCG).iloc[rows]


@pytest.mark.parametrize(
    ("key", "tau2", "ci"), [("REML wald ablat", "REML", "wald"), ("DL HKSJ ablat", "DL", "HKSJ")]
)
def test_exact_test_agrees_with_metafor(key: str, tau2: str, ci: str) -> None:
    data, moderators = few()
    result = regress(data, "~ ablat", table=moderators, tau2=tau2, ci=ci)
    found = result.permutation_test(np.random.default_rng(1))
    theirs = load(BCG)["permutation"][key]
    assert (found.exact, found.permutations) == (True, 720)
    reference = Reference("permutation test", "of a regression", "metafor 3.8.1", BCG)
    reference.agrees(found.p_values, theirs["p_value"], 1e-12)
    reference.agrees(found.qm_p, theirs["qm_p"], 1e-12)
    assert found.names == ("Intercept", "ablat")
    assert found.to_dict()["notes"] == ["All orders of the studies were compared."]


def test_no_order_is_lost() -> None:
    # metafor's Fisher scoring fails in 209 of these 720 orders and leaves them out.
    theirs = load(BCG)["permutation"]["REML HKSJ ablat + year"]["qm_p"]
    assert_close(theirs * 511, 19, 1e-12)
    data, moderators = few()
    result = regress(data, "~ ablat + year", table=moderators)
    found = result.permutation_test(np.random.default_rng(1))
    x = result.design.matrix
    seen = [regress(data, x[list(order)]).qm.statistic for order in permutations(range(6))]
    assert_close(found.qm_p, np.mean(np.array(seen) >= result.qm.statistic * (1 - 1e-8)), 1e-12)


@pytest.mark.parametrize("ci", ["HKSJ", "HKSJ-adhoc", "t", "wald"])
@pytest.mark.parametrize("model", ["random_effects", "common_effect"])
def test_a_sampled_test_is_a_loop_over_orders(ci: str, model: str) -> None:
    y, se = pair(BCG)
    result = regress((y, se), "~ ablat + year", table=table(BCG), ci=ci, model=model)
    found = result.permutation_test(np.random.default_rng(7), permutations=60)
    orders = np.random.default_rng(7).permuted(np.tile(np.arange(13), (60, 1)), axis=1)
    x = result.design.matrix
    fits = [regress((y[o], se[o]), x, ci=ci, model=model) for o in orders]
    observed = [abs(c.statistic) for c in result.coefficients]
    for i, p in enumerate(found.p_values):
        count = sum(abs(f.coefficients[i].statistic) >= observed[i] * (1 - 1e-8) for f in fits)
        assert_close(p, (count + 1) / 61, 1e-12)
    count = sum(f.qm.statistic >= result.qm.statistic * (1 - 1e-8) for f in fits)
    assert_close(found.qm_p, (count + 1) / 61, 1e-12)
    assert (found.exact, found.permutations) == (False, 61)


def test_it_needs_something_to_permute() -> None:
    y, se = pair(BCG)
    with pytest.raises(MethodError, match="needs a moderator that varies between studies"):
        regress((y, se), np.ones((13, 1))).permutation_test(np.random.default_rng(1))
    with pytest.raises(MethodError, match=r"^permutations 0: at least 1$"):
        regress((y, se), "~ ablat", table=table(BCG)).permutation_test(
            np.random.default_rng(1), permutations=0
        )
