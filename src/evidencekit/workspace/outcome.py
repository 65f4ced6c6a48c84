"""The vocabulary of outcomes: ``studies/outcomes.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evidencekit.workspace.fields import SLUG, Text, key


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLabel:
    """The outcome in one language."""

    text: str = key("heading: respiratory infection (at least one)")
    object: str = key('for sentences: "the risk of catching a cold"', default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One outcome that studies report and plans analyse."""

    id: str = key("identifier", pattern=SLUG)
    labels: dict[str, OutcomeLabel] = key("by language: en, nl, de")
    type: Literal["binary", "continuous", "time_to_event", "count"] = key("kind of data")
    desirable: Literal["lower", "higher"] = key("which way is better for people")
    event_is: Literal["harm", "benefit", "event_free"] | None = key(
        "what the event is (binary, time to event)", default=None
    )
    definition: str = key("what counts", default="")
    unit: Text = key("unit by language (continuous)", factory=dict)
    time_frame: Text | str = key("over which time, by language or as one text", default="")
    importance: Literal["critical", "important", "not_important"] | None = key(
        "importance to people deciding", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """The file ``studies/outcomes.yaml``."""

    outcomes: tuple[Outcome, ...] = key("the outcomes")
