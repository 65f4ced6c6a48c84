"""The examples of ``docs/conversions.md`` run and print what the page says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from evidencekit import effects

PAGE = Path(__file__).parents[1] / "docs" / "conversions.md"


def test_every_example_prints_what_the_page_says() -> None:
    report: list[str] = []
    example = doctest.DocTestParser().get_doctest(
        PAGE.read_text(encoding="utf-8").replace("```", ""), {}, PAGE.name, str(PAGE), 0
    )
    result = doctest.DocTestRunner(verbose=False).run(example, out=report.append)
    assert result.failed == 0, "".join(report)
    assert result.attempted > 40


def test_every_exported_conversion_has_an_example() -> None:
    examples = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL))
    functions = {name for name in effects.__all__ if name.islower()}
    others = {"find_measure", "to_natural_interval"}
    assert {name for name in functions - others if f"{name}(" not in examples} == set()
