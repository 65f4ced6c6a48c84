"""The inverse square root behind CR2 against eigenvalues, and its quadrature against integrals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.models import robust_corrections
from evidencekit.models.inverse_root import nodes
from evidencekit.models.regression import regress
from evidencekit.models.robust import cluster_robust
from evidencekit.models.robust_corrections import cr2
from evidencekit.models.sampling import find_clusters
from evidencekit.models.three_level import multilevel
from evidencekit.models.working_model import WorkingModel
from tolerances import assert_close


@pytest.mark.parametrize(
    ("condition", "error"), [(1.0 + 1e-9, 1e-15), (10.0, 1e-15), (1e4, 1e-15), (1e20, 1e-10)]
)
def test_nodes_integrate_inverse_roots(condition: float, error: float) -> None:
    """Elliptic functions of a parameter next to 1 lose digits: ten remain."""
    t, weight = nodes(condition)
    for value in np.geomspace(1.0 / condition, 1.0, 41):
        assert_close((weight / (t**2 + value)).sum(), 1.0 / math.sqrt(value), error)


def model(seed: int, *, spread: float, between: float, size: int) -> WorkingModel:
    """Random clusters of one to ``size`` effects, three coefficients."""
    rng = np.random.default_rng(seed)
    labels = np.sort(rng.integers(0, max(60 // size, 8), 60))
    clusters = find_clusters(labels, 60)
    x = np.linalg.qr(rng.normal(size=(60, 3)))[0]
    d, u = np.exp(spread * rng.normal(size=60)), rng.normal(size=60)
    together = labels[:, None] == labels[None, :]
    inverse = np.linalg.inv(np.diag(d) + between * together * np.outer(u, u))
    information = x.T @ inverse @ x
    return WorkingModel(
        clusters=clusters,
        residual=rng.normal(size=60),
        x=x,
        diagonal=d,
        u=u,
        between=between,
        gx=inverse @ x,
        inverse=np.linalg.inv(information),
        information=information,
        back=np.eye(3),
        scale=1.0,
    )


@given(
    st.integers(0, 10**6),
    st.floats(0.0, 2.0),
    st.sampled_from([0.0, 0.1, 1.0, 30.0]),
    st.integers(1, 12),
)
def test_agrees_with_eigenvalues(seed: int, spread: float, between: float, size: int) -> None:
    one = model(seed, spread=spread, between=between, size=size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robust_corrections, "ALONE", 1e-4)
        fast = cr2(one)
        patch.setattr(robust_corrections, "ALONE", 2.0)  # every cluster decomposed
        slow = cr2(one)
    # Eigenvalues of D (Phi - X M X') D' lose the square of Phi's condition, here up to 1e5.
    assert_close(fast, slow, 1e-6, atol=1e-7 * np.abs(slow).max())


def test_the_correction_makes_the_covariance_unbiased() -> None:
    """What defines it: A (Phi - X M X') A' = Phi on the columns WX of every cluster."""
    one = model(4, spread=0.8, between=0.7, size=6)
    h = cr2(one)
    for code in range(one.clusters.m):
        rows = one.clusters.order[one.clusters.code == code]
        x, u = one.x[rows], one.u[rows]
        phi = np.diag(one.diagonal[rows]) + one.between * np.outer(u, u)
        left = phi - x @ one.inverse @ x.T
        gx = one.gx[rows]
        assert_close(h[rows].T @ left @ h[rows], gx.T @ phi @ gx, 1e-10, atol=1e-12)


def test_threads_do_not_decide_the_time() -> None:
    """No eigenvalue routine for clusters that others outweigh."""
    rng = np.random.default_rng(11)
    cluster = np.repeat(np.arange(20), 40)
    y, se = rng.normal(size=800), rng.uniform(0.1, 0.5, 800)
    fit = multilevel((y, se), cluster, np.column_stack([np.ones(800), rng.normal(size=800)]))
    with pytest.MonkeyPatch.context() as patch:

        def refuse(*_: object) -> None:
            raise AssertionError("decomposed")

        patch.setattr(robust_corrections, "_decomposed", refuse)
        fast = cluster_robust(fit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robust_corrections, "ALONE", 2.0)
        slow = cluster_robust(fit)
    assert_close(fast.vcov, slow.vcov, 1e-10, atol=1e-14)
    assert_close([c.df for c in fast.coefficients], [c.df for c in slow.coefficients], 1e-10)


def test_a_cluster_that_alone_informs_a_coefficient_is_decomposed() -> None:
    rng = np.random.default_rng(2)
    cluster = np.repeat(np.arange(8), 3)
    y, se = rng.normal(size=24), rng.uniform(0.1, 0.5, 24)
    design = np.column_stack([np.ones(24), cluster == 0, rng.normal(size=24)])
    result = regress((y, se), design)
    asked: list[int] = []
    decomposed = robust_corrections._decomposed

    def counted(one: WorkingModel, place: np.ndarray) -> np.ndarray:
        asked.append(len(place))
        return decomposed(one, place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robust_corrections, "_decomposed", counted)
        found = cluster_robust(result, cluster)
    assert asked == [1]
    assert np.isfinite(found.vcov).all()
