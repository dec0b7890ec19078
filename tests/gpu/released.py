"""The released Qwen3 models, as published: parameters, and KiB of key-value cache a token at 16 bits."""

from __future__ import annotations

import functools

from gpu.calculator.subject import Subject
from gpu.model_shape import ModelShape
from gpu.qwen3.released import released_config

RELEASED = {
    "qwen3-0.6b": (596_049_920, 112),
    "qwen3-1.7b": (1_720_574_976, 112),
    "qwen3-4b": (4_022_468_096, 144),
    "qwen3-8b": (8_190_735_360, 144),
    "qwen3-14b": (14_768_307_200, 160),
    "qwen3-32b": (32_762_123_264, 256),
    "qwen3-30b-a3b": (30_532_122_624, 96),
    "qwen3-235b-a22b": (235_093_634_560, 188),
}


@functools.cache
def subject_of(name: str) -> Subject:
    return Subject.of_config(name, released_config(name), "released shape")


def shape_of(name: str) -> ModelShape:
    return subject_of(name).shape
