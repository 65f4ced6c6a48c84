"""Find what is stale, compute it (in parallel if asked), write it, record it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from evidencekit.artefacts.digests import analysis_key, inputs_of, package_digest, sha256
from evidencekit.artefacts.manifest import Entry, Manifest, Output
from evidencekit.atomic import explained, write_folder
from evidencekit.errors import UsageError
from evidencekit.workspace.plan import Plan
from evidencekit.workspace.workspace import Workspace

LIBRARIES = ("babel", "jinja2", "matplotlib", "numpy", "pandas", "scipy", "statsmodels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One analysis and why it is to be built; ``reason`` is empty when it is current."""

    plan: Plan
    languages: tuple[str, ...]
    inputs: Mapping[str, str]
    key: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What happened to one analysis."""

    analysis: str
    reason: str
    files: tuple[str, ...]
    seconds: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a worker hands back: file contents by name with their language, and the notes."""

    files: dict[str, tuple[str, bytes]]
    notes: tuple[str, ...]
    seconds: float


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
    package = package_digest()
    jobs = []
    for plan in _plans(workspace, ids):
        wanted = tuple(lang for lang in plan.labels if not languages or lang in languages)
        if not wanted:
            continue
        inputs = inputs_of(plan, workspace)
        key = analysis_key(inputs, package)
        reason = "forced" if force else manifest.stale(plan.id, key, wanted)
        jobs.append(Job(plan=plan, languages=wanted, inputs=inputs, key=key, reason=reason))
    if not jobs and languages:
        raise UsageError(f"no analysis has labels in {', '.join(languages)}")
    return jobs


def _plans(workspace: Workspace, ids: Sequence[str]) -> list[Plan]:
    unknown = [name for name in ids if name not in workspace.plans]
    if unknown:
        from difflib import get_close_matches

        near = get_close_matches(unknown[0], workspace.plans, 1)
        hint = f" - did you mean {near[0]}?" if near else ""
        known = ", ".join(sorted(workspace.plans))
        raise UsageError(f"no analysis {unknown[0]!r}{hint} (analyses: {known})")
    return [workspace.plans[name] for name in (ids or sorted(workspace.plans))]


def build(
    workspace: Workspace, plan: Plan, languages: Sequence[str], inputs: Mapping[str, str]
) -> Built:
    """Compute one analysis and render all its files in memory. Runs in a worker process."""
    from evidencekit.analysis.run import analyse
    from evidencekit.artefacts.files import artefacts

    start = time.perf_counter()
    result = analyse(plan, workspace)
    files = artefacts(result, languages=languages, inputs=inputs)
    return Built(files=files, notes=result.notes, seconds=time.perf_counter() - start)


def run_jobs(
    workspace: Workspace,
    manifest: Manifest,
    jobs: Sequence[Job],
    *,
    workers: int = 1,
    progress: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Build the stale jobs, write each as soon as it is complete, record it in the manifest."""
    stale = [job for job in jobs if job.reason]
    outcomes = []
    package = package_digest()
    for job, built in _computed(workspace, stale, workers):
        outcome = _store(manifest, job, built, package)
        outcomes.append(outcome)
        progress(outcome)
    return outcomes


def _computed(
    workspace: Workspace, jobs: Sequence[Job], workers: int
) -> Iterator[tuple[Job, Built]]:
    if workers <= 1 or len(jobs) <= 1:
        for job in jobs:
            yield job, build(workspace, job.plan, job.languages, job.inputs)
        return
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(
        min(workers, len(jobs)), mp_context=get_context("spawn"), initializer=_ignore_interrupts
    )
    try:
        futures: dict[Future[Built], Job] = {
            pool.submit(build, workspace, job.plan, job.languages, job.inputs): job for job in jobs
        }
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the parent, which stops the workers in an orderly way."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _store(manifest: Manifest, job: Job, built: Built, package: str) -> Outcome:
    folder = manifest.folder / job.plan.id
    write_folder(folder, {name: data for name, (_, data) in built.files.items()})
    before = manifest.entries.get(job.plan.id)
    kept = {
        name: output
        for name, output in (before.outputs if before else {}).items()
        if output.lang and output.lang not in job.languages
    }
    outputs = {
        name: Output(sha256=sha256(data), bytes=len(data), lang=lang, key=job.key)
        for name, (lang, data) in built.files.items()
    }
    _remove_gone(folder, before, {**kept, **outputs})
    manifest.entries[job.plan.id] = Entry(
        key=job.key,
        package=package,
        inputs=job.inputs,
        libraries=_libraries(),
        outputs={**kept, **outputs},
    )
    manifest.write()
    return Outcome(
        analysis=job.plan.id,
        reason=job.reason,
        files=tuple(sorted(built.files)),
        seconds=built.seconds,
        notes=built.notes,
    )


def _remove_gone(folder: Path, before: Entry | None, outputs: Mapping[str, Output]) -> None:
    """Delete files of ours that this version no longer makes; others' files are left alone."""
    with explained(folder):
        for name in before.outputs if before else ():
            if name not in outputs:
                (folder / name).unlink(missing_ok=True)


def remove_orphans(workspace: Workspace, manifest: Manifest) -> list[str]:
    """Delete recorded files whose analysis or language is gone; returns their paths."""
    languages = {plan.id: tuple(plan.labels) for plan in workspace.plans.values()}
    removed = []
    for analysis, name in manifest.orphans(languages):
        folder = manifest.folder / analysis
        with explained(folder):
            (folder / name).unlink(missing_ok=True)
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        entry = manifest.entries[analysis]
        outputs = {k: v for k, v in entry.outputs.items() if k != name}
        manifest.entries[analysis] = replace(entry, outputs=outputs)
        if not outputs:
            del manifest.entries[analysis]
        removed.append(f"{analysis}/{name}")
    if removed:
        manifest.write()
    return removed


def _libraries() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a vendored or frozen installation
            found[name] = "unknown"
    return found
