"""``evidencekit pool``: a table of studies to one pooled result, without a workspace."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from evidencekit import method_names
from evidencekit.cli.common import write_text
from evidencekit.errors import ExitCode

if TYPE_CHECKING:
    from evidencekit.models.presets import Difference
    from evidencekit.tables.pooling import PoolOutcome

DESCRIPTION = """\
Pool the studies of one table: CSV, TSV, Excel or Parquet. Group 1 is the intervention.
Columns: study, and one of
  events1,total1,events2,total2      mean1,sd1,n1,mean2,sd2,n2
  estimate,se                        estimate,ci_low,ci_high[,level]
Names of the R programs metafor (ai, n1i, ci, n2i, m1i, yi, vi, ...) and meta are understood too.
"""
FIGURES = (".svg", ".png", ".pdf")


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its options."""
    parser.description = DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", type=Path, metavar="FILE", help="the table")
    parser.add_argument("--sheet", default="", metavar="NAME", help="sheet of an Excel workbook")
    add_method_options(parser)
    # None tells what was not named, so that a preset can name it.
    parser.set_defaults(tau2=None, prediction=None, tau2_ci=None)
    parser.add_argument(
        "--preset",
        choices=method_names.PRESETS,
        default="evidencekit",
        help="what is not named is chosen as this program does (default: evidencekit)",
    )
    parser.add_argument(
        "--explain-differences",
        action="store_true",
        help="also show what other programs print by default, and which option makes it differ",
    )
    parser.add_argument("--subgroup", default="", metavar="COL", help="pool within this column too")
    parser.add_argument(
        "--subgroup-tau2",
        choices=("separate", "common"),
        default="separate",
        help="tau2 of subgroups (default: separate)",
    )
    parser.add_argument(
        "--verify", action="store_true", help="also fit with statsmodels; stop if the two differ"
    )
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help=f"draw a forest plot ({', '.join(FIGURES)})"
    )
    parser.add_argument(
        "--lang", default="en", metavar="CODE", help="language of the plot: en, nl, de"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object, evidencekit.pool/1")
    parser.set_defaults(run=run)


def add_method_options(
    parser: argparse.ArgumentParser, models: tuple[str, ...] = method_names.POOL_MODELS
) -> None:
    """Options that say how to pool; ``batch`` has the same, with fewer models."""
    add = parser.add_argument
    add("--measure", choices=method_names.MEASURES, default="", help="effect measure")
    add(
        "--input-scale",
        choices=("natural", "log"),
        help="estimates of a ratio as ratios or as logarithms (yi, TE: log); an SE is of the log",
    )
    add("--model", choices=models, default="random", help="default: random")
    add("--tau2", choices=method_names.TAU2_ESTIMATORS, default="REML", help="default: REML")
    add("--ci", choices=method_names.CI_METHODS, help="default: HKSJ (random), wald (common)")
    add(
        "--prediction",
        choices=(*method_names.PREDICTION_METHODS, method_names.NO_PREDICTION),
        default="HK",
        help="prediction interval (default: HK)",
    )
    add(
        "--tau2-ci",
        choices=(*method_names.TAU2_INTERVALS, "none"),
        default="QP",
        help="interval of tau2 (default: QP)",
    )
    add("--level", type=_level, default=0.95, help="coverage of all intervals (default: 0.95)")
    add(
        "--zero",
        choices=("only_zero", "all", "none"),
        default="only_zero",
        help="studies whose cells get --zero-add (default: only_zero)",
    )
    add("--zero-add", type=_amount, default=0.5, metavar="X", help="default: 0.5")
    add(
        "--double-zero",
        choices=("drop", "keep"),
        default="drop",
        help="studies without events, or events only, in both arms (default: drop)",
    )


def _level(text: str) -> float:
    try:
        level = float(text)
    except ValueError:
        level = 0.0
    if not 0.0 < level < 1.0:
        raise argparse.ArgumentTypeError(f"a fraction between 0 and 1 such as 0.95, not {text!r}")
    return level


def _amount(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0.0 <= amount < float("inf"):
        raise argparse.ArgumentTypeError(f"a number of 0 or more, not {text!r}")
    return amount


def run(args: argparse.Namespace) -> int:
    """Pool; returns the exit code."""
    from evidencekit.effects.zero_cells import ZeroCells
    from evidencekit.errors import UsageError
    from evidencekit.models.presets import PRESETS, explain_differences
    from evidencekit.report.differences import chosen, differences_json, differences_text
    from evidencekit.tables.pooling import PoolRequest, pool_studies
    from evidencekit.tables.read import read_table
    from evidencekit.tables.studies import read_studies

    if args.plot and args.plot.suffix.lower() not in FIGURES:
        raise UsageError(f"--plot {args.plot}: the name must end in {', '.join(FIGURES)}")
    studies = read_studies(
        read_table(args.file, sheet=args.sheet),
        measure=args.measure,
        input_scale=args.input_scale,
        zero_cells=ZeroCells(add=args.zero_add, to=args.zero, double_zero=args.double_zero),
        subgroup=args.subgroup,
    )
    for warning in studies.warnings:
        print(warning, file=sys.stderr)
    if args.explain_differences and args.model != "random":
        raise UsageError("--explain-differences compares random-effects models; leave out --model")
    preset = PRESETS[args.preset]
    random = args.model == "random"
    request = PoolRequest(
        model=args.model,
        tau2=args.tau2 or preset.tau2,
        ci=args.ci or (preset.ci if random else None),
        prediction=_named(args.prediction, preset.prediction),
        tau2_ci=_named(args.tau2_ci, preset.tau2_ci),
        level=args.level,
        tau2_across=args.subgroup_tau2,
        verify=args.verify,
    )
    outcome = pool_studies(studies, request)
    if args.plot:
        _draw(outcome, args)
    differences: tuple[Difference, ...] = ()
    if args.explain_differences:
        differences = explain_differences(studies.contrasts, ours=chosen(request), level=args.level)
    if args.json:
        from evidencekit.report.pool_json import pool_json

        data = pool_json(outcome)
        if differences:
            data["differences"] = differences_json(differences)
        write_text(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        from evidencekit.report.pool_text import pool_text

        write_text(pool_text(outcome))
        if differences:
            write_text("\n" + differences_text(differences, scale=outcome.result.scale))
    return ExitCode.OK


def _named(name: str | None, otherwise: str | None) -> str | None:
    """What was named ("none" for nothing), or what the preset names."""
    if name is None:
        return otherwise
    return None if name == method_names.NO_PREDICTION else name


def _draw(outcome: PoolOutcome, args: argparse.Namespace) -> None:
    from evidencekit.render.forest import draw_forest
    from evidencekit.render.pooled import forest_of_table
    from evidencekit.render.save import save

    save(draw_forest(forest_of_table(outcome, lang=args.lang, name=args.file.stem)), args.plot)
    print(f"wrote {args.plot}", file=sys.stderr)
