"""``evidencekit pool``: a table of studies to one pooled result, without a workspace."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from evidencekit import method_names
from evidencekit.cli.common import write_text
from evidencekit.cli.methods import add_method_options, interval_named, or_none, zero_cells
from evidencekit.errors import ExitCode, FileError, UsageError

if TYPE_CHECKING:
    from evidencekit.models.presets import Difference
    from evidencekit.tables.pooling import PoolOutcome
    from evidencekit.tables.request import PoolRequest

DESCRIPTION = """\
Pool the studies of one table: CSV, TSV, Excel or Parquet. Group 1 is the intervention.
Columns: study, and one of
  events1,total1,events2,total2      mean1,sd1,n1,mean2,sd2,n2
  events1,time1,events2,time2        r,n (correlations)
  events,total (single groups)       events,time      mean,sd,n
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
    add_method_options(parser, method_names.POOL_MODELS)
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
        "--moderators",
        default="",
        metavar="FORMULA",
        help='meta-regression on columns of the table, such as "~ year + C(region)"',
    )
    parser.add_argument(
        "--cluster",
        default="",
        metavar="COL",
        help="rows that share this are dependent: cluster-robust inference (CR2, Satterthwaite)",
    )
    parser.add_argument(
        "--likelihood",
        choices=method_names.GLMM_LIKELIHOODS,
        default="",
        help="of --model glmm (default: UM.FS for OR, CM.EL for IRR)",
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


def run(args: argparse.Namespace) -> int:
    """Pool; returns the exit code."""
    from evidencekit.report.differences import chosen, differences_json, differences_text
    from evidencekit.tables.pooling import pool_studies
    from evidencekit.tables.read import read_table
    from evidencekit.tables.studies import read_studies

    request = _request(args)
    studies = read_studies(
        read_table(args.file, sheet=args.sheet),
        measure=args.measure,
        input_scale=args.input_scale,
        zero_cells=zero_cells(args),
        subgroup=args.subgroup,
        cluster=args.cluster,
    )
    for warning in studies.warnings:
        print(warning, file=sys.stderr)
    outcome = pool_studies(studies, request)
    if args.plot:
        _draw(outcome, args)
    differences: tuple[Difference, ...] = ()
    if args.explain_differences:
        from evidencekit.models.presets import explain_differences

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


def _request(args: argparse.Namespace) -> PoolRequest:
    """The choices, checked against each other before the table is read."""
    from evidencekit.models.presets import PRESETS
    from evidencekit.tables.request import PoolRequest, check_together

    if args.plot:
        _check_plot(args.plot)
    if args.explain_differences and (args.model != "random" or args.cluster):
        raise UsageError(
            "--explain-differences compares random-effects models of independent studies; "
            "leave out --model and --cluster"
        )
    preset = PRESETS[args.preset]
    plain = args.model == "random" and not args.cluster
    request = PoolRequest(
        model=args.model,
        tau2=args.tau2 or preset.tau2,
        ci=interval_named(args) or (preset.ci if plain else None),
        prediction=or_none(args.prediction, preset.prediction),
        tau2_ci=or_none(args.tau2_ci, preset.tau2_ci),
        level=args.level,
        likelihood=args.likelihood,
        moderators=args.moderators,
        tau2_across=args.subgroup_tau2,
        verify=args.verify,
    )
    check_together(
        request,
        measure=args.measure,
        subgroup=bool(args.subgroup),
        cluster=bool(args.cluster),
    )
    return request


def _check_plot(path: Path) -> None:
    """Refuse what cannot be written before anything is computed."""
    if path.suffix.lower() not in FIGURES:
        raise UsageError(f"--plot {path}: the name must end in {', '.join(FIGURES)}")
    if not path.parent.is_dir():
        raise FileError(f"--plot {path}: there is no folder {path.parent}; make it first")


def _draw(outcome: PoolOutcome, args: argparse.Namespace) -> None:
    from evidencekit.render.forest import draw_forest
    from evidencekit.render.pooled import forest_of_table
    from evidencekit.render.save import save

    save(draw_forest(forest_of_table(outcome, lang=args.lang, name=args.file.stem)), args.plot)
    print(f"wrote {args.plot}", file=sys.stderr)
