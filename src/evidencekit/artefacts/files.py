"""All files of one analysis, in memory: results, figures, tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evidencekit.analysis.result import AnalysisResult
from evidencekit.artefacts.results_json import results_json
from evidencekit.language.words import Words
from evidencekit.render.analysis import forest_of
from evidencekit.render.plots import PLOTS
from evidencekit.render.save import FORMATS, render_bytes
from evidencekit.report.formats import REPORT_FORMATS, TABLES

Files = dict[str, tuple[str, bytes]]
"""File name to language ("" for none) and content."""


def artefacts(
    result: AnalysisResult, *, languages: Sequence[str], inputs: Mapping[str, str]
) -> Files:
    """Every file of the analysis in the languages asked for, named ``<kind>.<lang>.<ext>``."""
    files: Files = {"results.json": ("", results_json(result, inputs=inputs))}
    for lang in languages:
        words = Words(lang)
        files |= _figures(result, words)
        files |= _tables(result, words)
    return files


def _figures(result: AnalysisResult, words: Words) -> Files:
    files: Files = {}
    for kind, describe in FIGURES.items():
        figure = PLOTS[kind].draw(describe(result, words))
        for extension in FORMATS:
            name = f"{kind}.{words.lang}.{extension}"
            files[name] = (words.lang, render_bytes(figure, extension))
    return files


def _tables(result: AnalysisResult, words: Words) -> Files:
    files: Files = {}
    for kind, make in TABLES.items():
        document = make(result, words)
        if document is None:
            continue
        for extension, write in REPORT_FORMATS.items():
            name = f"{kind}.{words.lang}.{extension}"
            files[name] = (words.lang, write(document).encode("utf-8"))
    return files


FIGURES: dict[str, Callable[[AnalysisResult, Words], Any]] = {
    "forest": forest_of,
}
"""Which plots an analysis gets, and how each is described from the result."""
