"""Which paths a condition may use, read off the dataclasses."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from evidencekit.workspace.conditions import PathUse
from evidencekit.workspace.decode import hints
from evidencekit.workspace.study import AnalysisSet, Arm, Basis, Study
from evidencekit.workspace.suggest import did_you_mean, one_of

Scope = Literal["comparison", "arm"]

RESULT: dict[str, Any] = {
    "id": str,
    "data": Literal["counts", "means", "estimate", "incomplete"],
    "basis": Basis,
    "reading": Literal["own_report", "as_printed_in"],
    "analysis_set": AnalysisSet,
    "timepoint": str,
    "definition": str,
}
"""What a condition can ask of a result, as ``result.<name>``."""


@dataclass(slots=True)
class Tags:
    """Tags that occur in the studies, with their values: of populations and of arms.

    Lists are given as the set of their items, and their names in ``listed``.
    ``complete`` is False when a study could not be read, so that an unknown
    tag may be one of its.
    """

    population: dict[str, set[Any]] = field(default_factory=dict)
    arm: dict[str, set[Any]] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    complete: bool = True


class PathProblem(NamedTuple):
    """What is wrong with the use of a path; ``value`` when only its value is unknown."""

    code: str
    title: str
    detail: str
    remedy: str


def tables(scope: Scope) -> dict[str, Any]:
    """The names a condition can start with: annotations, dataclasses or tables of them."""
    if scope == "arm":
        return dict(hints(Arm))
    arms = {"intervention": Arm, "comparator": Arm}
    return {**hints(Study), "study": Study, "arms": arms, "result": RESULT}


def check_use(use: PathUse, scope: Scope, tags: Tags) -> PathProblem | None:
    """What is wrong with one use of a path in a condition; None when nothing is.

    Parameters
    ----------
    use
        From `Condition.uses`.
    scope
        "comparison" for ``select.where`` and subgroups, "arm" for ``contrast``.
    tags
        Tags that occur in the studies.
    """
    found = _lookup(use.path, scope, tags)
    if isinstance(found, PathProblem):
        return found
    annotation, values = found
    if use.operator == "group":
        return None
    is_list = get_origin(annotation) is tuple
    is_list |= values is not None and use.path.rpartition(".")[2] in tags.listed
    if is_list and use.operator != "has" and use.literals != (None,):
        remedy = f'write "{use.path} has ..."'
        return PathProblem("EK081", f"{use.path} is a list", "", remedy)
    expected = get_args(annotation)[0] if get_origin(annotation) is tuple else annotation
    for literal in use.literals:
        problem = _check_literal(use, literal, expected, values)
        if problem is not None:
            return problem
    return None


def _lookup(path: str, scope: Scope, tags: Tags) -> tuple[Any, set[Any] | None] | PathProblem:
    """Annotation at the end of a path, and the values that a tag there has."""
    table: Any = tables(scope)
    owner: Mapping[str, set[Any]] = tags.arm if scope == "arm" else tags.population
    parts = path.split(".")
    for index, part in enumerate(parts):
        names = hints(table) if is_dataclass(table) else table
        if not isinstance(names, dict):
            so_far = ".".join(parts[:index])
            return PathProblem("EK081", f"{so_far} has no parts", "", f'write "{so_far}"')
        if part == "tags" and part in names:
            return _lookup_tag(parts[index + 1 :], owner, tags)
        if part not in names:
            return _unknown(part, parts[:index], names)
        table = _without_none(names[part])
        owner = tags.arm if table is Arm else owner
    if isinstance(table, dict) or is_dataclass(table):
        names = hints(table) if is_dataclass(table) else table
        detail = one_of(f"{path}.{name}" for name in names)
        return PathProblem("EK081", f"{path} is not a single fact", detail, "")
    if get_origin(table) is tuple and is_dataclass(get_args(table)[0]):
        remedy = "conditions compare single facts"
        return PathProblem("EK081", f"{path} is a list of records", "", remedy)
    return table, None


def _lookup_tag(
    rest: list[str], owner: Mapping[str, set[Any]], tags: Tags
) -> tuple[Any, set[Any] | None] | PathProblem:
    if len(rest) != 1:
        return PathProblem("EK081", "one tag is expected here", "", "write tags.<name>")
    if rest[0] in owner:
        return Any, owner[rest[0]] if tags.complete else None
    if not tags.complete:
        return Any, None
    hint = did_you_mean(rest[0], owner)
    detail = "" if hint else one_of(sorted(owner))
    return PathProblem("EK081", f'no study has a tag "{rest[0]}" there', detail, hint)


def _unknown(part: str, before: list[str], names: Mapping[str, Any]) -> PathProblem:
    hint = did_you_mean(part, names)
    detail = "" if hint else one_of(names, limit=20)
    where = f" in {'.'.join(before)}" if before else ""
    return PathProblem("EK081", f'there is no "{part}"{where}', detail, hint)


def _check_literal(
    use: PathUse, literal: Any, expected: Any, values: set[Any] | None
) -> PathProblem | None:
    if literal is None:
        return None
    if values is not None:
        return _check_tag_value(use, literal, values)
    if get_origin(expected) is Literal and literal not in get_args(expected):
        allowed = get_args(expected)
        title = f'{use.path} is never "{literal}"'
        return PathProblem("EK081", title, one_of(allowed), did_you_mean(str(literal), allowed))
    is_text = isinstance(literal, str)
    if expected is int and is_text:
        return PathProblem(
            "EK081", f"{use.path} is a number", "", f"write {literal} without quotes"
        )
    if expected is str and not is_text:
        return PathProblem("EK081", f"{use.path} is a text", "", f'write "{literal}"')
    return None


def _check_tag_value(use: PathUse, literal: Any, values: set[Any]) -> PathProblem | None:
    if use.operator in ("<", "<=", ">", ">="):
        return _check_order(use, literal, values)
    if any(type(value) is type(literal) and value == literal for value in values):
        return None
    if _is_number(literal) and any(_is_number(value) and value == literal for value in values):
        return None
    shown = f'"{literal}"' if isinstance(literal, str) else str(literal).lower()
    texts = sorted(_as_written(value) for value in values)
    title = f"no study has {use.path} {shown}"
    return PathProblem("EK093", title, f"found: {', '.join(texts[:12])}", _hint(literal, values))


def _check_order(use: PathUse, literal: Any, values: set[Any]) -> PathProblem | None:
    """Numbers order with numbers and texts with texts; anything else would end the analysis."""
    odd = [value for value in values if _is_number(value) != _is_number(literal)]
    odd += [value for value in values if isinstance(value, bool)]
    if not odd:
        return None
    title = f"{use.path} cannot be compared with {use.operator} {literal}"
    return PathProblem("EK081", title, f"found: {_as_written(odd[0])}", "use == or !=")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _hint(literal: Any, values: set[Any]) -> str:
    if isinstance(literal, str) and literal in ("true", "false") and (literal == "true") in values:
        return f"write {literal} without quotes"
    return did_you_mean(str(literal), (value for value in values if isinstance(value, str)))


def _as_written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [option for option in get_args(annotation) if option is not types.NoneType]
        return rest[0] if len(rest) == 1 else annotation
    return annotation


def tag_values(value: Any) -> Iterator[Any]:
    """The single values of a tag."""
    if isinstance(value, tuple):
        yield from value
    else:
        yield value
