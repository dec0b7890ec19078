"""What a text does inside a model: statistics of every site and, where asked, every token's values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.device import Gpu
from gpu.errors import RequestError
from gpu.memory_total import available_bytes
from gpu.model import Model
from gpu.prefix_cache import shared_prefix
from gpu.probes.attention import AttentionProbe
from gpu.probes.attention_share import AttentionMass, combined
from gpu.probes.captured import Capture, Origin, Prompt
from gpu.probes.rows import DEFAULT_LIMIT_BYTES, KeptRows, check_limit, chosen_sites
from gpu.probes.statistics import MASSIVE_THRESHOLD, OUTLIER_THRESHOLD, SiteStatistics, merged
from gpu.stretches import Cancel

F32 = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class CaptureRequest:
    """What to run, what to keep of it, and how much memory that may take.

    `keep` names the sites whose values are kept for every token; `sink_tokens` are the first tokens whose
    share of the attention is measured, and None leaves attention alone.
    """

    prompts: tuple[Prompt, ...]
    thresholds: tuple[float, float] = (OUTLIER_THRESHOLD, MASSIVE_THRESHOLD)
    keep: frozenset[str] = frozenset()
    limit_bytes: int = DEFAULT_LIMIT_BYTES
    sink_tokens: int | None = None

    @property
    def tokens(self) -> int:
        """How many are captured."""
        return sum(len(prompt.token_ids) for prompt in self.prompts)

    @property
    def read_tokens(self) -> int:
        """How many the model reads for it."""
        return sum(len(prompt.before) + len(prompt.token_ids) for prompt in self.prompts)


def capture(
    model: Model,
    origin: Origin,
    request: CaptureRequest,
    progress: Progress = lambda _done, _total: None,
    cancel: Cancel = lambda: False,
) -> Capture:
    """Run the prompts; the model's cache and statistics are empty afterwards.

    A prompt longer than the context is run in pieces, each from an empty cache.

    Raises:
        RequestError: no tokens, a token or a site the model does not have, a part of a text that the context
            does not hold, or more values than the limit allows: said before anything runs.
        Cancelled: `cancel` said so.
    """
    with _running(model, request, progress, cancel) as run:
        return run.capture(origin, [prompt for prompt in request.prompts if prompt.token_ids])


def capture_each(
    model: Model,
    origin: Origin,
    request: CaptureRequest,
    progress: Progress = lambda _done, _total: None,
    cancel: Cancel = lambda: False,
) -> tuple[Capture, ...]:
    """A capture of every prompt by itself, none of them empty. What comes before a prompt is not read again
    where the prompt before it has read it.

    Raises:
        RequestError, Cancelled: as `capture`.
    """
    with _running(model, request, progress, cancel) as run:
        return tuple(run.capture(origin, [prompt]) for prompt in request.prompts)


def check_request(model: Model, request: CaptureRequest) -> None:
    """Raises RequestError for a request that cannot be run, saying what would fit."""
    if request.tokens == 0:
        raise RequestError("There is no text to run the model on; give at least one token.")
    for prompt in request.prompts:
        ids = prompt.before + prompt.token_ids
        model.config.check_ids(ids)
        if prompt.before and len(ids) > model.context_tokens:
            raise RequestError(
                f"'{prompt.name}' and what comes before it have {len(ids):,} tokens and the context holds "
                f"{model.context_tokens:,}; open the model with a longer context."
            )
    sites = [model.probes.site(name) for name in model.sites]
    kept = chosen_sites(sites, request.keep)
    check_limit(kept, request.tokens, request.limit_bytes)
    left = _memory_left(model.gpu)
    if left is not None:
        check_limit(kept, request.tokens, left, "memory that is left")


def _memory_left(gpu: Gpu) -> int | None:
    """Bytes that can still be allocated, where anybody tells."""
    kind, total = gpu.adapter.kind, gpu.adapter.total_bytes
    if kind in ("software", "integrated"):
        return available_bytes(kind, total)  # what is free now
    return None if total is None else max(0, total - gpu.ledger.total_bytes())


def pieces_of(prompt: Prompt, model: Model) -> list[tuple[int, ...]]:
    """A prompt's tokens, cut where the context ends."""
    ids, room = prompt.token_ids, model.context_tokens
    return [ids[start : start + room] for start in range(0, len(ids), room)]


@dataclass(frozen=True)
class _Probes:
    rows: KeptRows | None
    attention: AttentionProbe | None


