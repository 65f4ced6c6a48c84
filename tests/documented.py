"""What the documentation of a public function has to say: one rule each, and who is meant.

A rule takes a :class:`Subject` and returns what is missing, or "" when all is there.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from types import ModuleType
from typing import Any

from evidencekit import effects, models

# They choose, look up or hand on; what they hand on to has equation, call in R and paper.
NOT_STATISTICS = {
    "back_transform",
    "explain_differences",
    "find_measure",
    "make_contrast",
    "offer_bayes",
    "to_natural",
    "to_natural_interval",
    "MultilevelResult.robust",
    "ZeroCells.chosen",
    "ZeroCells.require_constant",
}
# Methods that show a result and compute nothing.
SHOWING = {"describe", "settings", "summary", "to_dict", "to_frame"}
# A row's answer to "does this likelihood end": a question about data, not a statistic.
NOT_FORMULAS = {"unbounded"}
# Elementary functions such as exp need no paper.
ELEMENTARY = "evidencekit.effects.transforms"


@dataclass(frozen=True)
class Subject:
    """A function that must be documented, under the name it is known by."""

    name: str
    function: Callable[..., Any]
    statistical: bool

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.function) or ""

    @property
    def module(self) -> ModuleType:
        return sys.modules[inspect.unwrap(self.function).__module__]


def subjects() -> list[Subject]:
    """Public functions, computing methods of public classes, and functions in rows of tables."""
    found: dict[str, Subject] = {}
    for name, value in public().items():
        if inspect.isfunction(value):
            found[name] = Subject(name, value, name not in NOT_STATISTICS)
        elif inspect.isclass(value):
            for method in computing(value):
                known = f"{name}.{method}"
                function = getattr(value, method)
                found[known] = Subject(known, function, known not in NOT_STATISTICS)
    for function in row_functions():
        home = function.__module__.removeprefix("evidencekit.")
        found.setdefault(
            f"{home}.{function.__name__}",
            Subject(f"{home}.{function.__name__}", function, function.__module__ != ELEMENTARY),
        )
    return sorted(found.values(), key=lambda subject: subject.name)


def public() -> dict[str, Any]:
    """What both rooms export."""
    return {name: getattr(room, name) for room in (effects, models) for name in room.__all__}


def computing(cls: type) -> list[str]:
    """Public methods that compute: neither properties nor showing."""
    return [
        name
        for name, value in vars(cls).items()
        if inspect.isfunction(value) and not name.startswith("_") and name not in SHOWING
    ]


def row_functions() -> Iterator[Callable[..., Any]]:
    """Every function of ours in a row of any table of both rooms."""
    for _, row in rows():
        for field in fields(row):
            value = getattr(row, field.name)
            ours = inspect.isfunction(value) and value.__module__.startswith("evidencekit.")
            if ours and field.name not in NOT_FORMULAS:
                yield value


def rows() -> Iterator[tuple[str, Any]]:
    """All rows of the tables: module-level dicts in capitals whose values are dataclasses."""
    for room in (effects, models):
        for info in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            for name, table in vars(importlib.import_module(info.name)).items():
                if name.isupper() and isinstance(table, dict):
                    for row in table.values():
                        if is_dataclass(row) and not isinstance(row, type):
                            yield name, row


def missing_parameters(subject: Subject) -> str:
    """Section ``Parameters`` names every parameter."""
    named = set(entries(subject.doc, "Parameters"))
    absent = [name for name in parameters(subject.function) if name not in named]
    return f"Parameters lacks {', '.join(absent)}" if absent else ""


def missing_returns(subject: Subject) -> str:
    """Section ``Returns``, unless there is nothing to return."""
    if inspect.signature(subject.function).return_annotation in (None, "None"):
        return ""
    return "" if section(subject.doc, "Returns").strip() else "no section Returns"


def missing_shapes(subject: Subject) -> str:
    """The entry of every array says its shape, and so does ``Returns`` of an array."""
    described = entries(subject.doc, "Parameters")
    absent = [
        name
        for name, parameter in parameters(subject.function).items()
        if "Array" in str(parameter.annotation) and "shape" not in described.get(name, "")
    ]
    returned = str(inspect.signature(subject.function).return_annotation)
    if "Array" in returned and "shape" not in section(subject.doc, "Returns"):
        absent.append("what is returned")
    return f"no shape of {', '.join(absent)}" if absent else ""


def missing_equation(subject: Subject) -> str:
    """A line with a relation or an operation between blanks, outside sections and R calls."""
    if not subject.statistical:
        return ""
    text = re.sub(r"``.*?``", "", subject.doc, flags=re.DOTALL)
    for name in ("Parameters", "Returns", "Raises"):
        text = text.replace(section(text, name), "")
    # Degrees of freedom and a range are no equation.
    text = re.sub(r"\bk - \w\b(?= degrees|\W)|tau2 >= 0", "", text)
    found = re.search(r"\S (=|<=|>=|<|>|~|\+|-|\*|/) \S", text)
    return "" if found else "no equation"


def missing_r(subject: Subject) -> str:
    """A line that starts with ``In R:`` and goes on."""
    if not subject.statistical or re.search(r"^In R: \S", subject.doc, flags=re.MULTILINE):
        return ""
    return 'no line "In R: ..."'


def missing_doi(subject: Subject) -> str:
    """A DOI here, or a citation [n] of a reference with one, here or in the module."""
    doi = r"(?:doi:|doi\.org/)10\.\d{4,}/"
    if not subject.statistical or re.search(doi, subject.doc):
        return ""
    module = inspect.getdoc(subject.module) or ""
    texts = dict(re.findall(r"^\[(\d+)\] (.*?)(?=^\[|\Z)", module, flags=re.DOTALL | re.MULTILINE))
    cited = re.findall(r"\[(\d+)\]", subject.doc)
    if any(re.search(doi, texts.get(number, "")) for number in cited):
        return ""
    return "no DOI, and no citation of a reference with one"


def missing_raises(subject: Subject) -> str:
    """Section ``Raises`` with MethodError where the function itself raises it."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(subject.function)))
    raised = {
        node.exc.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
    }
    if "MethodError" not in raised or "MethodError" in section(subject.doc, "Raises"):
        return ""
    return "raises MethodError, which Raises does not name"


RULES: dict[str, Callable[[Subject], str]] = {
    "parameters": missing_parameters,
    "returns": missing_returns,
    "shapes": missing_shapes,
    "equation": missing_equation,
    "R": missing_r,
    "DOI": missing_doi,
    "raises": missing_raises,
}


def parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Parameters of the signature but ``self``."""
    found = dict(inspect.signature(function).parameters)
    found.pop("self", None)
    return found


def section(doc: str, name: str) -> str:
    """The text of a numpydoc section, "" when it is not there."""
    pattern = rf"^{name}\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)"
    found = re.search(pattern, doc, flags=re.DOTALL | re.MULTILINE)
    return found.group(1) if found else ""


def entries(doc: str, name: str) -> dict[str, str]:
    """Each name of a section with its text; names that share a text are separated by commas."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in section(doc, name).splitlines():
        if line and not line.startswith(" "):
            names = [part.strip(" *") for part in line.split(" : ")[0].split(",")]
            found |= dict.fromkeys(names, line)
        else:
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
    return found
