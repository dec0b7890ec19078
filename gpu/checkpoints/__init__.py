"""Where weights come from: one file a container, all behind the same `Checkpoint`."""

from gpu.checkpoints.base import Checkpoint, GenerationDefaults, TensorSource
from gpu.checkpoints.finite import first_nonfinite
from gpu.checkpoints.huggingface import open_checkpoint

__all__ = ["Checkpoint", "GenerationDefaults", "TensorSource", "first_nonfinite", "open_checkpoint"]
