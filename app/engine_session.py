"""A model opened by name: its files first, then the adapter and the weights. No Qt and no threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType

import platformdirs

from app.library import find_directory
from app.text import TextCodec
from app.tuned_file import TunedFile
from gpu.checkpoints import Checkpoint, GenerationDefaults, open_checkpoint
from gpu.device import Gpu, open_gpu
from gpu.model import Model
from gpu.qwen3.loader import LoadOptions, LoadProgress
from gpu.qwen3.stacks import check_supported
from gpu.sampling import Sampling
from gpu.scheme import Scheme
from gpu.tuning import Workload
from gpu.variants import Variants

TOKENIZER = "tokenizer.json"


def weights_cache() -> Path:
    """Where quantized weights are kept between loads."""
    return Path(platformdirs.user_cache_dir("quantscope", appauthor=False)) / "weights"


@dataclass(frozen=True)
class ModelFiles:
    """A checkpoint and its text side, which is read when it is first needed: token ids need none."""

    checkpoint: Checkpoint

    @classmethod
    def open(cls, model: str) -> ModelFiles:
        """Raises FormatError, ConfigError or RequestError if MODEL is not a usable checkpoint."""
        return cls(open_checkpoint(find_directory(model)))

    @property
    def has_tokenizer(self) -> bool:
        return (self.checkpoint.path / TOKENIZER).is_file()

    @cached_property
    def codec(self) -> TextCodec:
        """Raises FormatError if the tokenizer is missing or broken."""
        return TextCodec.load(self.checkpoint.path)

    @property
    def stop_ids(self) -> frozenset[int]:
        """Tokens that end an answer: the checkpoint's, and the tokenizer's end of turn if it has one."""
        named = frozenset(self.checkpoint.generation.eos_token_ids)
        return named | self.codec.stop_ids if self.has_tokenizer else named

    def close(self) -> None:
        """End what the text side has running, if it was ever needed."""
        if "codec" in self.__dict__:
            self.codec.close()


@dataclass(frozen=True)
class EngineOptions:
    """Which adapter runs the model, how, and who watches; None leaves a choice to the engine.

    With `tuned` the kernels' variants are those it knows or measures; without, they are safe ones.
    """

    scheme: Scheme
    adapter: str | None = None
    context_tokens: int | None = None
    cache_directory: Path | None = field(default_factory=weights_cache)
    prefix_bytes: int = 0
    probed: bool = False
    tuned: TunedFile | None = None
    progress: Callable[[LoadProgress], None] = field(default=lambda _: None, repr=False)
    notice: Callable[[str], None] = field(default=lambda _: None, repr=False)
    cancel: Callable[[], bool] = field(default=lambda: False, repr=False)

    def load_options(self) -> LoadOptions:
        return LoadOptions(
            context_tokens=self.context_tokens,
            cache_directory=self.cache_directory,
            prefix_bytes=self.prefix_bytes,
            probed=self.probed,
            progress=self.progress,
            cancel=self.cancel,
            notice=self.notice,
        )


class EngineSession:
    """A loaded model on its own device; a context manager that frees both.

    Raises:
        AdapterError: no adapter, or none of that name.
        QuantscopeError: the model does not fit, its files are broken, or the scheme is not one it runs.
    """

    def __init__(self, checkpoint: Checkpoint, options: EngineOptions) -> None:
        self.checkpoint = checkpoint
        self.gpu: Gpu = open_gpu(options.adapter)
        try:
            if options.tuned is not None:
                self.gpu.tuned = _tuned(options.tuned, self.gpu, checkpoint, options)
            self.model = Model.load(self.gpu, checkpoint, options.scheme, options.load_options())
        except BaseException:
            self.gpu.close()
            raise

    def __enter__(self) -> EngineSession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.model.close()
        self.gpu.close()


def _tuned(file: TunedFile, gpu: Gpu, checkpoint: Checkpoint, options: EngineOptions) -> Variants:
    """Raises Cancelled, and what `check_supported` does: nothing is timed for a model that cannot run."""
    check_supported(checkpoint.config, options.scheme)

    def show(done: int, total: int) -> None:
        options.progress(LoadProgress("Timing kernels on this adapter", done, total))

    return file.choose(gpu, Workload(checkpoint.config, options.scheme), show, options.cancel, options.notice)


def recommended_sampling(defaults: GenerationDefaults) -> Sampling:
    """What a checkpoint recommends, and this program's own defaults where it says nothing."""
    names = ("temperature", "top_k", "top_p", "min_p", "repetition_penalty", "presence_penalty")
    stated = {name: getattr(defaults, name) for name in names if getattr(defaults, name) is not None}
    sampling = replace(Sampling(), **stated)
    return replace(sampling, temperature=0.0) if defaults.do_sample is False else sampling
