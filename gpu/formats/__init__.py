"""How numbers become bytes: pure numpy, each the oracle of its kernels.

What the engine runs: `q4`, `q8` hold weights, `q8_1` activations, `floats` what is not quantized; `blocks` is
what they share. Words are little-endian, as every device WebGPU runs on is.

What can be looked at: `family` lists every format as a `number_format.NumberFormat`, which turns values into
codes and back and packs nothing.
"""
