"""Which channels a knock-out takes, and what the paper it repeats had found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gpu.errors import RequestError
from gpu.probes.captured import Capture
from gpu.probes.site_names import RESIDUAL, kind_of
from gpu.probes.verdicts import non_finite

if TYPE_CHECKING:
    from gpu.probes.saliency import Worth

WHERE = {
    "inputs": "zeroed as attention projections and the first layers of the MLP read them, as in the paper",
    "all-inputs": "zeroed as any linear layer reads them",
    "residual": "zeroed in the residual stream, after every layer",
}
_KINDS = {
    "inputs": ("qkv_proj", "gate_up_proj"),
    "all-inputs": ("qkv_proj", "o_proj", "gate_up_proj", "down_proj", "lm_head"),
    "residual": (RESIDUAL,),
}
PAPER = {
    "model": "OPT and GPT models of 6.7 to 13 billion parameters (arXiv 2208.07339)",
    "chosen": "perplexity +600 to +1000%, top-1 attention mass −20 points or more",
    "random": "perplexity +0.1%",
}
PAPER_CHOSEN_FACTOR = (7.0, 11.0)  # of the untouched perplexity: +600 % to +1000 %
PAPER_RANDOM_FACTOR = 1.001
_HELPED = 0.9  # of the untouched perplexity: more than chance
_LIKE_ANY = 3.0  # times the median channel's share up to which a channel is worth no more than any


def targets_of(
    capture: Capture, where: str, channels: Sequence[int] | None = None
) -> dict[str, tuple[int, ...]]:
    """By site: the given channels or, where None are, those that stand out at it.

    The given ones are channels of the hidden state, so sites of other widths are left alone.

    Raises:
        RequestError: none stand out there, or the text overflows, so that nothing can be scored.
    """
    problem = overflow_told(capture)
    if problem:
        raise RequestError(problem)
    hidden = next(s.absmax.size for name, s in capture.sites.items() if kind_of(name) == RESIDUAL)
    found: dict[str, tuple[int, ...]] = {}
    for name, statistics in capture.sites.items():
        if kind_of(name) not in _KINDS[where]:
            continue
        if channels is None:
            found[name] = tuple(outlier.channel for outlier in statistics.outliers)
        elif (
            kind_of(name) in ("qkv_proj", "gate_up_proj", "lm_head", RESIDUAL)
            and statistics.absmax.size == hidden
        ):
            found[name] = tuple(dict.fromkeys(channels))
    found = {site: chosen for site, chosen in found.items() if chosen}
    if not found:
        raise RequestError("No channel stands out there; name some with --channels.")
    return found


def overflow_told(capture: Capture) -> str:
    """Why nothing can be scored on a text at which the model overflows; "" if it does not."""
    site = next(iter(non_finite(capture)), "")
    return f"The activations are not finite from '{site}' on: no score has a meaning there." if site else ""


def worth_told(worth: Worth | None, factor: float = 1.0) -> str:
    """Whether the chosen channels carry more than others, which size alone does not say; `factor` is what
    perplexity became without them."""
    if worth is None:
        return ""
    size, share = f"{worth.size:.3g} times as large as a median channel", f"{worth.share:.2g} times"
    if worth.share >= _LIKE_ANY or worth.size < _LIKE_ANY:
        return f"The chosen channels are {size}; through the weights that read them they add {share} as much."
    helps = "; without them the scale they share with others is finer" if factor < _HELPED else ""
    return (
        f"Little depends on the chosen channels: they are {size}, but the weights that read them are so much "
        f"smaller that they add only {share} as much, like any channel (the demo's are planted so){helps}."
    )
