"""Keep the workers of a software adapter apart: each on a processor of its own.

llvmpipe wakes all of its workers for every dispatch. Linux often wakes two on one processor while another
idles, and leaves them there for many tokens, each of which then takes a third longer; so they are bound.
Nothing tells which threads they are, but their order does: a rasterizer's threads, llvmpipe-0 and so on,
are followed by as many that compute, named like the thread that opened the adapter.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

_TASKS = Path("/proc/self/task")
_RASTERIZER = "llvmpipe-"


def spread_workers() -> None:
    """Bind llvmpipe's workers in this process; does nothing where there are none or the system forbids it."""
    if not _TASKS.exists():
        return
    processors = sorted(os.sched_getaffinity(0))
    for workers in compute_workers(_native_threads()):
        if len(workers) <= len(processors):
            _bind(workers, processors)


def compute_workers(threads: Sequence[tuple[int, str]]) -> list[list[int]]:
    """Ids of the workers of each llvmpipe among (id, name) of threads in the order of their making."""
    names = [name for _, name in threads]
    found = []
    for start, name in enumerate(names):
        if name == f"{_RASTERIZER}0":
            count = 1
            while names[start + count : start + count + 1] == [f"{_RASTERIZER}{count}"]:
                count += 1
            workers = threads[start + count : start + 2 * count]
            if len(workers) == count and len({name for _, name in workers}) == 1:
                found.append([thread for thread, _ in workers])
    return found


def _bind(workers: Sequence[int], processors: Sequence[int]) -> None:
    for worker, processor in zip(workers, processors, strict=False):
        with suppress(OSError):  # the thread ended, or a sandbox says no: all works as before
            os.sched_setaffinity(worker, {processor})


def _native_threads() -> list[tuple[int, str]]:
    """Threads of this process that Python did not start, oldest first."""
    ours = {thread.native_id for thread in threading.enumerate()}
    ids = sorted(int(task.name) for task in _TASKS.iterdir())
    return [(thread, name) for thread in ids if thread not in ours for name in _name(thread)]


def _name(thread: int) -> Iterator[str]:
    with suppress(OSError):  # it ended meanwhile
        yield (_TASKS / str(thread) / "comm").read_text("utf-8").strip()
