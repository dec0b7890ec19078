"""The experiment of LLM.int8() (arXiv 2208.07339, section 4) on any model: what do the outlier channels
carry?

Chosen channels are zeroed at the inputs of the linear layers that read them (or in the residual stream),
then as many random ones of the same sites, under several seeds; perplexity, the mean probability of the
likeliest next token and the mean largest attention probability of a query are compared with the untouched
model's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.checkpoints.base import Checkpoint
from gpu.errors import RequestError
from gpu.evaluate.perplexity import cross_entropy
from gpu.model import Model
from gpu.probes.attention import AttentionProbe
from gpu.probes.edits import LiftedChannels, Targets
from gpu.probes.saliency import Worth, is_read_by_experts, worth
from gpu.stretches import Cancel

Progress = Callable[[str, int, int], None]
F32 = npt.NDArray[np.float32]
DEFAULT_SEEDS = 5


@dataclass(frozen=True)
class Score:
    """How a model does on a text: `top_probability` is the mean of the likeliest next token's probability,
    `top_attention` the mean largest attention probability of a query after the first token."""

    perplexity: float
    top_probability: float
    top_attention: float


@dataclass(frozen=True)
class Knockout:
    """`chosen` and each of `random` (one a seed) against `baseline`; in `kept` the chosen channels are
    multiplied at 16 bits with the weights that read them: None where nothing is quantized, and where experts
    read them. `worth` is the chosen channels' before they were taken out."""

    tokens: int
    window_tokens: int
    channels: int  # over all sites
    sites: int
    baseline: Score
    chosen: Score
    random: tuple[Score, ...]
    kept: Score | None
    worth: Worth | None = None

    @property
    def factor(self) -> float:
        """What perplexity becomes without the chosen channels, as a multiple."""
        return self.chosen.perplexity / self.baseline.perplexity


@dataclass(frozen=True)
class KnockoutRequest:
    """What to score, and which channels of which sites to take out."""

    token_ids: tuple[int, ...]
    window_tokens: int
    targets: Targets
    seeds: tuple[int, ...] = tuple(range(DEFAULT_SEEDS))


def knock_out(
    model: Model,
    checkpoint: Checkpoint,
    request: KnockoutRequest,
    progress: Progress = lambda _stage, _done, _total: None,
    cancel: Cancel = lambda: False,
) -> Knockout:
    """Run the experiment; afterwards the model is as it was loaded, its cache and statistics empty.

    Raises:
        RequestError: a site or channel the model does not have, no channel at all, no seed, or fewer than two
            tokens.
        Cancelled: `cancel` said so.
    """
    _check(model, request)
    runner = _Runner(model, request, progress, cancel)
    baseline = runner.score("untouched", {})
    before = worth(checkpoint, runner.rms, request.targets)
    chosen = runner.score("without the chosen channels", request.targets)
    random = tuple(
        runner.score(f"without random channels, seed {seed}", random_targets(model, request.targets, seed))
        for seed in request.seeds
    )
    kept = None
    by_experts = any(is_read_by_experts(model.config, site) for site in request.targets)
    if model.scheme.weight_bits < 16 and not by_experts:
        kept = runner.score("the chosen channels at 16 bits", request.targets, checkpoint)
    return Knockout(
        tokens=len(request.token_ids),
        window_tokens=request.window_tokens,
        channels=sum(len(set(channels)) for channels in request.targets.values()),
        sites=len(request.targets),
        baseline=baseline,
        chosen=chosen,
        random=random,
        kept=kept,
        worth=before,
    )


def random_targets(model: Model, targets: Targets, seed: int) -> dict[str, tuple[int, ...]]:
    """As many channels of every site, none of them a chosen one."""
    rng = np.random.default_rng(seed)
    found = {}
    for site, chosen in targets.items():
        others = np.setdiff1d(np.arange(model.probes.site(site).channels), list(chosen))
        drawn = rng.choice(others, min(len(set(chosen)), others.size), replace=False)
        found[site] = tuple(int(channel) for channel in np.sort(drawn))
    return found


class _Runner:
    """Scores one text again and again; `rms` is that of the targets' sites in the last run."""

    def __init__(self, model: Model, request: KnockoutRequest, progress: Progress, cancel: Cancel) -> None:
        self._model, self._request = model, request
        self._progress, self._cancel = progress, cancel
        self.rms: dict[str, F32] = {}

    def score(self, stage: str, targets: Targets, checkpoint: Checkpoint | None = None) -> Score:
        ids, window = self._request.token_ids, self._request.window_tokens
        nats = probability = attention = 0.0
        scored = queries = 0
        with _instrumented(self._model, targets, checkpoint, window) as watch:
            for start in range(0, len(ids), window):
                self._progress(stage, start, len(ids))
                part = ids[start : start + window]
                if len(part) < 2:
                    continue
                found = self._window(part)
                nats, probability = nats + found[0], probability + found[1]
                scored += len(part) - 1
                mass = watch.read(len(part) - 1)
                attention += mass.top_mass * mass.queries
                queries += mass.queries
            self.rms = {site: self._model.probes.statistics(site).rms for site in self._request.targets}
        self._progress(stage, len(ids), len(ids))
        return Score(_exp(nats / scored), probability / scored, attention / max(queries, 1))

    def _window(self, part: Sequence[int]) -> tuple[float, float]:
        """Summed negative log-likelihood in nats, and summed probability of the likeliest token."""
        self._model.rewind(0)
        targets = np.asarray(part[1:])
        nats, probability, row = 0.0, 0.0, 0
        for logits in self._model.all_logits(part[:-1], self._cancel, probed=True):  # [<= 8, V]
            nats += float(cross_entropy(logits, targets[row : row + len(logits)]).sum())
            probability += float(top_probabilities(logits).sum())
            row += len(logits)
        return nats, probability


def top_probabilities(logits: F32) -> npt.NDArray[np.float64]:
    """max softmax(logits) of every row: f64 [rows] from f32 [rows, vocabulary]."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    top: npt.NDArray[np.float64] = 1 / np.exp(shifted).sum(axis=1)
    return top


@contextmanager
def _instrumented(
    model: Model, targets: Targets, checkpoint: Checkpoint | None, window: int
) -> Iterator[AttentionProbe]:
    """The model without some channels, its attention watched."""
    watch = AttentionProbe(model.gpu, model.heads, model.config.num_hidden_layers, window, first=1)
    edits = LiftedChannels(model.gpu, targets, model.chunk_tokens, checkpoint) if targets else None
    try:
        model.instrument(edits, (watch,))
        yield watch
    finally:
        model.instrument()
        model.rewind(0)
        model.probes.reset()
        watch.release()
        if edits is not None:
            edits.release()


def _check(model: Model, request: KnockoutRequest) -> None:
    if len(request.token_ids) < 2 or not 2 <= request.window_tokens <= model.context_tokens:
        raise RequestError(
            f"A knock-out needs at least two tokens, in windows of 2 to {model.context_tokens:,} tokens."
        )
    if not any(len(channels) for channels in request.targets.values()):
        raise RequestError("No channel was chosen to knock out; name some, or lower the thresholds.")
    if not request.seeds:
        raise RequestError("Random channels need at least one seed to compare with.")
    for site, channels in request.targets.items():
        width = model.probes.site(site).channels
        wrong = next((channel for channel in channels if not 0 <= channel < width), None)
        if wrong is not None:
            raise RequestError(f"'{site}' has {width:,} channels; there is no channel {wrong}.")


def _exp(nats: float) -> float:
    return math.exp(nats) if nats < 700 else math.inf
