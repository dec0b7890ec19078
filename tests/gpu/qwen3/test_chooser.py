"""What is read back of a choice, beside what the same logits say here."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from gpu.kernels.choose import RECORD_WORDS, Choice
from gpu.kernels.logit_sets import count_sets
from gpu.qwen3.chooser import Chooser
from gpu.token_detail import token_detail
from tests.gpu.device_arrays import Bench


def test_a_choice_says_of_its_token_what_the_logits_do(plain_bench: Bench) -> None:
    logits = np.random.default_rng(0).normal(0, 2, 300).astype(np.float32)
    space = SimpleNamespace(
        logits=plain_bench.buffer(logits),
        logit_sets=plain_bench.zeros(4 * count_sets(300, plain_bench.kit.threads)),
        ids=plain_bench.zeros(4),
        records=plain_bench.zeros(2 * RECORD_WORDS),
    )
    chooser = Chooser(plain_bench.kit, space, 300)  # type: ignore[arg-type]
    for slot, random in enumerate((0.3, 0.99)):
        chooser.choose(Choice(likeliest=30, kept=30, random=random, slot=slot, temperature=2.0))
    found = chooser.read(2, 30)
    assert found[0].token_id != found[1].token_id
    for chosen in found:
        assert chosen.is_number
        expected = token_detail(logits, chosen.token_id, chosen.chance)
        detail = chosen.detail()
        assert (detail.token_id, detail.top_ids) == (expected.token_id, expected.top_ids)
        assert detail.top_probabilities == pytest.approx(expected.top_probabilities, rel=1e-5)
        assert (detail.probability, detail.entropy_nats) == pytest.approx(
            (expected.probability, expected.entropy_nats), rel=1e-5
        )
