"""Python's full garbage collections, which hold every thread, kept away from what stays."""

from __future__ import annotations

import gc


class Collector:
    """Sets aside what is imported, and each model once it is loaded.

    A full collection goes through every object it knows: 0.1 s for those of the window, the model and its
    tokenizer, in the middle of an answer. Without them it is a matter of a millisecond.
    """

    def __init__(self) -> None:
        self._holds_a_model = False
        gc.freeze()

    def set_loading(self, loading: bool) -> None:
        """While another model is on its way in, what the last one left behind may be collected."""
        if not loading:
            gc.freeze()
            self._holds_a_model = True
        elif self._holds_a_model:
            gc.unfreeze()
