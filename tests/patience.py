"""How long tests wait for what must come: a machine that is busy with other things is slow, not wrong."""

from __future__ import annotations

PATIENCE_S = 120.0
PATIENCE_MS = int(1000 * PATIENCE_S)
