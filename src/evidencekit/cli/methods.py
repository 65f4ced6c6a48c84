"""Options that say how to pool: the same for ``pool`` and ``batch``, and what they amount to."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from evidencekit import method_names
from evidencekit.errors import UsageError

if TYPE_CHECKING:
    from evidencekit.effects.zero_cells import ZeroCells


def add_method_options(parser: argparse.ArgumentParser, models: tuple[str, ...]) -> None:
    """Measure, model, methods and the policy for zero cells."""
    add = parser.add_argument
    add(
        "--measure",
        choices=method_names.TABLE_MEASURES,
        default="",
        metavar="NAME",
        help="effect measure: " + ", ".join(method_names.TABLE_MEASURES),
    )
    add(
        "--input-scale",
        choices=("natural", "log", "analysis"),
        help="scale of estimates: ratios as ratios (natural) or logarithms (log; yi, TE), other "
        "measures natural or analysis; an SE is that of the analysis scale",
    )
    add("--model", choices=models, default="random", help="default: random")
    add("--tau2", choices=method_names.TAU2_ESTIMATORS, default="REML", help="default: REML")
    add("--ci", choices=method_names.CI_METHODS, help="default: HKSJ (random), wald (common)")
    add(
        "--adhoc",
        choices=tuple(method_names.AD_HOC_RULES),
        help="no Hartung-Knapp interval narrower than Wald's: by standard error (se), by "
        "choosing the wider interval (ci), or as IQWiG does (iqwig6)",
    )
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


def zero_cells(args: argparse.Namespace) -> ZeroCells:
    """The policy for zero cells that was named."""
    from evidencekit.effects.zero_cells import ZeroCells

    return ZeroCells(add=args.zero_add, to=args.zero, double_zero=args.double_zero)


def interval_named(args: argparse.Namespace) -> str | None:
    """The interval of ``--ci`` and ``--adhoc``, or None where neither was named.

    Raises
    ------
    UsageError
        An ad hoc rule for another interval or model than Hartung and Knapp's.
    """
    if args.adhoc is None:
        named: str | None = args.ci
        return named
    found = method_names.AD_HOC_RULES[args.adhoc]
    if args.model != "random":
        raise UsageError(
            f"--adhoc is for Hartung-Knapp intervals of --model random, not {args.model}; "
            "leave it out"
        )
    if args.ci not in (None, "HKSJ", found):
        raise UsageError(
            f"--adhoc {args.adhoc} changes the Hartung-Knapp interval, and --ci {args.ci} is "
            "another; leave one of them out"
        )
    return found


def or_none(name: str | None, otherwise: str | None = None) -> str | None:
    """What was named, None for "none", or *otherwise* where nothing was named."""
    if name is None:
        return otherwise
    return None if name == method_names.NO_PREDICTION else name


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
