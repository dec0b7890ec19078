"""What the memory calculator can be asked about, by the names people use."""

from __future__ import annotations

from app.library import find_config
from gpu.calculator.subject import Subject
from gpu.model import Model


def read_subject(model: str) -> Subject:
    """A released shape, the demo or a checkpoint directory; no weights are read.

    Raises:
        FormatError, ConfigError: a file is missing, broken or describes an unsupported model.
        RequestError: nothing is known by this name.
    """
    return Subject.of_config(model, find_config(model), "config.json")


def opened_subject(model: Model, name: str) -> Subject:
    """The model that is loaded."""
    return Subject.of_config(name, model.config, "the loaded model")
