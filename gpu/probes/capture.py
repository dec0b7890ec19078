"""What a text does inside a model: statistics of every site and, where asked, every token's values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.errors import RequestError
from gpu.model import Cancel, Model
from gpu.probes.attention import AttentionProbe
from gpu.probes.attention_share import AttentionMass, combined
from gpu.probes.captured import Capture, Origin, Prompt
from gpu.probes.rows import DEFAULT_LIMIT_BYTES, KeptRows, check_limit, chosen_sites
from gpu.probes.statistics import MASSIVE_THRESHOLD, OUTLIER_THRESHOLD, SiteStatistics, merged

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
        return sum(len(prompt.token_ids) for prompt in self.prompts)


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
        RequestError: no tokens, a token or a site the model does not have, or more values than the limit
            allows: said before anything runs.
        Cancelled: `cancel` said so.
    """
    check_request(model, request)
    longest = max(len(piece) for prompt in request.prompts for piece in pieces_of(prompt, model))
    with _probes(model, request, longest) as probes:
        return _Run(model, request, probes, progress, cancel).capture(origin)


def check_request(model: Model, request: CaptureRequest) -> None:
    """Raises RequestError for a request that cannot be run, saying what would fit."""
    if request.tokens == 0:
        raise RequestError("There is no text to run the model on; give at least one token.")
    vocabulary = model.config.vocab_size
    for prompt in request.prompts:
        wrong = next((token for token in prompt.token_ids if not 0 <= token < vocabulary), None)
        if wrong is not None:
            raise RequestError(f"Token id {wrong} is outside this model's vocabulary of {vocabulary:,}.")
    sites = [model.probes.site(name) for name in model.sites]
    check_limit(chosen_sites(sites, request.keep), request.tokens, request.limit_bytes)


def pieces_of(prompt: Prompt, model: Model) -> list[tuple[int, ...]]:
    """A prompt's tokens, cut where the context ends."""
    ids, room = prompt.token_ids, model.context_tokens
    return [ids[start : start + room] for start in range(0, len(ids), room)]


@dataclass(frozen=True)
class _Probes:
    rows: KeptRows | None
    attention: AttentionProbe | None


@contextmanager
def _probes(model: Model, request: CaptureRequest, longest: int) -> Iterator[_Probes]:
    """What looks on besides the statistics; whatever happens, the model is left as it was loaded."""
    rows, attention = None, None
    sites = chosen_sites([model.probes.site(name) for name in model.sites], request.keep)
    try:
        if sites:
            rows = KeptRows(model.gpu, sites, longest)
        if request.sink_tokens is not None:
            layers = model.config.num_hidden_layers
            attention = AttentionProbe(model.gpu, model.heads, layers, longest, request.sink_tokens)
        watchers = [probe for probe in (rows, attention) if probe is not None]
        if watchers:
            model.instrument(watchers=watchers)
        yield _Probes(rows, attention)
    finally:
        if rows is not None or attention is not None:
            model.instrument()
        model.rewind(0)
        model.probes.reset((OUTLIER_THRESHOLD, MASSIVE_THRESHOLD))
        for probe in (rows, attention):
            if probe is not None:
                probe.release()


class _Run:
    """The findings of one capture as they come in."""

    def __init__(
        self, model: Model, request: CaptureRequest, probes: _Probes, progress: Progress, cancel: Cancel
    ) -> None:
        self._model, self._request, self._probes = model, request, probes
        self._progress, self._cancel = progress, cancel
        self._done = 0
        self._sites: dict[str, SiteStatistics] = {}
        self._by_prompt: list[dict[str, F32]] = []
        self._values: dict[str, list[F32]] = {}
        self._attention: AttentionMass | None = None

    def capture(self, origin: Origin) -> Capture:
        prompts = tuple(prompt for prompt in self._request.prompts if prompt.token_ids)
        for prompt in prompts:
            found: dict[str, SiteStatistics] = {}
            for piece in pieces_of(prompt, self._model):
                found = _joined(found, self._run(piece))
            self._by_prompt.append({site: statistics.absmax for site, statistics in found.items()})
            self._sites = _joined(self._sites, found)
        several = len(prompts) > 1
        return Capture(
            origin,
            self._request.thresholds,
            prompts,
            self._sites,
            {site: np.concatenate(parts) for site, parts in self._values.items()},
            {site: np.stack([each[site] for each in self._by_prompt]) for site in self._sites if several},
            self._attention,
        )

    def _run(self, ids: Sequence[int]) -> dict[str, SiteStatistics]:
        """Statistics of one piece; its values and its attention are kept."""
        model, started = self._model, self._done
        model.rewind(0)
        model.probes.reset(self._request.thresholds)
        if self._probes.attention is not None:
            self._probes.attention.reset()
        for done in model.feed(ids, self._cancel, probed=True):
            self._done = started + done
            self._progress(self._done, self._request.tokens)
        self._keep(len(ids))
        return {site: model.probes.statistics(site, started) for site in model.sites}

    def _keep(self, tokens: int) -> None:
        if self._probes.rows is not None:
            for site in self._request.keep:
                self._values.setdefault(site, []).append(self._probes.rows.read(site, tokens))
        if self._probes.attention is not None:
            found = self._probes.attention.read(tokens)
            self._attention = found if self._attention is None else combined(self._attention, found)


def _joined(first: dict[str, SiteStatistics], later: dict[str, SiteStatistics]) -> dict[str, SiteStatistics]:
    return {site: merged(first[site], found) if first else found for site, found in later.items()}
