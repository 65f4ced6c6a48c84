"""One watch over a workspace: papers, searches, and what a retraction does to results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from evidencekit.errors import ExitCode, UsageError
from evidencekit.sources.entry import Entry
from evidencekit.sources.fetch import fetch
from evidencekit.sources.lock import Lock, read_lock, update_lock
from evidencekit.sources.refresh import status_only, summary
from evidencekit.sources.transport import Transport
from evidencekit.watch.memory import Memory, Searched, read_memory, write_memory
from evidencekit.watch.movement import Movement, movements, pooled_studies
from evidencekit.watch.papers import DOUBTED, TAKEN_AWAY, Paper, compared, papers_of, studies_in
from evidencekit.watch.searches import (
    SearchOutcome,
    known_papers,
    not_run,
    outcomes_by_analysis,
    run_search,
)
from evidencekit.workspace.plan import Plan
from evidencekit.workspace.suggest import did_you_mean
from evidencekit.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What came of a run.

    Parameters
    ----------
    on
        Day of the run.
    papers
        Every paper that a pooled study cites.
    pooled
        Analyses that pool each study, by study.
    searches
        Of every analysis watched that has a search.
    movements
        Results without studies whose own report was retracted, removed or withdrawn.
    failed
        Reasons, by paper, for which its status stayed unchecked.
    """

    on: date
    papers: tuple[Paper, ...]
    pooled: Mapping[str, tuple[str, ...]]
    searches: tuple[SearchOutcome, ...]
    movements: tuple[Movement, ...]
    failed: Mapping[str, tuple[str, ...]]

    @property
    def troubled(self) -> tuple[Paper, ...]:
        """Papers on which somebody must decide.

        A report of a pooled study that is doubted stays here until the plan leaves the study
        out; any other news about a paper is told once.
        """
        return tuple(
            paper
            for paper in self.papers
            if paper.changed or (paper.reports and (paper.now in DOUBTED or paper.absent))
        )

    @property
    def needs_person(self) -> bool:
        """Whether there is anything to decide."""
        searches = any(found.waiting or found.beyond for found in self.searches)
        return bool(self.troubled) or searches

    @property
    def exit_code(self) -> ExitCode:
        """Findings first, then what was not answered."""
        if self.needs_person:
            return ExitCode.FINDINGS
        unanswered = self.failed or any(found.failed for found in self.searches)
        return ExitCode.NETWORK if unanswered else ExitCode.OK


def chosen_plans(workspace: Workspace, ids: Sequence[str]) -> tuple[Plan, ...]:
    """The plans named, or all.

    Raises
    ------
    UsageError
        There is no such analysis; a similar one is suggested.
    """
    for name in ids:
        if name not in workspace.plans:
            hint = did_you_mean(name, workspace.plans)
            raise UsageError(f"there is no analysis {name!r}" + (f"; {hint}" if hint else ""))
    return tuple(workspace.plans[name] for name in dict.fromkeys(ids or workspace.plans))


def watch(
    workspace: Workspace,
    plans: Sequence[Plan],
    transport: Transport | None,
    *,
    today: date,
    since: date | None = None,
) -> Watched:
    """Look at everything again; lock and ``watch.json`` are written when all is done.

    Parameters
    ----------
    plans
        The analyses to watch; their pooled studies are the ones looked at.
    transport
        One that takes nothing from the cache; None asks nobody, writes nothing, and says
        what the lock and ``watch.json`` hold.
    today
        In UTC.
    since
        Searches ask for records from this day, instead of from their last run.
    """
    root = workspace.root
    before, memory = read_lock(root), read_memory(root)
    pooled = {plan.id: pooled_studies(plan, workspace.studies) for plan in plans}
    included = dict.fromkeys(study for studies in pooled.values() for study in studies)
    cited = papers_of(workspace.studies[study] for study in included)
    now, failed = before, _never_checked(tuple(cited), before)
    statuses: dict[str, Entry] = {}
    if transport is not None:
        answers = fetch(transport, cited, save=lambda _: None)
        statuses = {key: entry for key, entry in status_only(answers).items() if entry.status}
        now = before.merged(statuses)
        # An absent paper has a record that says so, and no status.
        now = Lock(entries={**now.entries, **_absences(answers)})
        failed = dict(summary(before, now, answers).failed)
    papers = compared(cited, before, now)
    searches = _searches(workspace, plans, transport, memory, now, today=today, since=since)
    gone = tuple(studies_in(papers, TAKEN_AWAY))
    found = Watched(
        on=today,
        papers=papers,
        pooled={
            study: tuple(name for name, members in pooled.items() if study in members)
            for study in included
        },
        searches=searches,
        movements=tuple(m for plan in plans for m in movements(plan, workspace, gone)),
        failed=failed,
    )
    if transport is not None:
        # Last of all: what a run that broke off has seen is news to the next one as well.
        update_lock(root, statuses)
        if searches or memory.searches:
            remembered = {**memory.searches, **outcomes_by_analysis(searches)}
            write_memory(root, Memory(searches=remembered))
    return found


def _absences(answers: Mapping[str, Entry]) -> dict[str, Entry]:
    return {
        key: answer
        for key, answer in answers.items()
        if answer.record is not None and answer.record.outcome == "absent"
    }


def _never_checked(keys: Sequence[str], lock: Lock) -> dict[str, tuple[str, ...]]:
    """Papers whose status the lock does not know, for a run that asks nobody."""
    return {
        paper.key: ("its status is not in the lock",)
        for paper in compared(dict.fromkeys(keys, ((), ())), lock, lock)
        if paper.now == "unchecked" and not paper.absent
    }


def _searches(
    workspace: Workspace,
    plans: Sequence[Plan],
    transport: Transport | None,
    memory: Memory,
    lock: Lock,
    *,
    today: date,
    since: date | None,
) -> tuple[SearchOutcome, ...]:
    known = known_papers(workspace.studies.values(), lock)
    found = []
    for plan in plans:
        before: Searched | None = memory.searches.get(plan.id)
        if plan.search is None:
            continue
        if transport is None:
            found.append(not_run(plan.id, before, known))
            continue
        found.append(
            run_search(
                transport,
                plan.id,
                plan.search,
                before=before,
                known=known,
                since=since,
                today=today,
            )
        )
    return tuple(found)
