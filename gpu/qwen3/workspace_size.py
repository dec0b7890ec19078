"""How much a model takes beside its weights and cache, reckoned without an adapter."""

from __future__ import annotations

from gpu.device import AdapterInfo, Gpu
from gpu.kit import PARAMETERS_BYTES
from gpu.ledger import PlanLedger
from gpu.probes.sites import sites_of, stats_bytes
from gpu.qwen3.allocation import Plan
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.workspace import allocate_workspace
from gpu.scheme import Scheme


def workspace_bytes(config: Qwen3Config, scheme: Scheme, context_tokens: int) -> int:
    """Bytes of the buffers of one pass, of constants and of the probes' statistics, as the engine allocates
    them; none of these depends on the adapter."""
    gpu = Gpu(AdapterInfo("", "", "", "other", "", None, ""), None, frozenset(), PlanLedger(), {})
    plan = Plan(config, scheme, context_tokens, layout="buffer", dtype_of=lambda _: "bf16")
    coded = scheme.activation_bits < 16
    gpu.ledger.uniforms("parameters", PARAMETERS_BYTES)
    allocate_workspace(gpu, config, plan.heads, plan.chunk_tokens, context_tokens, coded)
    return gpu.ledger.total_bytes() + stats_bytes(sites_of(config))
