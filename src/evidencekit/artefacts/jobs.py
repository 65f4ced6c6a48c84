"""Which analyses are to be built, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidencekit.artefacts.digests import analysis_key, inputs_of, package_digest
from evidencekit.artefacts.manifest import Manifest
from evidencekit.errors import UsageError
from evidencekit.workspace.plan import Plan
from evidencekit.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One analysis and why it is to be built; ``reason`` is empty when it is current."""

    plan: Plan
    languages: tuple[str, ...]
    inputs: Mapping[str, str]
    package: str
    key: str
    reason: str


def plan_jobs(
    workspace: Workspace,
    manifest: Manifest,
    *,
    ids: Sequence[str] = (),
    languages: Sequence[str] = (),
    force: bool = False,
) -> list[Job]:
    """One job per analysis asked for (all without *ids*), current ones included.

    Raises
    ------
    UsageError
        An analysis that does not exist, or a language that none of them has labels for.
    """
    plans = _plans(workspace, ids)
    _refuse_unknown_languages(plans, languages)
    package = package_digest()
    jobs = []
    for plan in plans:
        wanted = tuple(lang for lang in plan.labels if not languages or lang in languages)
        if not wanted:
            continue
        inputs = inputs_of(plan, workspace)
        key = analysis_key(inputs, package)
        reason = "forced" if force else manifest.stale(plan.id, key, wanted)
        jobs.append(
            Job(
                plan=plan,
                languages=wanted,
                inputs=inputs,
                package=package,
                key=key,
                reason=reason,
            )
        )
    return jobs


def _refuse_unknown_languages(plans: Sequence[Plan], languages: Sequence[str]) -> None:
    there = {lang for plan in plans for lang in plan.labels}
    missing = [lang for lang in dict.fromkeys(languages) if lang not in there]
    if missing:
        known = ", ".join(sorted(there))
        raise UsageError(f"no analysis has labels in {', '.join(missing)} (languages: {known})")


def _plans(workspace: Workspace, ids: Sequence[str]) -> list[Plan]:
    unknown = [name for name in dict.fromkeys(ids) if name not in workspace.plans]
    if unknown:
        from difflib import get_close_matches

        near = [match for name in unknown for match in get_close_matches(name, workspace.plans, 1)]
        hint = f" - did you mean {' '.join(near)}?" if near else ""
        known = ", ".join(sorted(workspace.plans))
        raise UsageError(f"no analysis {', '.join(unknown)}{hint} (analyses: {known})")
    return [workspace.plans[name] for name in dict.fromkeys(ids or sorted(workspace.plans))]
