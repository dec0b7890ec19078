"""Whose processors a software adapter's workers may use."""

from __future__ import annotations

import os

from gpu.device import Gpu
from gpu.worker_threads import _native_threads, compute_workers


def test_workers_follow_their_rasterizer() -> None:
    threads = [
        (3, "python"),
        (5, "llvmpipe-0"),
        (6, "llvmpipe-1"),
        (8, "open"),
        (9, "open"),
        (10, "open:disk"),
    ]
    again = [(20, "llvmpipe-0"), (21, "llvmpipe-1"), (22, "open"), (23, "open"), (24, "open")]
    assert compute_workers(threads + again) == [[8, 9], [22, 23]]


def test_threads_that_may_be_others_are_left_alone() -> None:
    assert compute_workers([(1, "python"), (2, "python")]) == []
    assert compute_workers([(1, "llvmpipe-0"), (2, "llvmpipe-1"), (3, "python")]) == []
    assert compute_workers([(1, "llvmpipe-0"), (2, "llvmpipe-1"), (3, "python"), (4, "disk$0")]) == []


def test_an_open_software_adapter_has_each_worker_on_its_own_processor(gpu: Gpu) -> None:
    """Where there is but one processor, llvmpipe computes on the thread that asks."""
    has_workers = gpu.adapter.name.startswith("llvmpipe") and len(os.sched_getaffinity(0)) > 1
    pools = compute_workers(_native_threads()) if gpu.is_software else []
    processors = [[os.sched_getaffinity(worker) for worker in workers] for workers in pools]
    assert all(len(each) == 1 for pool in processors for each in pool)
    assert all(len(set.union(*pool)) == len(pool) for pool in processors)
    assert processors or not has_workers
