"""The workspace: every study, outcome and plan of a folder, with all its problems at once."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from evidencekit.errors import DataError, FileError, Finding, Place, UsageError
from evidencekit.workspace import files
from evidencekit.workspace.document import Document
from evidencekit.workspace.outcome import Outcome, Outcomes
from evidencekit.workspace.plan import Plan
from evidencekit.workspace.records import Record, decode_record
from evidencekit.workspace.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """What the data files of a folder say.

    Only whole records are here: a file with an error of its own is absent, and
    `Loaded.findings` says why.

    Parameters
    ----------
    root
        The folder.
    studies, outcomes, plans
        By identifier, in order of file name (outcomes in the order of their file).
    files
        Path relative to *root*, posix style, by ``"study:<id>"``, ``"plan:<id>"``
        and ``"outcomes"``.
    digests
        SHA-256 of the bytes of every file read, by relative path.
    """

    root: Path
    studies: Mapping[str, Study]
    outcomes: Mapping[str, Outcome]
    plans: Mapping[str, Plan]
    files: Mapping[str, str]
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A workspace and everything found wrong with its files, in order of place."""

    workspace: Workspace
    findings: tuple[Finding, ...]
    documents: Mapping[str, Document] = field(repr=False)
    checked: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings of severity error."""
        return tuple(f for f in self.findings if f.severity == "error")

    def place(self, name: str, *path: str | int) -> Place:
        """Where something stands, for later checks: ``place("study:x", "results", 0, "arms")``."""
        document = self.documents[self.workspace.files[name]]
        return document.place(document.locate(path)[0])

    def raise_errors(self) -> Workspace:
        """The workspace, or `DataError` with all findings when one is an error."""
        errors = self.errors
        if errors:
            count = f"{len(errors)} error{'s' if len(errors) != 1 else ''}"
            message = f"{count} in the data files; run `evidencekit validate`"
            raise DataError(message, self.findings)
        return self.workspace


def load_workspace(
    root: Path | str, *, paths: Iterable[Path | str] | None = None, strict: bool = False
) -> Loaded:
    """Read, decode and check every data file of a workspace.

    Parameters
    ----------
    root
        The folder that holds ``studies/`` and ``analyses/``.
    paths
        Report findings of these files and folders only (all files are read
        nevertheless, since they refer to each other). Relative to the current folder.
    strict
        Also list what is allowed but should be completed: recalled identifiers,
        missing facts, draft judgements.

    Raises
    ------
    FileError
        When the folder holds no workspace, or one of *paths* does not exist.
    UsageError
        When one of *paths* lies outside the workspace.
    """
    # Imported here because the checks are written in terms of this module.
    from evidencekit.workspace.checks.run import run_checks

    root = Path(root)
    _require_workspace(root)
    wanted = None if paths is None else [_relative(root, Path(path)) for path in paths]
    with _no_garbage_collection():
        records, documents, digests, findings = _read_all(root)
        findings += run_checks(records, documents, strict=strict)
    checked = sorted(documents)
    if wanted is not None:
        checked = [file for file in checked if _within(file, wanted)]
        findings = [f for f in findings if _within(f.place.file, wanted)]
    findings.sort(key=lambda f: (f.place.file, f.place.line, f.place.column, f.code))
    return Loaded(
        workspace=_assemble(root, records, digests),
        findings=tuple(findings),
        documents=documents,
        checked=tuple(checked),
    )


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """The trees hold no cycles; collecting while they grow costs more than building them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _require_workspace(root: Path) -> None:
    if not root.is_dir():
        raise FileError(f"{root.as_posix()}: there is no such folder")
    folders = (files.STUDIES, files.ANALYSES)
    if not any((root / folder).is_dir() for folder in folders):
        shown = "this folder" if root == Path() else root.as_posix()
        raise FileError(
            f"{shown} is not a workspace: it has no studies/ or analyses/ folder. "
            "Make one with `evidencekit init DIR`, or name one with --workspace DIR"
        )


def _read_all(
    root: Path,
) -> tuple[list[Record], dict[str, Document], dict[str, str], list[Finding]]:
    # Imported here: PyYAML takes 20 ms that a `--help` need not wait for.
    from evidencekit.workspace.yaml import parse_bytes

    records: list[Record] = []
    documents: dict[str, Document] = {}
    digests: dict[str, str] = {}
    findings: list[Finding] = []
    for folder in (files.STUDIES, files.ANALYSES):
        found = files.find(root, folder) if (root / folder).is_dir() else files.Found()
        findings += found.findings
        for name in found.paths:
            data = files.read(root, name)
            if isinstance(data, Finding):
                findings.append(data)
                documents[name] = Document(name, "")
                continue
            digests[name] = sha256(data).hexdigest()
            document, problems = parse_bytes(data, file=name)
            documents[name] = document
            record, more = decode_record(document, problems)
            findings += problems + more
            if record is not None:
                records.append(record)
    return records, documents, digests, findings


def _relative(root: Path, path: Path) -> str:
    """A path given by the user, relative to the workspace."""
    if not path.exists():
        raise FileError(f"{path.as_posix()}: there is no such file or folder")
    try:
        relative = path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        raise UsageError(
            f"{path.as_posix()} is not in the workspace {root.resolve().as_posix()}; "
            "name its workspace with --workspace DIR"
        ) from None
    return relative


def _within(file: str, wanted: list[str]) -> bool:
    return any(path in (".", file) or file.startswith(f"{path}/") for path in wanted)


def _assemble(root: Path, records: list[Record], digests: dict[str, str]) -> Workspace:
    studies: dict[str, Study] = {}
    plans: dict[str, Plan] = {}
    outcomes: dict[str, Outcome] = {}
    names: dict[str, str] = {}
    for record in records:
        if not record.whole:
            continue
        value, file = record.value, record.document.file
        if isinstance(value, Study) and value.id not in studies:
            studies[value.id] = value
            names[f"study:{value.id}"] = file
        elif isinstance(value, Plan) and value.id not in plans:
            plans[value.id] = value
            names[f"plan:{value.id}"] = file
        elif isinstance(value, Outcomes):
            outcomes = {outcome.id: outcome for outcome in value.outcomes}
            names["outcomes"] = file
    return Workspace(
        root=root,
        studies=studies,
        outcomes=outcomes,
        plans=plans,
        files=names,
        digests=digests,
    )
