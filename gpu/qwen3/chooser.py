"""Chooses tokens on the device, from the logits of a pass to where the next one reads its token."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.kernels.choose import CHOICE_BYTES, RECORD_WORDS, Choice, choose
from gpu.kernels.logit_sets import logit_sets, logits_of
from gpu.kit import Kit, Op, record
from gpu.qwen3.workspace import MOST_AHEAD, Workspace
from gpu.sampling import MOST_LIKELIEST
from gpu.token_detail import ALTERNATIVES, TokenDetail

_WORD_BYTES = 4


@dataclass(frozen=True)
class Chosen:
    """What the device says of a token it drew: `total` is Σ e^s and `moment` Σ e^s s of all logits, with
    s = logit − largest; ids and logits of the likeliest, likeliest first."""

    token_id: int
    chance: float
    total: float
    moment: float
    ids: npt.NDArray[np.uint32]
    logits: npt.NDArray[np.float32]

    @property
    def is_number(self) -> bool:
        """Whether the largest logit is a number, and no other one is none."""
        return bool(np.isfinite(self.logits[0]))

    def detail(self) -> TokenDetail:
        shares = np.exp(self.logits.astype(np.float64) - self.logits[0]) / self.total
        return TokenDetail(
            token_id=self.token_id,
            probability=float(shares[self.ids == self.token_id][0]),
            entropy_nats=max(0.0, float(np.log(self.total)) - self.moment / self.total),
            chance=self.chance,
            top_ids=tuple(self.ids[:ALTERNATIVES].tolist()),
            top_probabilities=tuple(shares[:ALTERNATIVES].tolist()),
        )


class Chooser:
    """The operations that follow a head of one row, and what they found."""

    def __init__(self, kit: Kit, space: Workspace, vocabulary: int) -> None:
        self._kit, self._records, self._vocabulary = kit, space.records, vocabulary
        self.most = MOST_AHEAD
        self._choice = kit.place(bytes(CHOICE_BYTES))
        self.ops: list[Op] = [
            logit_sets(kit, self._choice, space.logits, space.logit_sets, vocabulary),
            choose(kit, self._choice, space.logits, space.logit_sets, space.ids, space.records),
        ]

    def put(self, choice: Choice) -> None:
        """Say how the next pass chooses."""
        data = choice.pack(self._vocabulary, self._kit.threads)
        self._kit.gpu.write(self._choice.buffer, data, self._choice.offset_bytes)

    def choose(self, choice: Choice) -> None:
        """Choose from the logits after the last token fed."""
        self.put(choice)
        self._kit.gpu.submit(record(self._kit.gpu, self.ops, 1))

    def read(self, count: int, likeliest: int) -> list[Chosen]:
        """The records of the first slots, with the likeliest that were asked for; waits for them."""
        raw = self._kit.gpu.read(self._records, count * RECORD_WORDS * _WORD_BYTES)
        records = np.frombuffer(raw, np.uint32).reshape(count, RECORD_WORDS)
        return [_chosen(record, likeliest) for record in records]


def _chosen(record: npt.NDArray[np.uint32], likeliest: int) -> Chosen:
    token, (chance, total, moment) = int(record[0]), record[1:4].view(np.float32).tolist()
    ids, keys = np.split(record[4:], [MOST_LIKELIEST])
    return Chosen(token, chance, total, moment, ids[:likeliest], logits_of(keys[:likeliest]))
