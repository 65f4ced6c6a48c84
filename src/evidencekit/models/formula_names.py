"""Which names a formula may hold: columns of the table and a few functions.

A formula is looked at before anything in it is evaluated, so that it can come from a file.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from evidencekit.errors import MethodError

# What a formula may call; `contr` gives the codings of C(), as in contr.treatment("none").
FUNCTIONS = (
    "C",
    "I",
    "bs",
    "center",
    "contr",
    "cr",
    "exp",
    "log",
    "log10",
    "log2",
    "poly",
    "scale",
)
CODINGS = ("treatment", "sum", "helmert", "diff", "poly", "SAS")
_NODES = (
    ast.Expression, ast.Call, ast.keyword, ast.Name, ast.Load, ast.Constant, ast.BinOp,
    ast.UnaryOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.Mod, ast.FloorDiv,
    ast.USub, ast.UAdd, ast.List, ast.Tuple, ast.Attribute,
)  # fmt: skip


def check_names(formula: str, parsed: Any, columns: list[str]) -> set[str]:
    """Every factor is a column or a call of a known function on columns; return the columns."""
    from formulaic.parser.types import Factor

    used: set[str] = set()
    for term in parsed:
        for factor in term.factors:
            if factor.eval_method is Factor.EvalMethod.LOOKUP:
                if factor.expr not in columns:
                    raise _unknown(formula, "column", factor.expr, columns)
                used.add(factor.expr)
            elif factor.eval_method is Factor.EvalMethod.PYTHON:
                used |= _check_expression(formula, factor.expr, columns)
    return used


def _check_expression(formula: str, expression: str, columns: list[str]) -> set[str]:
    used: set[str] = set()
    quoted: dict[str, str] = {}
    # Names in backticks stand in for themselves while Python reads the rest.
    plain = re.sub(
        r"`([^`]+)`", lambda m: quoted.setdefault(m[1], f"quoted_{len(quoted)}"), expression
    )
    columns = [quoted.get(name, name) for name in columns]
    try:
        tree = ast.parse(plain, mode="eval")
    except SyntaxError:
        raise MethodError(f"formula {formula!r} cannot be read: {expression!r}") from None
    back = {stand_in: name for name, stand_in in quoted.items()}
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            known = isinstance(node.value, ast.Name) and node.value.id == "contr"
            if not (known and node.attr in CODINGS):
                raise MethodError(f"formula {formula!r}: {ast.unparse(node)!r} is not allowed")
        elif isinstance(node, ast.Name):
            if (id(node) in called or node.id == "contr") and node.id not in FUNCTIONS:
                raise _unknown(formula, "function", node.id, list(FUNCTIONS))
            if id(node) not in called and node.id != "contr":
                if node.id not in columns:
                    raise _unknown(formula, "column", node.id, columns)
                used.add(back.get(node.id, node.id))
        elif not isinstance(node, _NODES):
            raise MethodError(f"formula {formula!r}: {ast.unparse(node)!r} is not allowed")
    return used


def _unknown(formula: str, kind: str, name: str, known: list[str]) -> MethodError:
    return MethodError(f"formula {formula!r}: no {kind} {name!r}; choose from {', '.join(known)}")
