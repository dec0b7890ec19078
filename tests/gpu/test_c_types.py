"""C types read at once: the very types that cffi would have read one by one, and all that a start needs."""

from __future__ import annotations

import subprocess
import sys

from wgpu.backends.wgpu_native._ffi import ffi

from gpu.c_types import NAMES, add_c_types, read_c_types

COUNTING = """
from cffi import cparser
read = []
parse = cparser.Parser.parse_type
cparser.Parser.parse_type = lambda self, text: read.append(text) or parse(self, text)
from gpu.device import open_gpu
from gpu.kit import Kit
Kit(open_gpu())
print(len(read))
"""


def test_types_are_those_that_cffi_reads() -> None:
    read_c_types()
    for name in NAMES:
        found = ffi._parsed_types.pop(name)
        ffi._typeof(name, consider_function_as_funcptr=True)
        assert ffi._parsed_types[name] == found


def test_names_that_the_header_lacks_are_left_out() -> None:
    other = type(ffi)()
    other.cdef("typedef struct { int x; } WGPULimits; typedef struct { int x; } WGPUChainedStruct;")
    add_c_types(other)
    assert other.sizeof("WGPULimits") == 4
    assert {"WGPULimits *", "WGPUChainedStruct *", "char []"} <= other._parsed_types.keys()
    assert "WGPUAdapterInfo *" not in other._parsed_types


def test_a_start_reads_hardly_any_type_by_itself() -> None:
    counted = subprocess.run([sys.executable, "-c", COUNTING], capture_output=True, text=True, check=True)
    assert int(counted.stdout) <= 10
