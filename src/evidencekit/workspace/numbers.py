"""Numbers as they stand in data files: the digits are kept, the decimal mark is a point."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from evidencekit.workspace.document import Quoted
from evidencekit.workspace.fields import Printed, PValue
from evidencekit.workspace.problems import UNKNOWN, Problems, Unknown, wrong_kind

NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", re.ASCII)
INTEGER = re.compile(r"[-+]?\d+", re.ASCII)


def integer(node: Any, at: int, problems: Problems) -> Any:
    """A whole number; ``010`` is ten."""
    number = printed(node, at, problems)
    if number is UNKNOWN:
        return UNKNOWN
    if not INTEGER.fullmatch(number.text):
        title = "whole number expected"
        return problems.add("EK043", title, at, node, detail=number.text)
    return int(number.text)


def real(node: Any, at: int, problems: Problems) -> Any:
    """A number."""
    number = printed(node, at, problems)
    return number if number is UNKNOWN else number.value


def printed(node: Any, at: int, problems: Problems) -> Any:
    """A number as printed, plain or quoted."""
    if isinstance(node, str):
        number = as_printed(node)
        if number is not None:
            if number.text[0] in "0+-" and _leading_zero(number.text):
                problems.add(
                    "EK045",
                    "number with a leading zero",
                    at,
                    node,
                    detail=f"read as {number.value:g}",
                    remedy="write it without the zero",
                    severity="warning",
                )
            return number
        if node or type(node) is Quoted:
            return not_a_number(node, at, problems)
    return wrong_kind(node, at, problems, "number")


@lru_cache(maxsize=65536)
def as_printed(number: str) -> Printed | None:
    """Text, value and decimals of a number, or None for anything else.

    Cached: tables repeat the same small numbers, and the result is immutable.
    """
    found = NUMBER.fullmatch(number)
    if found is None:
        return None
    value = float(number)
    if value in (float("inf"), float("-inf")):
        return None
    mantissa, _, exponent = str(number).lower().partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return Printed(str(number), value, max(decimals, 0))


def _leading_zero(number: str) -> bool:
    digits = number.lstrip("+-")
    return len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()


NUMBER_REMEDIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[-+]?\d{1,3}(,\d{3}){2,}(\.\d+)?"), "write the number without separators"),
    (re.compile(r"[-+]?[1-9]\d{0,2},\d{3}"), "write {plain}, or {point} if the comma is decimal"),
    (re.compile(r"[-+]?\d{1,3}(,\d{3})+\.\d+"), "write the number without separators: {plain}"),
    (re.compile(r"[-+]?\d{1,3}(\.\d{3})+,\d+"), "the decimal mark is a point: {german}"),
    (re.compile(r"[-+]?\d*,\d+"), "the decimal mark is a point: {point}"),
    (re.compile(r"[-+]?\d*[·٫]\d+"), "the decimal mark is a point: {point}"),
    (re.compile("[-+]?\\d{1,3}([ '\u2019\u00a0\u2009\u202f]\\d{3})+"), "write it as {digits}"),
    (re.compile("[\u2212\u2013]\\s*[\\d.,]+"), "use a hyphen as the minus sign"),
    (re.compile(r"[\d.,]+\s*%"), "leave out the percent sign; the key says that it is one"),
    (re.compile(r"[<>≤≥=]\s*[\d.,]+"), "only p-values may carry a sign such as <"),
    (re.compile(r"0[xob][0-9a-fA-F]+"), "write it with decimal digits"),
)


def how_to_write(text: str) -> str:
    """What to write instead of a number written another way; "" for what is no number at all."""
    for pattern, remedy in NUMBER_REMEDIES:
        if pattern.fullmatch(text):
            return remedy.format(
                plain=text.replace(",", ""),
                point=re.sub("[,·٫]", ".", text),
                german=text.replace(".", "").replace(",", "."),
                digits=re.sub(r"[^-+\d]", "", text),
            )
    return ""


def not_a_number(node: str, at: int, problems: Problems) -> Unknown:
    """Report a text where a number is expected; common ways of writing one get their remedy."""
    remedy = how_to_write(node)
    if remedy:
        title = "number is not written with a decimal point"
        if "decimal" not in remedy:
            title = "number is not written in digits alone"
        return problems.add("EK044", title, at, node, detail=f'"{node}"', remedy=remedy)
    return problems.add("EK043", "number expected", at, node, detail=f'"{node}" is not a number')


def p_value(node: Any, at: int, problems: Problems) -> Any:
    """A p-value as printed: ``0.03`` or ``<0.001``."""
    if not isinstance(node, str) or node == "":
        return wrong_kind(node, at, problems, "p-value")
    relation = node[0] if node[0] in "<>=" else "="
    digits = node.lstrip("<>=").strip()
    number = as_printed(digits)
    if number is None:
        title = 'p-value expected, such as 0.03 or "<0.001"'
        hint = ""
        if re.fullmatch(r"\d*[,·]\d+", digits):
            hint = f"the decimal mark is a point: {re.sub('[,·]', '.', node)}"
        elif re.match(r"[pP]\s*[<>=]", node):
            hint = f'leave out the p: "{node[1:].strip()}"'
        elif node.casefold() in ("ns", "n.s.", "not significant"):
            hint = "leave the key out; put the words under source.reported"
        return problems.add("EK054", title, at, node, detail=f'"{node}"', remedy=hint)
    return PValue("<" if relation == "<" else ">" if relation == ">" else "=", number)
