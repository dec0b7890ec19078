"""A Qwen3 on the device: load it, feed it tokens, read logits and statistics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import chain

import numpy as np
import numpy.typing as npt

from gpu.calculator.preflight import check_fits
from gpu.checkpoints.base import Checkpoint
from gpu.device import Gpu
from gpu.errors import RequestError
from gpu.kernels.choose import Choice
from gpu.kernels.heads import Heads
from gpu.kernels.matrix import MANY, columns_for
from gpu.kit import Kit, Op, record
from gpu.ledger import Ledger
from gpu.memory_total import available_bytes
from gpu.next_token import NextToken
from gpu.prefix_cache import shared_prefix
from gpu.probes.channels import ChannelProbes, ring_row
from gpu.qwen3.allocation import Allocation, Plan, allocate
from gpu.qwen3.chooser import Chooser
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.decoder import Decoder, Watcher
from gpu.qwen3.kv_states import KvStates, Prefixes
from gpu.qwen3.linear import Edits, Variant
from gpu.qwen3.loader import Loader, LoadOptions, LoadProgress, plan_load
from gpu.qwen3.rope import rope_table
from gpu.qwen3.workspace import HEAD_ROWS
from gpu.scheme import Scheme
from gpu.stretches import Cancel, Stretches, check

__all__ = ["LoadOptions", "LoadProgress", "Model"]

F32 = npt.NDArray[np.float32]


class Model:
    """Weights, cache and kernels of one checkpoint under one scheme. Not for several threads at once."""

    def __init__(self, gpu: Gpu, plan: Plan, allocation: Allocation, kit: Kit, prefix_bytes: int = 0) -> None:
        self.gpu = gpu
        self.config: Qwen3Config = plan.config
        self.scheme: Scheme = plan.scheme
        self.heads: Heads = plan.heads
        self.context_tokens = plan.context_tokens
        self.probes: ChannelProbes = allocation.probes
        self.cached_ids: list[int] = []
        self.chunk_tokens = plan.chunk_tokens
        self._kit = kit
        self._head_kit = kit.with_step(kit.new_step())
        self._space = allocation.space
        self._prefixes = Prefixes(KvStates(gpu, allocation.caches, plan.context_tokens), prefix_bytes)
        held = allocation.weights, allocation.caches, self._space, self.probes
        self._decoder = Decoder(kit, plan.config, plan.scheme, plan.heads, *held)
        self.chooser = Chooser(kit, self._space, plan.config.vocab_size)
        self._embed_ops = self._decoder.embed()
        self._stretches = Stretches(gpu, self._space.ids)
        self.probes.connect(kit)
        self._next_token = NextToken(gpu, self.token_ops)
        self.instrument()
        self.probes.reset()

    @classmethod
    def load(
        cls, gpu: Gpu, checkpoint: Checkpoint, scheme: Scheme, options: LoadOptions | None = None
    ) -> Model:
        """Allocate, then stream the weights in.

        Raises:
            BudgetError: it does not fit; nothing was allocated.
            ConfigError, SchemeError, FormatError: it cannot run, or the checkpoint is broken.
            Cancelled: `options.cancel` said so.
            DeviceLost: the driver took the device away; open another one.
        Whatever happens, nothing stays allocated.
        """
        options = options or LoadOptions()
        plan = plan_load(gpu, checkpoint, scheme, options)
        available = available_bytes(gpu.adapter.kind, gpu.adapter.total_bytes)
        limit = options.available_bytes if options.available_bytes is not None else available
        if limit is not None:
            check_fits(gpu, plan, limit)
        try:
            with gpu.guarded():
                kit = Kit(gpu)
                allocation = allocate(gpu, plan)
                model = cls(gpu, plan, allocation, kit, options.prefix_bytes)
                model.compile(options.probed)
                Loader(gpu, checkpoint, allocation.stacks, options).fill(allocation.weights)
                gpu.write(allocation.space.rope, rope_table(plan.config, plan.context_tokens).reshape(-1))
                return model
        except BaseException:
            gpu.ledger.release_all()
            raise

    @property
    def sites(self) -> tuple[str, ...]:
        return self.probes.names

    @property
    def ledger(self) -> Ledger:
        return self.gpu.ledger

    @property
    def dispatches_per_token(self) -> int:
        return len(self.token_ops())

    def token_ops(self, variant: Variant | None = None, *, chooses: bool = False) -> list[Op]:
        """All that decoding a token dispatches, and `chooses` the next; the one after what is cached if no
        variant is asked for."""
        variant = variant or self._variant(len(self.cached_ids), probed=False)
        return [
            *self._embed_ops,
            *chain.from_iterable(self._layer_ops(variant)),
            *(self._head_taps(variant) if variant.probed else ()),
            *self._head_ops(variant.columns),
            *(self.chooser.ops if chooses else ()),
        ]

    def guess_ops(self, columns: int) -> list[Op]:
        """All that `verify` dispatches for so many."""
        return self.token_ops(Variant(columns, probed=False))

    def _variant(self, position: int, probed: bool) -> Variant:
        """How a token alone runs at a place of the context."""
        row = ring_row(position) if probed else None
        return Variant(1, probed, split=self._space.splits(position), ring_row=row)

    def compile(self, probed: bool) -> None:
        """Have the driver begin with the kernels of an answer, those of its first token first."""
        self._head_ops(1)
        token = self._variant(0, probed)
        for variant in (Variant(MANY, probed), token, replace(token, split=True)):
            self._decoder.layer(0, variant)
            if probed:
                self._head_taps(variant)

    def close(self) -> None:
        """Free everything on the device."""
        self.gpu.ledger.release_all()

    def instrument(self, edits: Edits | None = None, watchers: Sequence[Watcher] = ()) -> None:
        """From now on change activations by `edits` and let `watchers` look on in probed passes.

        Forgets the cache that other edits have filled; without arguments the model is as it was loaded.
        """
        if edits is not self._decoder.edits:
            self.rewind(0)
        self._decoder = replace(self._decoder, edits=edits, watchers=tuple(watchers))
        guarded = self.gpu.guarded()
        self._layer_ops = cache(guarded(self._build_layers))
        self._head_ops = cache(guarded(partial(self._decoder.head, self._head_kit)))
        self._head_taps = cache(guarded(self._decoder.head_taps))
        self._next_token.forget()

    def resume(self, ids: Sequence[int]) -> int:
        """Bring the cache to as much of `ids` as is known, the last token left out; how many tokens that is.

        What leaves the cache for it is kept, as far as `LoadOptions.prefix_bytes` goes.
        """
        last = len(ids) - 1
        shared = min(shared_prefix(self.cached_ids, ids), last)
        if self._decoder.edits is None:
            shared = self._prefixes.exchange(self.cached_ids, ids[:last], shared)
        self.cached_ids[:] = ids[:shared]
        return shared

    def rewind(self, tokens: int) -> None:
        """Keep the first `tokens` of the cache and forget the rest."""
        del self.cached_ids[tokens:]

    def feed(
        self, ids: Sequence[int], cancel: Cancel = lambda: False, *, probed: bool = False
    ) -> Iterator[int]:
        """Append tokens to the cache, chunk by chunk; yields how many are in.

        `last_logits` is valid once it is exhausted. The cache stays valid up to the last yield.

        Raises:
            RequestError: more tokens than the context has left.
            Cancelled: between stretches of layers.
        """
        self._check_room(len(ids))
        for start in range(0, len(ids), self.chunk_tokens):
            part = ids[start : start + self.chunk_tokens]
            is_last = start + len(part) == len(ids)
            if len(part) == 1:
                check(cancel)
                self._start_pass(part, probed)
                self._run_token(len(self.cached_ids), probed, chooses=False)
            else:
                self._prefill(part, cancel, probed, ends_in_cache=not (is_last or probed))
                if is_last:
                    self._head(len(part) - 1, 1)
            self._enter(part, probed)
            yield start + len(part)

    def verify(self, ids: Sequence[int], cancel: Cancel = lambda: False) -> F32:
        """Append a token and look at guesses after it, 8 tokens at most: logits f32 [tokens, vocabulary].

        The token alone is then in the cache; append to `cached_ids` the guesses that were right.
        """
        check(cancel)
        self._check_room(len(ids))
        self._start_pass(ids, probed=False)
        self._head_kit.write_step(self._head_kit.step, len(ids), 0)
        self._submit(self.guess_ops(columns_for(len(ids))), len(ids))
        self.cached_ids.append(ids[0])
        return self._read_logits(len(ids))

    def last_logits(self) -> F32:
        """Logits f32 [vocabulary] after the last token fed; waits for them."""
        row: F32 = self._read_logits(1)[0]
        return row

    def choose_after(self, token: int) -> None:
        """Have the next `run_chosen` run this token, which was chosen elsewhere."""
        self.gpu.write(self._space.ids, np.asarray([token], np.uint32))

    def run_chosen(self, position: int, choice: Choice, *, probed: bool = False) -> None:
        """Run the token chosen last, at a place of the context, and choose the next; waits for nothing.

        The caller appends the token to `cached_ids`, and counts it if it is probed, once it knows which.
        """
        self.chooser.put(choice)
        if probed:
            self.probes.expect(1, position)
        self._kit.write_step(self._kit.step, 1, position)
        self._run_token(position, probed, chooses=True)

    def all_logits(
        self, ids: Sequence[int], cancel: Cancel = lambda: False, *, probed: bool = False
    ) -> Iterator[F32]:
        """Feed tokens and yield the logits of every one, f32 [up to 8, vocabulary] at a time."""
        self._check_room(len(ids))
        for start in range(0, len(ids), self.chunk_tokens):
            part = ids[start : start + self.chunk_tokens]
            self._prefill(part, cancel, probed)
            self._enter(part, probed)
            for first in range(0, len(part), HEAD_ROWS):
                rows = min(HEAD_ROWS, len(part) - first)
                self._head(first, rows)
                yield self._read_logits(rows)

    def _run_token(self, position: int, probed: bool, chooses: bool) -> None:
        self._head_kit.write_step(self._head_kit.step, 1, 0)
        variant, following = (self._variant(place, probed) for place in (position, position + 1))
        self._next_token.run(variant, following, chooses=chooses)

    def _prefill(self, ids: Sequence[int], cancel: Cancel, probed: bool, ends_in_cache: bool = False) -> None:
        """Run the layers on up to a chunk of tokens, a stretch of layers at a time."""
        tokens = len(ids)
        self._start_pass(ids, probed)
        columns = max(HEAD_ROWS, columns_for(tokens))  # few kernels to compile
        alone = self._variant(len(self.cached_ids), probed)
        variant = alone if tokens == 1 else Variant(columns, probed, ends_in_cache)
        self._submit(self._embed_ops, tokens)
        self._stretches.run(self._layer_ops(variant), tokens, cancel)
        if probed:
            self._submit(self._head_taps(variant), tokens)

    def _start_pass(self, ids: Sequence[int], probed: bool) -> None:
        """Say which tokens come next, from the end of the cache on."""
        if probed:
            self.probes.expect(len(ids), len(self.cached_ids))
        self.gpu.write(self._space.ids, np.asarray(ids, np.uint32))
        self._kit.write_step(self._kit.step, len(ids), len(self.cached_ids))

    def _enter(self, ids: Sequence[int], probed: bool) -> None:
        """Note that a pass is in the cache."""
        if probed:
            self.probes.count(len(ids), len(self.cached_ids))
        self.cached_ids.extend(ids)

    def _head(self, first: int, rows: int) -> None:
        self._head_kit.write_step(self._head_kit.step, rows, 0, first)
        self._submit(self._head_ops(1 if rows == 1 else HEAD_ROWS), rows)

    def _submit(self, ops: Sequence[Op], tokens: int) -> None:
        self.gpu.submit(record(self.gpu, ops, tokens))

    def _read_logits(self, rows: int) -> F32:
        raw = self.gpu.read(self._space.logits, rows * self.config.vocab_size * 4)
        logits: F32 = np.frombuffer(raw, np.float32).reshape(rows, -1)
        return logits

    def _build_layers(self, variant: Variant) -> list[list[Op]]:
        return [self._decoder.layer(i, variant) for i in range(self.config.num_hidden_layers)]

    def _check_room(self, tokens: int) -> None:
        if len(self.cached_ids) + tokens > self.context_tokens:
            raise RequestError(
                f"{len(self.cached_ids) + tokens:,} tokens do not fit a context of {self.context_tokens:,}; "
                "load the model with a longer one."
            )
