"""How a site's statistics lie in the buffer that the device adds to; free of the device itself."""

from __future__ import annotations

HEADER = 4  # elements before the first site: the bits of the two thresholds, and nothing
ROWS = 8
ABSMAX, SUM, SQUARES, NEWEST, FOURTHS, LOW, HIGH, PLACE = range(ROWS)  # LOW, HIGH and PLACE are u32
