"""The estimate is the ledger: 0 bytes apart, purpose by purpose."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from gpu.calculator.device_profile import HARDWARE
from gpu.calculator.estimate import estimate
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.planning import planning_gpu, profile_of
from gpu.calculator.subject import Subject
from gpu.device import Gpu
from gpu.kit import PARAMETERS_BYTES
from gpu.ledger import PURPOSES, Ledger
from gpu.qwen3.allocation import Plan, reserve
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.released import released_config
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS, config_fields
from tests.gpu.released import RELEASED, subject_of

DENSE = {spec.name: Qwen3Config.from_dict(config_fields(spec), spec.name) for spec in SPECS}
_EXPERTS = replace(DENSE["tied-pairs"], num_experts=5, num_experts_per_tok=2, moe_intermediate_size=72)
EXPERTS = {
    "experts": _EXPERTS,
    "experts-after-a-dense-layer": replace(_EXPERTS, mlp_only_layers=(0,), num_hidden_layers=3),
    "experts-every-other-layer": replace(_EXPERTS, decoder_sparse_step=2, num_hidden_layers=4),
    "many-narrow-experts": replace(_EXPERTS, num_experts=48, num_experts_per_tok=7, moe_intermediate_size=10),
}
CONFIGS = {**DENSE, **EXPERTS}
SCHEMES = (
    *("W16A16", "W4A8", "W8A8", "W4A16", "W8-g64A16", "W4-g128A8", "W8A8@tensor", "W4A8+kv32"),
    *("W16A16+kv16", "W4A8+kv8", "W8A8+kv4", "W3A8", "W5-g16A8", "W6-g256A8"),
)
CONTEXTS = (2, 41, 128, 300)
REQUESTS = ((1, 1), (3, 1), (2, 2))
DTYPES = ("bf16", "f32", "f16")
COMBINATIONS = [
    (name, SCHEMES[i % len(SCHEMES)], CONTEXTS[i % 4], REQUESTS[i % 3], layout, DTYPES[i % 3])
    for i, (name, layout) in enumerate(itertools.product(CONFIGS, ("pairs", "buffer", "buffer")))
]


def by_purpose(ledger: Ledger) -> dict[str, int]:
    """What the ledger holds, and the constants that a kit adds to it."""
    held = ledger.by_purpose()
    return {**held, "workspace": held["workspace"] + PARAMETERS_BYTES}


@pytest.mark.parametrize(("name", "scheme", "context", "requests", "layout", "dtype"), COMBINATIONS)
def test_an_estimate_is_what_is_really_allocated(
    model_gpu: Gpu,
    name: str,
    scheme: str,
    context: int,
    requests: tuple[int, int],
    layout: str,
    dtype: str,
) -> None:
    config, (batch, chats) = CONFIGS[name], requests
    subject = Subject.of_config(name, config, "test", dict.fromkeys(config.tensor_shapes(), dtype))
    device = profile_of(model_gpu, layout)
    wish = CalculatorInputs(subject, Scheme.parse(scheme), context, batch, chats, device=device)
    reserve(model_gpu, Plan(config, wish.scheme, context, layout, lambda _: dtype, batch * chats))
    found = estimate(wish).by_purpose()
    assert {purpose: found[purpose] for purpose in PURPOSES} == by_purpose(model_gpu.ledger)


@pytest.mark.parametrize("name", RELEASED)
@pytest.mark.parametrize("scheme", ["W16A16", "W4A8", "W4-g128A16+kv8"])
def test_an_estimate_of_a_released_model_is_what_the_allocator_would_take(name: str, scheme: str) -> None:
    wish = CalculatorInputs(subject_of(name), Scheme.parse(scheme), 8192, batch=2)
    gpu = planning_gpu(HARDWARE)
    plan = Plan(released_config(name), wish.scheme, 8192, HARDWARE.layout, lambda _: "bf16", 2)
    reserve(gpu, plan)
    found = estimate(wish).by_purpose()
    assert {purpose: found[purpose] for purpose in PURPOSES} == by_purpose(gpu.ledger)
