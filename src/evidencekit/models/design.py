"""Design matrices: from a formula over a table, or as given, checked either way.

Formulas are read by formulaic, with the columns of the table and the functions
of ``formula_names.FUNCTIONS`` as their only names. A formula is looked at before
anything in it is evaluated, so that it can come from a file.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.formula_names import check_names
from evidencekit.models.kernel import BoolArray, FloatArray

if TYPE_CHECKING:
    import pandas as pd

CONSTANT = "Intercept"
# A column whose part outside the columns before it is this much shorter than itself is theirs.
RANK_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """A design matrix with the names of its columns.

    Parameters
    ----------
    matrix
        One row per study, one column per coefficient, shape (k, p).
    names
        Names of the p columns.
    terms
        Columns of each term: {"alloc": (1, 2)} for a factor of three levels.
    formula
        The formula, or "" for a matrix as given.
    used
        Which rows of the table have every moderator, shape (rows of the table,).
    """

    matrix: FloatArray
    names: tuple[str, ...]
    terms: Mapping[str, tuple[int, ...]]
    formula: str
    used: BoolArray
    spec: Any = None

    @property
    def moderators(self) -> tuple[int, ...]:
        """Columns that an omnibus test is about: all but the constant."""
        others = tuple(i for i, column in enumerate(self.matrix.T) if np.ptp(column) != 0.0)
        return others if others else tuple(range(len(self.names)))

    def rows(self, new: pd.DataFrame | Mapping[str, Sequence[Any]] | ArrayLike) -> FloatArray:
        """Rows of the design for new studies, shape (n, p), in the same coding.

        Parameters
        ----------
        new
            A table (or mapping) of moderators when the design came from a
            formula; otherwise a matrix of shape (n, p), or (p,) for one study.

        Raises
        ------
        MethodError
            For a level or column that the design does not have, or a wrong shape.
        """
        if self.spec is None:
            matrix = np.atleast_2d(np.asarray(new, dtype=np.float64))
            if matrix.ndim != 2 or matrix.shape[1] != len(self.names):
                raise MethodError(
                    f"new rows need {len(self.names)} columns ({', '.join(self.names)}); "
                    f"they have shape {matrix.shape}"
                )
        else:
            table = _as_table(new)
            matrix = _evaluate(self.spec, table, self.formula)
            if matrix.shape[0] != len(table):  # formulaic leaves out incomplete rows
                raise MethodError("new rows hold missing or infinite moderators")
        if not np.isfinite(matrix).all():
            raise MethodError("new rows hold missing or infinite moderators")
        return matrix


def design_matrix(formula: str, table: pd.DataFrame) -> Design:
    """Build a design matrix from a formula over the columns of a table.

    Parameters
    ----------
    formula
        Right-hand side in Wilkinson notation, with or without the tilde:
        ``"~ year + C(alloc) + year:dose"``, ``"bs(year, df=4)"``, ``"0 + group"``.
        Names with spaces stand in backticks. Text columns are factors; their first
        level in alphabetical order is the reference unless a coding is named:
        ``C(alloc, contr.treatment("random"))``.
    table
        One row per study. Rows that lack a moderator are left out; see ``used``.

    Returns
    -------
    Design
        Matrix of shape (k, p) over the rows that are complete.

    Raises
    ------
    MethodError
        For a formula that cannot be read, an unknown column or function, or a
        moderator that no study has.

    Notes
    -----
    In R: ``model.matrix(formula, data)``.
    """
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    text = formula.strip()
    if "{" in text or "}" in text:
        raise MethodError(f"formula {formula!r}: braces are not allowed; write I(...)")
    try:
        parsed = Formula(text)
    except (FormulaicError, SyntaxError, ValueError, TypeError) as problem:
        first = (str(problem).strip() or type(problem).__name__).splitlines()[0]
        raise MethodError(f"formula {formula!r} cannot be read: {first}") from None
    if not all(hasattr(term, "factors") for term in parsed):
        raise MethodError(
            f"formula {formula!r} has more than one side; give the right-hand side, as in '~ year'"
        )
    needed = check_names(formula, parsed, [str(c) for c in table.columns])
    columns = [c for c in table.columns if str(c) in needed]
    missing = np.asarray(table[columns].isna(), dtype=bool).reshape(len(table), -1)
    used = np.logical_not(missing.any(axis=1), dtype=bool)
    if not used.any():
        raise MethodError(
            f"formula {formula!r}: no study has all of {', '.join(map(str, columns))}"
        )
    complete = table.loc[used]
    spec = _specify(parsed, complete, formula)
    matrix = _evaluate(spec, complete, formula)
    names = tuple(str(name) for name in spec.column_names)
    terms = {str(term): tuple(at) for term, at in spec.term_indices.items() if str(term) != "1"}
    return Design(matrix=matrix, names=names, terms=terms, formula=text, used=used, spec=spec)


def given_design(matrix: ArrayLike | pd.DataFrame, names: Sequence[str] | None = None) -> Design:
    """Take a design matrix as it is, its constant included.

    Parameters
    ----------
    matrix
        Shape (k, p), or (k,) for one column; the columns of a DataFrame name themselves.
    names
        Names of the columns; default "x1", "x2", ..., and "Intercept" for a column of ones.

    Raises
    ------
    MethodError
        For a wrong shape, names that do not fit, or a value that is not finite.
    """
    found = [str(c) for c in matrix.columns] if hasattr(matrix, "columns") else None
    try:
        values = np.asarray(matrix, dtype=np.float64)
    except (TypeError, ValueError):
        raise MethodError("a design matrix holds numbers; use a formula for factors") from None
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or not values.shape[1]:
        raise MethodError(
            f"a design matrix needs two dimensions; this one has shape {values.shape}"
        )
    labels = list(names) if names is not None else found
    if labels is None:
        labels = [
            CONSTANT if (column == 1.0).all() else f"x{i + 1}" for i, column in enumerate(values.T)
        ]
    if len(labels) != values.shape[1]:
        raise MethodError(f"{len(labels)} names for {values.shape[1]} columns")
    bad = np.argwhere(~np.isfinite(values))
    if bad.size:
        row, column = (int(i) for i in bad[0])
        raise MethodError(f"study {row + 1}: moderator {labels[column]!r} is {values[row, column]}")
    return Design(
        matrix=values,
        names=tuple(labels),
        terms={name: (i,) for i, name in enumerate(labels) if name != CONSTANT},
        formula="",
        used=np.ones(values.shape[0], dtype=bool),
    )


def check_rank(design: Design, k: int) -> None:
    """Raise, naming the columns, when the coefficients cannot be told apart.

    Raises
    ------
    MethodError
        For as many coefficients as studies or more, or a column that is zero
        or a linear combination of columns before it.
    """
    names = design.names
    if k <= len(names):
        raise MethodError(
            f"{len(names)} coefficients ({', '.join(names)}) need at least {len(names) + 1} "
            f"studies; there {'is' if k == 1 else 'are'} {k}"
        )
    basis = np.empty((k, 0))
    for i, column in enumerate(design.matrix.T):
        size = float(np.linalg.norm(column))
        rest = column / (size or 1.0)
        for _ in range(2):  # twice is enough to be orthogonal to rounding
            rest = rest - basis @ (basis.T @ rest)
        left = float(np.linalg.norm(rest))
        if size == 0.0 or left < RANK_TOLERANCE:
            weights = np.linalg.lstsq(design.matrix[:, :i], column, rcond=None)[0] if i else []
            scale = np.abs(weights) * (np.linalg.norm(design.matrix[:, :i], axis=0) if i else 1.0)
            of = [names[j] for j, w in enumerate(np.atleast_1d(scale)) if w > 1e-8 * size]
            why = f"a linear combination of {', '.join(of)}" if size and of else "zero everywhere"
            raise MethodError(f"the design matrix is rank deficient: column {names[i]!r} is {why}")
        basis = np.column_stack([basis, rest / left])


def _specify(parsed: Any, table: pd.DataFrame, formula: str) -> Any:
    """formulaic's record of the coding: levels, knots, centres."""
    from formulaic import model_matrix

    return _quietly(lambda: model_matrix(parsed, table, context={}), formula).model_spec


def _evaluate(spec: Any, table: pd.DataFrame, formula: str) -> FloatArray:
    found = _quietly(lambda: spec.get_model_matrix(table, context={}), formula)
    return cast("FloatArray", np.asarray(found, dtype=np.float64))


def _quietly(build: Any, formula: str) -> Any:
    """Turn whatever formulaic raises or warns about into one message."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # Said by libraries about each other, not about the data.
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", FutureWarning)
            return build()
    except Exception as problem:
        first = (str(problem).strip() or type(problem).__name__).splitlines()[0]
        raise MethodError(f"formula {formula!r} cannot be evaluated: {first}") from None


def _as_table(new: Any) -> pd.DataFrame:
    import pandas as pd

    return new if isinstance(new, pd.DataFrame) else pd.DataFrame(new)
