"""Arms and outcomes of a ClinicalTrials.gov record, as version 2 of its API writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evidencekit.errors import FileError
from evidencekit.sources.plain import mapping, objects, text, texts
from evidencekit.sources.safe_json import parse_json

ARM_ROLES: Final[dict[str, str]] = {
    "EXPERIMENTAL": "intervention",
    "ACTIVE_COMPARATOR": "comparator",
    "PLACEBO_COMPARATOR": "comparator",
    "SHAM_COMPARATOR": "comparator",
    "NO_INTERVENTION": "comparator",
}
"""What an arm is for, by the registry's type; any other is ``other``."""

DESIGNS: Final[dict[str, str]] = {
    "PARALLEL": "parallel",
    "CROSSOVER": "crossover",
    "FACTORIAL": "factorial",
}
"""Designs of a study file, by the registry's model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredArm:
    """One arm as registered; *role* is ours, everything else the registry's words."""

    label: str
    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredOutcome:
    """One outcome as registered."""

    measure: str
    time_frame: str
    primary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredTrial:
    """What a registry entry says of a trial."""

    number: str
    title: str
    design: str = ""
    allocation: str = ""
    arms: tuple[RegisteredArm, ...] = ()
    outcomes: tuple[RegisteredOutcome, ...] = ()


def read_registered_trial(path: Path) -> RegisteredTrial:
    """Read the JSON of one study.

    Raises
    ------
    FileError
        When the file cannot be read or is no such record.
    """
    try:
        data = parse_json(path.read_bytes())
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise FileError(f"{path}: not valid JSON: {error}") from error
    trial = registered_trial(mapping(data))
    if not re.fullmatch(r"NCT\d{8}", trial.number, re.ASCII):
        raise FileError(
            f"{path}: not a ClinicalTrials.gov record: no protocolSection.identificationModule."
            "nctId; save the JSON of https://clinicaltrials.gov/api/v2/studies/NUMBER"
        )
    return trial


def registered_trial(data: Mapping[str, Any]) -> RegisteredTrial:
    """A trial from the values of the API; what is missing there stays empty."""
    protocol = mapping(data.get("protocolSection"))
    identity = mapping(protocol.get("identificationModule"))
    design = mapping(mapping(protocol.get("designModule")).get("designInfo"))
    arms = mapping(protocol.get("armsInterventionsModule"))
    outcomes = mapping(protocol.get("outcomesModule"))
    return RegisteredTrial(
        number=text(identity.get("nctId")),
        title=text(identity.get("officialTitle")) or text(identity.get("briefTitle")),
        design=DESIGNS.get(text(design.get("interventionModel")), ""),
        allocation=text(design.get("allocation")).lower(),
        arms=tuple(map(_arm, objects(arms.get("armGroups")))),
        outcomes=(
            *_outcomes(outcomes.get("primaryOutcomes"), primary=True),
            *_outcomes(outcomes.get("secondaryOutcomes"), primary=False),
        ),
    )


def _arm(arm: Mapping[str, Any]) -> RegisteredArm:
    label = text(arm.get("label"))
    said = text(arm.get("description")) or ", ".join(texts(arm.get("interventionNames")))
    role = ARM_ROLES.get(text(arm.get("type")), "other")
    return RegisteredArm(label=label, role=role, text=said or label)


def _outcomes(value: Any, *, primary: bool) -> tuple[RegisteredOutcome, ...]:
    return tuple(
        RegisteredOutcome(
            measure=text(outcome.get("measure")),
            time_frame=text(outcome.get("timeFrame")),
            primary=primary,
        )
        for outcome in objects(value)
        if text(outcome.get("measure"))
    )
