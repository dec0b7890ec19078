from __future__ import annotations

import pytest

from gpu.budget import plan
from gpu.device import Gpu
from gpu.model_shape import ModelShape
from gpu.qwen3.allocation import Plan, planned_bytes
from gpu.qwen3.released import released_config
from gpu.qwen3.workspace_size import workspace_bytes
from gpu.scheme import Scheme


@pytest.mark.parametrize("scheme_name", ["W16A16", "W4A8", "W8A8@tensor"])
@pytest.mark.parametrize("context_tokens", [64, 4096])
def test_the_budget_is_what_the_engine_would_allocate(
    gpu: Gpu, scheme_name: str, context_tokens: int
) -> None:
    config, scheme = released_config("qwen3-0.6b"), Scheme.parse(scheme_name)
    workspace = workspace_bytes(config, scheme, context_tokens)
    engine = planned_bytes(gpu, Plan(config, scheme, context_tokens, "buffer", lambda _: "bf16"))
    assert workspace == engine["workspace"] + engine["probes"]
    budget = plan(ModelShape.from_config(config), scheme, context_tokens, workspace_bytes=workspace)
    assert budget.total_bytes == pytest.approx(sum(engine.values()), rel=0.005)
    assert budget.weights_bytes == engine["weights"]
    assert budget.scales_bytes == engine["scales"]
    assert budget.kv_cache_bytes == pytest.approx(engine["kv_cache"], rel=0.02)
