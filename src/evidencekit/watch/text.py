"""What a watch says: lines for people, and the same as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from evidencekit.quantities import Interval
from evidencekit.watch.memory import Candidate
from evidencekit.watch.movement import Facts, Movement
from evidencekit.watch.papers import Paper
from evidencekit.watch.run import Watched
from evidencekit.watch.searches import SearchOutcome

ALL = 10_000_000


def lines(found: Watched, *, most: int = ALL) -> list[str]:
    """Papers first, then what they do to results, then candidates, then what is unanswered.

    Parameters
    ----------
    most
        Candidates shown of each analysis.
    """
    said = [_paper(paper, found.pooled) for paper in found.troubled]
    for movement in found.movements:
        said += _movement(movement)
    for search in found.searches:
        said += _search(search, most)
    reasons: dict[str, int] = {}
    for each in found.failed.values():
        for reason in each:
            reasons[reason] = reasons.get(reason, 0) + 1
    said += [f"unanswered: {reason} ({_papers(n)})" for reason, n in sorted(reasons.items())]
    return said


def markdown(found: Watched) -> str:
    """The whole of it as a page, for a report or an issue."""
    said = lines(found) or ["Nothing new."]
    return (
        "\n".join([f"# Watch of {found.on.isoformat()}", "", *(f"- {_plain(s)}" for s in said)])
        + "\n"
    )


def _plain(line: str) -> str:
    """A line that Markdown shows as it is: titles come from elsewhere."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|" else c for c in line.strip())


def as_json(found: Watched) -> dict[str, Any]:
    """Plain values, of everything."""
    troubled = {paper.key for paper in found.troubled}
    return {
        "command": "watch",
        "on": found.on.isoformat(),
        "needs_person": found.needs_person,
        "papers": [
            {**asdict(paper), "changed": paper.changed, "needs_person": paper.key in troubled}
            for paper in found.papers
        ],
        "searches": [_search_json(search) for search in found.searches],
        "movements": [asdict(movement) for movement in found.movements],
        "failed": {key: list(reasons) for key, reasons in found.failed.items()},
    }


def _search_json(search: SearchOutcome) -> dict[str, Any]:
    return {
        "analysis": search.analysis,
        "since": search.since.isoformat() if search.since else None,
        "new": list(search.new),
        "waiting": [asdict(item) for item in search.waiting],
        "beyond": search.beyond,
        "failed": list(search.failed),
    }


def _paper(paper: Paper, pooled: Mapping[str, Sequence[str]]) -> str:
    name = paper.key.removeprefix("doi:").replace("pmid:", "PMID ")
    state = "not registered" if paper.absent else _words(paper.now)
    if paper.changed and paper.before != paper.now:
        state = f"{state}, before {_words(paper.before)}"
    notices = f"; {'; '.join(paper.notices)}" if paper.notices else ""
    who = [f"reports {study} ({_listed(pooled.get(study, ()))})" for study in paper.reports]
    if paper.cited_by:
        who.append(f"cited for {_listed(paper.cited_by)}")
    return f"paper: {name}: {state}{notices}; {'; '.join(who)}"


def _words(state: str) -> str:
    return state.replace("_", " ")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _movement(movement: Movement) -> list[str]:
    head = f"result: {movement.analysis} without {_listed(movement.studies)}:"
    whole, without = movement.whole, movement.without
    if without is None:
        return [f"{head} nothing can be pooled ({movement.reason}); with it {_effect(whole)}"]
    said = [
        f"{head} {_effect(without)}, with it {_effect(whole)}",
        f"  certainty: {_certainty(without)}; with it {_certainty(whole)}",
    ]
    if whole.excludes_null != without.excludes_null:
        now = "leaves out" if without.excludes_null else "includes"
        said.append(f"  the interval now {now} no effect")
    if whole.level is not None:
        said.append(f"  judged {_words(whole.level)} with it: judge again")
    return said


def _effect(facts: Facts) -> str:
    limits = _interval(facts.ci)
    level = f"{100 * facts.ci.level:g}%"
    return f"{facts.measure} {facts.estimate:.2f} ({level} CI {limits}), k {facts.k}"


def _interval(interval: Interval) -> str:
    return f"{interval.low:.2f} to {interval.high:.2f}"


def _certainty(facts: Facts) -> str:
    parts = [f"I² {100 * facts.i2:.0f}%", f"tau² {facts.tau2:.3f}"]
    if facts.prediction is not None:
        parts.append(f"prediction {_interval(facts.prediction)}")
    if facts.participants:
        parts.append(f"{facts.participants:.0f} people")
    parts += [
        f"{1000 * difference:.0f} ({1000 * low:.0f} to {1000 * high:.0f}) per 1000 at {name} risk"
        for name, (difference, low, high) in facts.differences.items()
    ]
    return ", ".join(parts)


def _search(search: SearchOutcome, most: int) -> list[str]:
    said = [
        f"{'new' if item.pmid in search.new else 'waiting'}: {search.analysis}: {_candidate(item)}"
        for item in search.waiting
    ]
    more = len(said) - most
    said = said[:most] + ([f"waiting: {search.analysis}: and {more} more"] if more > 0 else [])
    if search.beyond:
        said.append(
            f"search: {search.analysis}: PubMed does not list {search.beyond} more records: "
            "narrow the query, or search from a later day with --since"
        )
    return said + [f"unanswered: {search.analysis}: {reason}" for reason in search.failed]


def _candidate(item: Candidate) -> str:
    doi = f", {item.doi}" if item.doi else ""
    year = f" ({item.year})" if item.year else ""
    return f"PMID {item.pmid}{doi}: {item.title or 'title not known'}{year}"


def _papers(number: int) -> str:
    return "1 paper" if number == 1 else f"{number} papers"
