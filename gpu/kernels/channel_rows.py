"""How statistics of channels lie in the buffer that the device adds to; free of the device itself."""

from __future__ import annotations

HEADER = 4  # elements before the first channel's: the bits of the two thresholds, and nothing
ROWS = 8
TOGETHER = 64  # channels that have the first of their rows, then the second, …; each site begins with a first
ABSMAX, SUM, SQUARES, NEWEST, FOURTHS, LOW, HIGH, PLACE = range(ROWS)  # LOW, HIGH and PLACE are u32
