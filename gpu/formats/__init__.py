"""How numbers become bytes: one file a format, pure numpy, each the oracle of its kernels.

`q4`, `q8` hold weights, `q8_1` activations, `floats` what is not quantized; `blocks` is what they share.
Words are little-endian, as every device WebGPU runs on is.
"""
