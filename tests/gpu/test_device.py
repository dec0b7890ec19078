"""Which adapter is chosen, what a device is asked for, and what happens when it is taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import wgpu

from gpu.checkpoints import Checkpoint
from gpu.device import Gpu, list_adapters, open_gpu
from gpu.errors import AdapterError, DeviceLost
from gpu.events import Failed, Finished, Token
from gpu.generate import Request, generate
from gpu.ledger import PlanLedger
from gpu.model import LoadOptions, Model
from gpu.sampling import Sampling
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS, load_golden
from tests.gpu.sentences import is_one_sentence

GOLDEN = load_golden(SPECS[0])
KINDS = {"discrete": "DiscreteGPU", "integrated": "IntegratedGPU", "software": "CPU", "other": "Unknown"}


@dataclass
class FakeDevice:
    limits: dict[str, int]

    def destroy(self) -> None:
        """There is nothing to free."""


@dataclass
class FakeAdapter:
    """What is read of an adapter; `asked` keeps what a device was asked for."""

    name: str
    kind: str
    backend: str = "Vulkan"
    driver: str = "driver 1.0"
    features: frozenset[str] = frozenset({"subgroup", "shader-f16", "something-else"})
    refusal: Exception | None = None
    asked: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, int] = field(
        default_factory=lambda: {"max-buffer-size": 2**31, "max-storage-buffer-binding-size": 2**27, "odd": 1}
    )

    @property
    def info(self) -> dict[str, Any]:
        return {
            "device": self.name,
            "vendor": "maker",
            "description": self.driver,
            "backend_type": self.backend,
            "adapter_type": KINDS[self.kind],
            "vendor_id": 0,
            "device_id": 0,
        }

    def request_device_sync(self, **asked: Any) -> FakeDevice:
        if self.refusal is not None:
            raise self.refusal
        self.asked.update(asked)
        return FakeDevice(dict(self.limits))


SOFTWARE = FakeAdapter("llvmpipe (LLVM 15)", "software")
SWIFTSHADER = FakeAdapter("SwiftShader Device (Subzero)", "software")
INTEGRATED = FakeAdapter("Iris Xe", "integrated")
SECOND = FakeAdapter("Radeon 7900", "discrete")
FIRST = FakeAdapter("GeForce RTX 4090", "discrete")
STRANGE = FakeAdapter("virtio", "other")
OPENGL = FakeAdapter("GeForce RTX 4090/PCIe", "discrete", backend="OpenGL")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says which adapters the driver lists."""
    list_adapters()  # the first time wgpu puts its backend in the place of `wgpu.gpu`

    def lists(*adapters: FakeAdapter) -> None:
        monkeypatch.setattr(wgpu.gpu, "enumerate_adapters_sync", lambda: list(adapters))

    return lists


def test_discrete_before_integrated_before_others_before_software(machine: Callable[..., None]) -> None:
    machine(SOFTWARE, OPENGL, STRANGE, INTEGRATED, FIRST, SECOND)
    names = [info.name for info in list_adapters()]
    assert names == [a.name for a in (FIRST, SECOND, INTEGRATED, STRANGE, SOFTWARE)]
    assert open_gpu().adapter.name == FIRST.name


def test_software_is_better_than_nothing(machine: Callable[..., None]) -> None:
    machine(SOFTWARE)
    gpu = open_gpu()
    assert gpu.is_software
    assert gpu.adapter.driver == "driver 1.0"


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("0", FIRST),
        ("1", SECOND),
        ("3", SOFTWARE),
        ("software", SOFTWARE),
        ("integrated", INTEGRATED),
        ("Integrated", INTEGRATED),
        ("iris xe", INTEGRATED),
        ("radeon", SECOND),
        ("7900", SECOND),
        ("LLVMPIPE", SOFTWARE),
        ("", FIRST),
    ],
)
def test_adapter_by_index_name_or_kind(
    machine: Callable[..., None], wanted: str, chosen: FakeAdapter
) -> None:
    machine(SOFTWARE, INTEGRATED, FIRST, SECOND)
    assert open_gpu(wanted).adapter.name == chosen.name


@pytest.mark.parametrize("wanted", ["7", "arc", "-1", "discreet"])
def test_no_match_lists_what_there_is(machine: Callable[..., None], wanted: str) -> None:
    machine(SOFTWARE, INTEGRATED)
    with pytest.raises(AdapterError) as failure:
        open_gpu(wanted)
    assert is_one_sentence(str(failure.value))
    for part in (wanted, "0 is Iris Xe", "1 is llvmpipe (LLVM 15)"):
        assert part in str(failure.value)


@pytest.mark.parametrize("adapters", [(), (OPENGL,)])
def test_without_an_adapter_the_driver_package_is_named(
    machine: Callable[..., None], adapters: tuple[FakeAdapter, ...]
) -> None:
    machine(*adapters)
    assert list_adapters() == []
    with pytest.raises(AdapterError) as failure:
        open_gpu()
    assert is_one_sentence(str(failure.value))
    assert "mesa-vulkan-drivers" in str(failure.value)


def test_a_refused_device_is_stated(machine: Callable[..., None]) -> None:
    machine(FakeAdapter("Old card", "discrete", refusal=RuntimeError("Request device failed (3): too old")))
    with pytest.raises(AdapterError) as failure:
        open_gpu()
    assert is_one_sentence(str(failure.value))
    assert "Old card" in str(failure.value)


