"""Where the microscope's numbers come from: the open model's tensors, and activations captured at a site."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gpu.checkpoints.base import Checkpoint
from gpu.errors import RequestError

if TYPE_CHECKING:
    from app.engine_desk import Desk

Cancel = Callable[[], bool]
_TENSOR = re.compile(r"layers\.(\d+)\.(self_attn|mlp)\.(\w+)_proj\.weight$")
_READ_TOGETHER = {"q": "qkv", "k": "qkv", "v": "qkv", "gate": "gate_up", "up": "gate_up"}


@dataclass(frozen=True)
class TensorsFound:
    """The open model's checkpoint; reading it needs no device."""

    checkpoint: Checkpoint


@dataclass(frozen=True, eq=False)
class Captured:
    """float32 [tokens, channels] at a site, before any rounding."""

    site: str
    values: npt.NDArray[np.float32]


@dataclass(frozen=True)
class CaptureFailed:
    """`sentence` is empty where a question came in between."""

    sentence: str


@dataclass(frozen=True)
class CaptureWish:
    """Run the first `tokens` tokens of a text and keep what a site holds."""

    site: str
    text: str
    tokens: int = 128


def find_tensors(desk: Desk, _cancel: Cancel) -> None:
    """Raises RequestError if no model is open."""
    desk.post(TensorsFound(desk.opened.files.checkpoint))


def capture_site(desk: Desk, cancel: Cancel, wish: CaptureWish) -> None:
    """Capture from an empty cache, which is empty again afterwards.

    Raises:
        RequestError: no text, or a site the model does not have.
        Cancelled: `cancel` said so.
    """
    if wish.site not in desk.opened.session.model.sites:
        raise RequestError(f"This model has no site '{wish.site}' to capture.")
    found = capture_values(desk, cancel, wish.text, wish.tokens, frozenset({wish.site}))
    desk.post(Captured(wish.site, found[wish.site]))


def capture_values(
    desk: Desk, cancel: Cancel, text: str, tokens: int, sites: frozenset[str]
) -> dict[str, npt.NDArray[np.float32]]:
    """float32 [tokens, channels] of every site for the first tokens of a text; see `capture_site`."""
    from gpu.probes.capture import CaptureRequest, capture  # noqa: PLC0415 - it loads wgpu
    from gpu.probes.captured import Origin, Prompt  # noqa: PLC0415

    opened = desk.opened
    model = opened.session.model
    ids = tuple(opened.files.codec.encode(text))[: min(tokens, model.context_tokens)]
    origin = Origin(opened.wish.model, opened.files.checkpoint.fingerprint, str(model.scheme), "")
    request = CaptureRequest((Prompt("text", ids),), keep=sites)
    return dict(capture(model, origin, request, cancel=cancel).values)


def site_of(tensor: str) -> str:
    """The site whose activations a tensor reads; empty for one that reads none, as an embedding."""
    match = _TENSOR.search(tensor)
    if match:
        layer, part, name = match.groups()
        return f"layers.{layer}.{part}.{_READ_TOGETHER.get(name, name)}_proj"
    return "lm_head" if tensor.startswith("lm_head") else ""
