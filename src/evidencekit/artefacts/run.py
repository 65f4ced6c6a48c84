"""Find what is stale, compute it (in parallel if asked), write it, record it."""

from __future__ import annotations

import contextlib
import platform
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from evidencekit.artefacts.digests import file_sha256, sha256
from evidencekit.artefacts.jobs import Job
from evidencekit.artefacts.manifest import Entry, Manifest, Output
from evidencekit.atomic import explained, write_folder
from evidencekit.errors import EvidencekitError
from evidencekit.workspace.plan import Plan
from evidencekit.workspace.workspace import Workspace

LIBRARIES = ("babel", "jinja2", "matplotlib", "numpy", "pandas", "pillow", "scipy", "statsmodels")

MOST_WORKERS = 61
"""Windows cannot wait for more processes than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What happened to one analysis; with ``error``, its earlier files were left as they were."""

    analysis: str
    reason: str
    files: tuple[str, ...] = ()
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    error: EvidencekitError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a worker hands back: file contents by name with their language, and the notes."""

    files: dict[str, tuple[str, bytes]]
    notes: tuple[str, ...]
    seconds: float


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
    """Build the stale jobs, write each as soon as it is complete, record it in the manifest.

    An analysis that cannot be made does not stop the others: its outcome carries the error.
    """
    stale = [job for job in jobs if job.reason]
    outcomes = []
    for job, built in _computed(workspace, stale, workers):
        if isinstance(built, EvidencekitError):
            outcome = Outcome(analysis=job.plan.id, reason=job.reason, error=built)
        else:
            outcome = _store(manifest, job, built)
        outcomes.append(outcome)
        progress(outcome)
    return outcomes


Result = Built | EvidencekitError


def _attempt(workspace: Workspace, job: Job) -> Result:
    try:
        return build(workspace, job.plan, job.languages, job.inputs)
    except EvidencekitError as error:
        return error


def _computed(
    workspace: Workspace, jobs: Sequence[Job], workers: int
) -> Iterator[tuple[Job, Result]]:
    if workers <= 1 or len(jobs) <= 1:
        for job in jobs:
            yield job, _attempt(workspace, job)
        return
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(
        min(workers, len(jobs), MOST_WORKERS),
        mp_context=get_context("spawn"),
        initializer=_start_worker,
        initargs=(workspace,),
    )
    try:
        with _interrupts_ignored():
            futures = {pool.submit(_work, job): job for job in jobs}
        for future in as_completed(futures):
            yield futures[future], future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        _stop_workers()
        raise
    pool.shutdown()


@contextlib.contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Processes started in here leave Ctrl-C to their parent, from their first instruction."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _stop_workers() -> None:
    """End the workers at once: what they have not handed over is worth nothing."""
    import multiprocessing

    for process in multiprocessing.active_children():
        process.terminate()


_shared: dict[str, Workspace] = {}


def _start_worker(workspace: Workspace) -> None:
    """Keep the workspace for the jobs of this process, and leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _shared["workspace"] = workspace


def _work(job: Job) -> Result:
    return _attempt(_shared["workspace"], job)


def _store(manifest: Manifest, job: Job, built: Built) -> Outcome:
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
        package=job.package,
        inputs=job.inputs,
        libraries=_libraries(),
        outputs={**kept, **outputs},
    )
    manifest.merge()
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
        for name, output in (before.outputs if before else {}).items():
            if name not in outputs:
                _remove(folder / name, output)


def _remove(path: Path, output: Output) -> None:
    """Delete a generated file, unless somebody has made it their own."""
    if file_sha256(path) == output.sha256:
        path.unlink()


def remove_orphans(workspace: Workspace, manifest: Manifest) -> list[str]:
    """Delete recorded files whose analysis or language is gone; returns their paths."""
    languages = {plan.id: tuple(plan.labels) for plan in workspace.plans.values()}
    removed = []
    for analysis, name in manifest.orphans(languages):
        folder = manifest.folder / analysis
        with explained(folder):
            _remove(folder / name, manifest.entries[analysis].outputs[name])
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
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a vendored or frozen installation
            found[name] = "unknown"
    return found