def test_useful_features_and_the_highest_limits_are_asked_for(machine: Callable[..., None]) -> None:
    machine(FIRST)
    gpu = open_gpu()
    assert FIRST.asked["required_features"] == ["subgroup"]
    assert FIRST.asked["required_limits"] == {
        "max-buffer-size": 2**31,
        "max-storage-buffer-binding-size": 2**27,
    }
    assert gpu.has("subgroup")
    assert gpu.max_binding_bytes == 2**27


@pytest.mark.parametrize("feature", ["subgroup", "dot4", "texture"])
def test_a_feature_can_be_left_unused(machine: Callable[..., None], feature: str) -> None:
    machine(FIRST)
    assert open_gpu().has(feature)
    assert not open_gpu(without=[feature]).has(feature)
    assert feature not in FIRST.asked["required_features"]


def test_textures_are_for_hardware_and_mesas_software(machine: Callable[..., None]) -> None:
    """SwiftShader needs a minute to compile what reads them for the demo's few shapes."""
    for adapter, textures in ((FIRST, True), (SOFTWARE, True), (SWIFTSHADER, False)):
        machine(adapter)
        assert open_gpu().has("texture") is textures
    assert open_gpu().variants.layout == "buffer"


def test_a_feature_that_is_not_there_is_not_asked_for(machine: Callable[..., None]) -> None:
    plain = FakeAdapter("plain", "discrete", features=frozenset())
    machine(plain)
    assert not open_gpu().has("subgroup")
    assert plain.asked["required_features"] == []


def test_a_driver_that_names_no_version_is_not_left_blank(machine: Callable[..., None]) -> None:
    machine(FakeAdapter("Apple M4", "integrated", driver=""))
    assert list_adapters()[0].driver == "unknown version"


def test_the_real_adapter_tells_its_name_and_memory() -> None:
    for info in list_adapters():
        assert info.name
        assert info.driver
        assert info.backend != "OpenGL"
        assert info.total_bytes is None or info.total_bytes > 2**20
        assert info.total_source


def test_planning_leaves_the_ledger_alone(gpu: Gpu) -> None:
    before = gpu.ledger.total_bytes()
    planning = gpu.for_planning()
    assert isinstance(planning.ledger, PlanLedger)
    planning.ledger.buffer("x", "weights", 1 << 40)
    assert gpu.ledger.total_bytes() == before


@pytest.fixture
def doomed() -> Iterator[Gpu]:
    """A device that a test may destroy."""
    device = open_gpu()
    yield device
    device.close()


@pytest.fixture
def model(doomed: Gpu, golden_checkpoint: Callable[[str], Checkpoint]) -> Model:
    return load(doomed, golden_checkpoint)


def load(gpu: Gpu, golden_checkpoint: Callable[[str], Checkpoint]) -> Model:
    return Model.load(gpu, golden_checkpoint(SPECS[0].name), Scheme.parse("W16A16"), LoadOptions(64))


USES: dict[str, Callable[[Model], object]] = {
    "prompt": lambda model: list(model.feed(GOLDEN.prompt_ids)),
    "token": lambda model: list(model.feed([1])),
    "all logits": lambda model: list(model.all_logits([1, 2])),
    "probed": lambda model: list(model.feed([1, 2], probed=True)),
    "read logits": lambda model: model.last_logits(),
    "reset": lambda model: model.probes.reset(),
    "read statistics": lambda model: model.probes.read("lm_head"),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("is_warm", [False, True], ids=["just loaded", "after a token"])
def test_a_lost_device_is_stated_wherever_it_shows(model: Model, use: str, is_warm: bool) -> None:
    if is_warm:
        list(model.feed([1]))
    model.gpu.device.destroy()
    for _ in range(2):
        with pytest.raises(DeviceLost) as failure:
            USES[use](model)
        assert is_one_sentence(str(failure.value))
        assert model.gpu.adapter.name in str(failure.value)


def test_loading_on_a_lost_device_is_stated_and_keeps_nothing(
    doomed: Gpu, golden_checkpoint: Callable[[str], Checkpoint]
) -> None:
    doomed.device.destroy()
    with pytest.raises(DeviceLost):
        load(doomed, golden_checkpoint)
    assert doomed.ledger.entries() == ()


def test_generation_ends_with_the_loss_and_goes_on_with_a_new_device(
    model: Model, golden_checkpoint: Callable[[str], Checkpoint]
) -> None:
    request = Request(1, GOLDEN.prompt_ids, Sampling(temperature=0), max_new_tokens=8)
    events = []
    for event in generate(model, request):
        events.append(event)
        if len([e for e in events if isinstance(e, Token)]) == 3:
            model.gpu.device.destroy()
    assert isinstance(events[-1], Failed)
    assert is_one_sentence(events[-1].message)
    model.close()
    other = open_gpu()
    again = list(generate(load(other, golden_checkpoint), request))
    assert [e.token_id for e in again if isinstance(e, Token)] == list(GOLDEN.greedy_ids[:8])
    assert again[-1] == Finished(1, "length")
    other.close()


def test_other_mistakes_are_not_taken_for_a_loss(doomed: Gpu) -> None:
    with pytest.raises(wgpu.GPUError), doomed.guarded():
        doomed.ledger.buffer("x", "workspace", 2**60)
    assert bytes(doomed.read(doomed.ledger.buffer("y", "workspace", 16), 16)) == bytes(16)


def test_closing_twice_or_after_a_loss_is_harmless(model: Model) -> None:
    model.gpu.device.destroy()
    model.close()
    model.close()
    model.gpu.close()
