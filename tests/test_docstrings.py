"""No public function lacks its documentation: see ``documented.py`` for who and what."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass

import pytest

from documented import NOT_STATISTICS, RULES, Subject, public, rows, subjects
from evidencekit.errors import MethodError
from evidencekit.models.priors import TAU_PRIORS

SUBJECTS = subjects()
CLASSES = {name: value for name, value in public().items() if inspect.isclass(value)}
PRIORS = {row.name: type(row.example) for row in TAU_PRIORS.values()}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_a_public_function_is_documented(subject: Subject, rule: str) -> None:
    assert RULES[rule](subject) == ""


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_names_its_fields(name: str) -> None:
    _names_every_field(CLASSES[name])


@pytest.mark.parametrize("name", PRIORS)
def test_a_prior_has_parameters_density_call_in_r_and_paper(name: str) -> None:
    _names_every_field(PRIORS[name])
    prior = Subject(name, PRIORS[name], statistical=True)
    assert [RULES[rule](prior) for rule in ("parameters", "equation", "R", "DOI")] == [""] * 4


def _names_every_field(cls: type) -> None:
    assert is_dataclass(cls) or hasattr(cls, "_fields")
    names = [f.name for f in fields(cls)] if is_dataclass(cls) else list(cls._fields)
    documented = " ".join(inspect.getdoc(c) or "" for c in cls.__mro__[:-1])
    missing = [name for name in names if not re.search(rf"\b{name}\b", documented)]
    assert missing == []


@pytest.mark.parametrize(
    "table",
    [
        "CI_METHODS",
        "COEFFICIENT_TESTS",
        "CORRECTIONS",
        "GLMM_LIKELIHOODS",
        "MEASURES",
        "PREDICTION_METHODS",
        "PRESETS",
        "RESIDUAL_TAU2",
        "SUMMARY_METHODS",
        "TABLE_METHODS",
        "TAU2_ESTIMATORS",
        "TAU2_INTERVALS",
        "TAU_PRIORS",
        "TRANSFORMS",
    ],
)
def test_the_tables_are_found(table: str) -> None:
    assert table in {name for name, _ in rows()}


def test_exceptions_are_functions_there_are() -> None:
    assert {subject.name for subject in SUBJECTS} >= NOT_STATISTICS


def _bare(values: FloatArray, level: float) -> FloatArray:  # type: ignore[name-defined]  # noqa: F821
    raise MethodError("never called")


def _documented(values: FloatArray, level: float) -> FloatArray:  # type: ignore[name-defined]  # noqa: F821
    """Add them.

    s = sum of x  (doi:10.1000/x)

    In R: ``sum(x)``.

    Parameters
    ----------
    values, other
        Any numbers, shape (k,).
    level
        In (0, 1).

    Returns
    -------
    FloatArray
        Shape (1,), that is, the shape of one number.

    Raises
    ------
    MethodError
        Always.
    """
    raise MethodError("never called")


def _checked(function: Callable[..., object]) -> list[str]:
    return [rule(Subject("f", function, statistical=True)) for rule in RULES.values()]


def test_a_bare_function_fails_every_rule_and_a_documented_one_none() -> None:
    assert _checked(_bare) == [
        "Parameters lacks values, level",
        "no section Returns",
        "no shape of values, what is returned",
        "no equation",
        'no line "In R: ..."',
        "no DOI, and no citation of a reference with one",
        "raises MethodError, which Raises does not name",
    ]
    assert _checked(_documented) == [""] * 7
