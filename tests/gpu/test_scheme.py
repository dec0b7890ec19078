from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.errors import SchemeError
from gpu.scheme import ACTIVATION_BITS, GROUPS, KV_BITS, WEIGHT_BITS, Scheme


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    weight, activation = draw(st.sampled_from(WEIGHT_BITS)), draw(st.sampled_from(ACTIVATION_BITS))
    quantized = {
        "group": draw(st.sampled_from(GROUPS)),
        "method": draw(st.sampled_from(["rtn", "awq", "gptq", "clip2"])),
    }
    granularity = draw(st.sampled_from(["b4", "b16", "b32", "b96", "b256", "token", "tensor"]))
    return Scheme(
        weight_bits=weight,
        activation_bits=activation,
        kv_bits=draw(st.sampled_from(KV_BITS)),
        **(quantized if weight != 16 else {}),
        **({"granularity": granularity} if activation != 16 else {}),
    )


@given(schemes())
def test_every_scheme_reads_back_from_its_name(scheme: Scheme) -> None:
    assert Scheme.parse(str(scheme)) == scheme


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("W16A16", Scheme(16, 16, kv_bits=32)),
        ("W16A16+kv16", Scheme(16, 16, kv_bits=16)),
        ("W4A8", Scheme(4, 8)),
        ("W4-g128:awqA16", Scheme(4, 16, group=128, method="awq")),
        ("W8A8@tensor", Scheme(8, 8, granularity="tensor")),
        ("W4A4@b16", Scheme(4, 4, granularity="b16")),
        ("W4A8+kv8", Scheme(4, 8, kv_bits=8)),
    ],
)
def test_the_documented_names(name: str, scheme: Scheme) -> None:
    assert Scheme.parse(name) == scheme
    assert str(scheme) == name


def test_defaults_written_out_are_dropped_from_the_name() -> None:
    assert str(Scheme.parse(" W4-g32:rtnA8@b32+kv16 ")) == "W4A8"


def test_only_sixteen_bits_throughout_is_the_reference() -> None:
    assert Scheme.parse("W16A16").is_reference
    assert not Scheme.parse("W16A8").is_reference
    assert not Scheme.parse("W4A16").is_reference


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "is not a scheme name"),
        ("w4a8", "is not a scheme name"),
        ("W4", "is not a scheme name"),
        ("W4A8\n+kv8", "is not a scheme name"),
        (f"W{'9' * 5000}A8", "is not a scheme name"),
        ("W٤A8", "is not a scheme name"),
        ("W7A8", "weight bits 7"),
        ("W4A5", "activation bits 5"),
        ("W4A8+kv5", "key-value bits 5"),
        ("W4-g33A8", "group 33"),
        ("W4A8@b0", "b0"),
        ("W4A8@b48", "b48"),
        ("W4A8@channel", "channel"),
        ("W4A8@b99999999999999999999", "granularity"),
        ("W16-g64A8", "16-bit weights"),
        ("W16:awqA8", "16-bit weights"),
        ("W4A16@token", "16-bit activations"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(name: str, says: str) -> None:
    with pytest.raises(SchemeError) as refusal:
        Scheme.parse(name)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value).replace(name, "")