@contextmanager
def _running(model: Model, request: CaptureRequest, progress: Progress, cancel: Cancel) -> Iterator[_Run]:
    """The request with its probes; whatever happens, the model is left as it was loaded."""
    check_request(model, request)
    longest = max(len(piece) for prompt in request.prompts for piece in pieces_of(prompt, model))
    positions = longest + max(len(prompt.before) for prompt in request.prompts)
    rows, attention = None, None
    sites = chosen_sites([model.probes.site(name) for name in model.sites], request.keep)
    try:
        if sites:
            rows = KeptRows(model.gpu, sites, longest)
        if request.sink_tokens is not None:
            layers = model.config.num_hidden_layers
            attention = AttentionProbe(model.gpu, model.heads, layers, positions, request.sink_tokens)
        watchers = [probe for probe in (rows, attention) if probe is not None]
        if watchers:
            model.instrument(watchers=watchers)
        yield _Run(model, request, _Probes(rows, attention), progress, cancel)
    finally:
        if rows is not None or attention is not None:
            model.instrument()
        model.rewind(0)
        model.probes.reset((OUTLIER_THRESHOLD, MASSIVE_THRESHOLD))
        for probe in (rows, attention):
            if probe is not None:
                probe.release()


class _Found:
    """The findings of one capture as they come in."""

    def __init__(self) -> None:
        self.tokens = 0
        self.sites: dict[str, SiteStatistics] = {}
        self.by_prompt: list[dict[str, F32]] = []
        self.values: dict[str, list[F32]] = {}
        self.attention: AttentionMass | None = None

    def add_attention(self, found: AttentionMass) -> None:
        self.attention = found if self.attention is None else combined(self.attention, found)


class _Run:
    """Feeds the model and reads what it does; `done` counts the tokens read."""

    def __init__(
        self, model: Model, request: CaptureRequest, probes: _Probes, progress: Progress, cancel: Cancel
    ) -> None:
        self._model, self._request, self._probes = model, request, probes
        self._progress, self._cancel = progress, cancel
        self._done = 0

    def capture(self, origin: Origin, prompts: Sequence[Prompt]) -> Capture:
        """Everything that is found of some prompts."""
        found = _Found()
        for prompt in prompts:
            sites: dict[str, SiteStatistics] = {}
            for piece in pieces_of(prompt, self._model):
                sites = _joined(sites, self._read(prompt.before, piece, found))
            found.by_prompt.append({site: statistics.absmax for site, statistics in sites.items()})
            found.sites = _joined(found.sites, sites)
        several = len(prompts) > 1
        return Capture(
            origin,
            self._request.thresholds,
            tuple(prompts),
            found.sites,
            {site: np.concatenate(parts) for site, parts in found.values.items()},
            {site: np.stack([each[site] for each in found.by_prompt]) for site in found.sites if several},
            found.attention,
        )

    def _read(self, before: Sequence[int], ids: Sequence[int], found: _Found) -> dict[str, SiteStatistics]:
        """Statistics of one piece; its values and its attention are kept."""
        model = self._model
        known = shared_prefix(model.cached_ids, before)
        model.rewind(known)
        self._done += known
        self._feed(before[known:], probed=False)
        model.probes.reset(self._request.thresholds)
        if self._probes.attention is not None:
            self._probes.attention.reset()
        self._feed(ids, probed=True)
        self._keep(len(before), len(ids), found)
        first = found.tokens - len(before)
        found.tokens += len(ids)
        return {site: model.probes.statistics(site, first) for site in model.sites}

    def _feed(self, ids: Sequence[int], *, probed: bool) -> None:
        started = self._done
        for done in self._model.feed(ids, self._cancel, probed=probed):
            self._done = started + done
            self._progress(self._done, self._request.read_tokens)

    def _keep(self, before: int, tokens: int, found: _Found) -> None:
        if self._probes.rows is not None:
            for site in self._request.keep:
                rows = self._probes.rows.read(site, before + tokens)
                found.values.setdefault(site, []).append(rows[len(rows) - tokens :])
        if self._probes.attention is not None:
            found.add_attention(self._probes.attention.read(before + tokens, before))


def _joined(first: dict[str, SiteStatistics], later: dict[str, SiteStatistics]) -> dict[str, SiteStatistics]:
    return {site: merged(first[site], found) if first else found for site, found in later.items()}
