"""Where the chunks of a long table are pooled: here, on other processes, or on a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from evidencekit.tables.fit import Arrays, Choices, fit_chunk
from evidencekit.tables.long import Chunk

FEWEST_CHUNKS = 8
"""With fewer chunks than this, starting processes costs more than they save."""


def executed(
    chunks: Iterator[Chunk], choices: Choices, *, left: int, jobs: int, client: Any
) -> Iterable[tuple[int, Arrays]]:
    """Number and results of each chunk, in any order, as they become ready.

    ``left`` chunks are to come; ``jobs`` and ``client`` as for :func:`evidencekit.batch.pool`.
    """
    if client is not None:
        return _on_cluster(chunks, choices, client)
    if jobs == 1 or left < FEWEST_CHUNKS:
        return (_numbered(chunk, choices) for chunk in chunks)
    from joblib import Parallel, delayed

    # Chunks are gathered as workers ask for them, and come back in any order.
    parallel = Parallel(n_jobs=jobs, return_as="generator_unordered", pre_dispatch="2*n_jobs")
    found: Iterable[tuple[int, Arrays]] = parallel(
        delayed(_numbered)(chunk, choices) for chunk in chunks
    )
    return found


def _numbered(chunk: Chunk, choices: Choices) -> tuple[int, Arrays]:
    return chunk.number, fit_chunk(chunk, choices)


def _on_cluster(
    chunks: Iterator[Chunk], choices: Choices, client: Any
) -> Iterator[tuple[int, Arrays]]:
    """Two chunks for each worker thread are under way at a time."""
    import distributed

    def submit(chunk: Chunk) -> Any:
        return client.submit(_numbered, chunk, choices, pure=False)

    # Its types are partial; what is used here is not.
    waiting: Any = distributed.as_completed()  # type: ignore[no-untyped-call,unused-ignore]
    for _ in range(2 * max(sum(client.nthreads().values()), 1)):
        chunk = next(chunks, None)
        if chunk is None:
            break
        waiting.add(submit(chunk))
    for future in waiting:
        yield future.result()
        chunk = next(chunks, None)
        if chunk is not None:
            waiting.add(submit(chunk))
