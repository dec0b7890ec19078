"""How a model saw one token: its probability, the entropy of the choice, and the likeliest alternatives.

All of the model's own distribution, softmax(logits) at temperature 1, before penalties and filters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ALTERNATIVES = 8
_FARTHEST = np.float32(-80)  # e^-80 vanishes beside the largest term, and is not yet a slow denormal


@dataclass(frozen=True)
class TokenDetail:
    """One chosen token. `chance` is what it had of being drawn, after penalties, temperature and filters.

    `top_ids` are the likeliest tokens, likeliest first; the chosen one is among them or not.
    """

    token_id: int
    probability: float
    entropy_nats: float
    chance: float = 1.0
    top_ids: tuple[int, ...] = ()
    top_probabilities: tuple[float, ...] = ()


def token_detail(
    logits: npt.NDArray[np.float32], token_id: int, chance: float = 1.0, alternatives: int = ALTERNATIVES
) -> TokenDetail:
    """Describe the choice of `token_id` from logits f32 [vocabulary], in one pass over them.

    H = -Σ p ln p = ln Z - Σ e^s s / Z with s = x - max x and Z = Σ e^s. Float32 throughout: exp
    is fastest there, and its error is about 1e-6. No dot product: the threads of a BLAS would cost
    more than they save.
    """
    top = likeliest(logits, alternatives)
    shifted = logits - logits[top[0]]
    np.maximum(shifted, _FARTHEST, out=shifted)
    weights = np.exp(shifted)
    total = float(weights.sum())
    shifted *= weights
    return TokenDetail(
        token_id=int(token_id),
        probability=float(weights[token_id]) / total,
        entropy_nats=max(0.0, float(np.log(total)) - float(shifted.sum()) / total),
        chance=chance,
        top_ids=tuple(top.tolist()),
        top_probabilities=tuple((weights[top] / total).tolist()),
    )


def likeliest(scores: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.int64]:
    """Ids of the `count` largest of f32 [vocabulary], largest first; of equal ones the smaller id first."""
    count = min(count, scores.size)
    ids = np.sort(np.argpartition(scores, -count)[-count:])
    return ids[np.argsort(-scores[ids], kind="stable")]
